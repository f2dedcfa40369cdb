"""Who may sign in to the console, with which roles, and how often a password may be guessed.

Passwords are kept as scrypt hashes (RFC 7914; n, r and p as OWASP's password storage sheet gives them for 2**15).
Sessions live in the store: what the cookie holds is a random token, of which the store keeps the hash.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from voice.errors import SettingsError, VoiceError
from voice.store import Store
from voice.store.users import Session, User

ROLES = ("agent", "supervisor", "operator", "administrator")

_COST = {"n": 2**15, "r": 8, "p": 1, "maxmem": 64 * 1024 * 1024}
SHORTEST = 10
NAME = re.compile(r"[\w.@-]{1,64}")

TRIES = 5
LOCKED = timedelta(minutes=15)
"""So many wrong passwords in a row lock an account for a while, and not for ever."""

TRIES_OF_ADDRESS = 30
"""So many failures of one address within `LOCKED`, whatever the names, shut it out until they are past."""

IDLE, LONGEST = timedelta(hours=10), timedelta(hours=16)
"""A session ends when nothing was asked for so long, and so long after it began: a shift, and no more."""

SEEN_EVERY = timedelta(minutes=1)
FAILED = "sign-in failed"


class SignInRefused(VoiceError):
    """`why` is the key of a text: wrong, locked, often, no_role, taken."""

    def __init__(self, why: str) -> None:
        super().__init__(f"Not signed in: {why}.")
        self.why = why


@dataclass(frozen=True)
class Accounts:
    store: Store

    def add(self, name: str, password: str | None, roles: Iterable[str], agent: str | None = None) -> None:
        """Raises `SettingsError` for a name, password or role that will not do. No password: only through OpenID."""
        if not NAME.fullmatch(name):
            raise SettingsError(f"“{name}” is no user's name.", "Letters, digits, dots, hyphens, @; at most 64.")
        self._check_agent(agent)
        self.store.users.add(name, None if password is None else hash_password(password), _checked(roles), agent)

    def change(self, name: str, roles: Iterable[str], agent: str | None) -> None:
        self._check_agent(agent)
        self.store.users.change(name, roles=_checked(roles), agent=agent)

    def set_password(self, name: str, password: str) -> None:
        """Whoever is signed in with the one before is signed out."""
        self.store.users.change(name, password=hash_password(password), failures=0, locked_until=None)
        self.store.users.end_all(name)

    def sign_in(self, name: str, password: str, address: str, now: datetime) -> str:
        """The session's token. Raises `SignInRefused`; a name that is none takes as long to refuse as one that is."""
        if self.store.audit.count(FAILED, address, now - LOCKED) >= TRIES_OF_ADDRESS:
            raise SignInRefused("often")
        user = self.store.users.find(name)
        if user is not None and user.locked_until is not None and user.locked_until > now:
            raise SignInRefused("locked")
        if user is None or user.password is None or not password_matches(password, user.password):
            if user is None or user.password is None:
                hash_password("as long as for one who is there")
            self._failed(user, name, address, now)
            raise SignInRefused("wrong")
        self.store.users.change(user.name, failures=0, locked_until=None)
        return self.begin(user.name, address, now)

    def welcome(self, name: str, roles: Iterable[str]) -> None:
        """Whom the organisation's provider has signed in, with the roles of their groups, which take the place of those
        before. Raises `SignInRefused` for who has none, and for the name of a local user, who may be somebody else."""
        given = _checked(roles)
        user = self.store.users.find(name)
        if user is not None and user.password is not None:
            raise SignInRefused("taken")
        if not given or not NAME.fullmatch(name):
            raise SignInRefused("no_role")
        if user is None:
            self.add(name, None, given)
        elif user.roles != given:
            self.store.users.change(name, roles=given)

    def begin(self, name: str, address: str, now: datetime) -> str:
        """A session of somebody who has shown who they are; the token for their cookie."""
        token = secrets.token_urlsafe(32)
        self.store.users.forget(now - IDLE)
        self.store.users.begin(_digest(token), name, secrets.token_urlsafe(32), now)
        self.store.audit.write(name, "signed in", now, address)
        return token

    def session(self, token: str, now: datetime) -> Session | None:
        found = self.store.users.session(_digest(token)) if token else None
        if found is None:
            return None
        if now - found.seen > IDLE or now - found.began > LONGEST:
            self.store.users.end(_digest(token))
            return None
        if now - found.seen > SEEN_EVERY:
            self.store.users.seen(_digest(token), now)
        return found

    def sign_out(self, token: str, user: str, now: datetime) -> None:
        self.store.users.end(_digest(token))
        self.store.audit.write(user, "signed out", now)

    def _failed(self, user: User | None, name: str, address: str, now: datetime) -> None:
        self.store.audit.write(name[:64], FAILED, now, address)
        if user is not None:
            self.store.users.wrong_password(user.name)
            if user.failures + 1 >= TRIES:
                self.store.users.change(user.name, failures=0, locked_until=now + LOCKED)

    def _check_agent(self, agent: str | None) -> None:
        if agent is not None and self.store.agents.find(agent) is None:
            raise SettingsError(f"There is no agent “{agent}”.", "See: voice agents list.")


def hash_password(password: str) -> str:
    """Raises `SettingsError` for one that is too short."""
    if len(password) < SHORTEST:
        raise SettingsError(f"A password has at least {SHORTEST} characters.", "A sentence is easily remembered.")
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}:{_derive(password, salt).hex()}"


def password_matches(password: str, hashed: str) -> bool:
    salt, _, derived = hashed.partition(":")
    return hmac.compare_digest(_derive(password, bytes.fromhex(salt)).hex(), derived)


def _derive(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, **_COST)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _checked(roles: Iterable[str]) -> tuple[str, ...]:
    given = tuple(dict.fromkeys(roles))
    for role in given:
        if role not in ROLES:
            raise SettingsError(f"There is no role “{role}”.", f"There are: {', '.join(ROLES)}.")
    return given
