"""The access tokens with which an agent's page becomes a telephone.

https://www.twilio.com/docs/iam/access-tokens: signed with an API key, for one identity, for some minutes; the page asks
for another before it runs out. The token allows to be rung, and nothing else.
"""

from dataclasses import dataclass

from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant

PREFIX = "client:"

TOKEN_SECONDS = 600
"""How long a token is good for; whoever is signed out of the console cannot be rung for longer than that."""


@dataclass(frozen=True)
class Softphone:
    """`local` is the address of a local Twilio that the page talks to instead; empty in earnest."""

    account_sid: str
    key: str
    secret: str
    local: str = ""

    def token(self, endpoint: str) -> str:
        """For an agent who is rung at `client:NAME`."""
        token = AccessToken(
            self.account_sid, self.key, self.secret, identity=endpoint.removeprefix(PREFIX), ttl=TOKEN_SECONDS
        )
        token.add_grant(VoiceGrant(incoming_allow=True))
        return str(token.to_jwt())
