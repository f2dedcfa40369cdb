"""The console: pages for agents, supervisors and operators; a process of its own, with nothing under `/twilio/`.

Pages read and post; what they ask and do is a function of `voice.service`. Each works without JavaScript where it only
shows or posts. No script and no style stands inside a page (the Content-Security-Policy forbids both); no text stands
in Python or in a template: texts/<language>.yaml.

app        the app: headers, sessions, errors, and its pages
access     which role may see which page
helpers    what templates may call
context    what the pages are given
entered    what a browser sends, cleaned where it enters
signed_in  who is asking: session, sign-in, language, CSRF
openid     signing in through the organisation's own accounts
texts      the console's own words, by language
shown      how numbers, moments and durations are shown, and to whom
errands    what takes longer than a page may be kept waiting
streams    server-sent events: a part of a page, sent when it changes
telephone  the telephone in a page
policy     what a page may load, and from where
assets     scripts and styles, compressed once
server     the console, put together from the settings and served
pages      the pages
templates  their HTML
static     style, script; `vendor/` with htmx, its two extensions, and Twilio's Voice SDK
"""
