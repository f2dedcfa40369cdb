/* What a page does beyond showing and posting. Every page works without this file where it only shows or posts. */
"use strict";

// What is written in these outlives the page: under the name that data-keep gives it.
const KEPT = "textarea[data-keep], input[data-keep]";

// How long ago something was, counted on in the page.
function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds)), pad = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
}

// The server's clock, not that of whoever looks.
const ahead = Number(document.body.dataset.now) - Date.now() / 1000;

function tick() {
  const now = Date.now() / 1000 + ahead;
  for (const time of document.querySelectorAll("time[data-since]")) {
    const text = clock(now - Number(time.dataset.since));
    if (time.textContent !== text) time.textContent = text;
  }
  for (const time of document.querySelectorAll("time[data-until]")) {
    const text = clock(Number(time.dataset.until) - now);
    if (time.textContent !== text) time.textContent = text;
  }
}

setInterval(tick, 1000);

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = document.body.dataset.csrf;
});

// The stream that keeps a page up to date: say so when it is cut, and look again when the session is over.
for (const gone of ["htmx:sseError", "htmx:sendError"]) {
  document.addEventListener(gone, () => { document.getElementById("cut").hidden = false; });
}
document.addEventListener("htmx:sseOpen", () => { document.getElementById("cut").hidden = true; });
document.addEventListener("htmx:sseClose", (event) => {
  if (event.detail.type === "message") location.reload();
});

// What somebody is writing in, or has written and not sent, is not replaced under their hands.
document.addEventListener("input", (event) => {
  event.target.dataset.written = "yes";
  if (event.target.matches(KEPT)) sessionStorage.setItem(event.target.dataset.keep, event.target.value);
});

// It outlives the page too: a reload, or a session that was over. A note is forgotten when it is kept, all at signing out.
function recall() {
  for (const box of document.querySelectorAll(KEPT)) {
    const kept = sessionStorage.getItem(box.dataset.keep);
    if (!kept || kept === box.value || box.dataset.written) continue;
    box.value = kept;
    box.dataset.written = "yes";
    const told = document.getElementById("draft");
    if (told) told.hidden = false;
  }
}
document.addEventListener("click", (event) => {
  if (event.target.id === "drop") sessionStorage.removeItem(document.querySelector(KEPT).dataset.keep);
});
document.addEventListener("htmx:beforeSwap", (event) => {
  const box = event.detail.requestConfig.elt.querySelector(KEPT), answer = event.detail.xhr;
  if (box && answer.status === 200 && !answer.getResponseHeader("HX-Retarget")) sessionStorage.removeItem(box.dataset.keep);
});
document.addEventListener("submit", (event) => {
  if (new URL(event.target.action).pathname === "/sign-out") sessionStorage.clear();
}, true);

// What is read before it goes stands on the desk, and is put away when it has gone, with what was written for it.
document.addEventListener("htmx:beforeSwap", (event) => {
  const form = event.detail.requestConfig.elt.closest("#read form"), answer = event.detail.xhr;
  if (!form || answer.status !== 200 || answer.getResponseHeader("HX-Retarget")) return;
  for (const box of document.querySelectorAll(`#work form[action="${form.getAttribute("action")}"] input:not([type=hidden])`)) {
    box.value = "";
    delete box.dataset.written;
  }
  document.getElementById("read").replaceChildren();
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("#read a[data-put-away]")) return;
  event.preventDefault();
  document.getElementById("read").replaceChildren();
});
Idiomorph.defaults.callbacks.beforeNodeMorphed = (old) => {
  if (!(old instanceof Element) || !old.matches("textarea, select, input:not([type=hidden])")) return true;
  return old !== document.activeElement && !old.dataset.written;
};
// What somebody has unfolded stays so.
Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, node) => !(name === "open" && node.matches("details"));
document.addEventListener("htmx:beforeRequest", () => document.getElementById("told").replaceChildren());
for (const changed of ["htmx:afterSwap", "htmx:sseMessage"]) {
  document.addEventListener(changed, () => { tick(); lookAtDesk(); recall(); });
}

// The desk: tell the server that the story is on the screen, ring, and take keys.
let rung = "";

function lookAtDesk() {
  const work = document.getElementById("work");
  if (!work) return;
  const rings = work.dataset.rings;
  if (rings && rings !== rung) {
    if (!document.hidden) acknowledge(rings);
    if (loud()) makeNoise(work);
  }
  rung = rings;
}

// Only what is really seen is told: a page behind others waits until it is looked at.
function acknowledge(rings) {
  const at = rings.lastIndexOf(".");
  const form = new URLSearchParams({ csrf: document.body.dataset.csrf, reference: rings.slice(0, at), attempt: rings.slice(at + 1) });
  fetch("/desk/see", { method: "POST", body: form });
}
document.addEventListener("visibilitychange", () => { if (!document.hidden && rung) acknowledge(rung); });

function loud() { return localStorage.getItem("loud") === "yes"; }

function makeNoise(work) {
  if ("Notification" in window && Notification.permission === "granted" && document.hidden) {
    new Notification(work.querySelector("h2").textContent, { body: (work.querySelector("blockquote") || work).textContent });
  }
  const context = new AudioContext();
  for (let n = 0; n < 2; n++) {
    const tone = context.createOscillator(), volume = context.createGain();
    tone.frequency.value = 440 + 110 * n;
    volume.gain.value = 0.1;
    tone.connect(volume).connect(context.destination);
    tone.start(context.currentTime + 0.3 * n);
    tone.stop(context.currentTime + 0.3 * n + 0.22);
  }
}

const choice = document.getElementById("loud");
if (choice) {
  choice.checked = loud();
  choice.addEventListener("change", () => {
    localStorage.setItem("loud", choice.checked ? "yes" : "no");
    if (choice.checked && "Notification" in window) Notification.requestPermission();
  });
}

document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey) return;
  const button = document.querySelector(`button[data-key="${event.code.replace("Digit", "")}"]:not(:disabled)`);
  if (button) { event.preventDefault(); button.click(); }
});

lookAtDesk();
tick();
recall();

// The words: a finding leads to its line.
function goTo(line) {
  const box = document.getElementById("text");
  const lines = box.value.split("\n"), at = Math.min(Math.max(line, 1), lines.length) - 1;
  const from = lines.slice(0, at).join("\n").length + (at > 0 ? 1 : 0);
  box.focus();
  box.setSelectionRange(from, from + lines[at].length);
  box.scrollTop = (box.scrollHeight / lines.length) * Math.max(0, at - 5);
}
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-line]");
  if (!link || !document.getElementById("text")) return;
  event.preventDefault();
  goTo(Number(link.dataset.line));
});
const asked = document.querySelector("textarea[data-at]");
if (asked) goTo(Number(asked.dataset.at));

// A form is sent once, however often it is pressed, until the page is shown again. What htmx sends it sees to itself.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post" || event.target.closest("[hx-boost=true]")) return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// Back to what was written, and not to an empty form.
document.addEventListener("click", (event) => {
  if (!event.target.closest("a[data-back]") || history.length < 2) return;
  event.preventDefault();
  history.back();
});
