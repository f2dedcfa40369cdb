"""What the environment says. Secrets come from there, or from files that it names: `X_FILE` is read where X is not set,
as containers and systemd hand secrets over."""

import os
import re
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError as UnreadableError

from voice.content.shipped import PROJECT
from voice.errors import SettingsError
from voice.store import DEFAULT_URL
from voice.twilio.rest import TWILIO


def _address(written: str) -> str:
    """Raises ValueError for what no client could ask."""
    try:
        parts = urlsplit(written)
        whole = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # half an IPv6 address, or a port that is none
        whole = None
    if not whole or re.search(r"[\s\x00-\x1f]", written):
        raise ValueError("write it as https://line.example.com, with a port of 1 to 65535 if it needs one")
    return written


Address = Annotated[str, AfterValidator(_address)]


class Settings(BaseSettings):
    """Read from the environment: each field by its alias. Raises `SettingsError` through `load`."""

    model_config = SettingsConfigDict(populate_by_name=True, frozen=True, env_ignore_empty=True, extra="ignore")

    line: Path = Field(default=PROJECT, alias="VOICE_LINE")
    database_url: str = Field(default=DEFAULT_URL, alias="VOICE_DATABASE_URL")
    account_sid: str = Field(default="", alias="TWILIO_ACCOUNT_SID")
    auth_token: str = Field(default="", alias="TWILIO_AUTH_TOKEN", repr=False)
    api_key: str = Field(default="", alias="TWILIO_API_KEY")
    api_secret: str = Field(default="", alias="TWILIO_API_SECRET", repr=False)
    other_auth_token: str = Field(default="", alias="TWILIO_OTHER_AUTH_TOKEN", repr=False)
    public_url: Address | None = Field(default=None, alias="VOICE_PUBLIC_URL")
    trust_proxy: bool = Field(default=False, alias="VOICE_TRUST_PROXY")
    twilio_api_url: Address = Field(default=TWILIO, alias="VOICE_TWILIO_API_URL")
    calls_per_second: float = Field(default=1.0, alias="VOICE_CALLS_PER_SECOND", ge=0.01, le=1000)
    service_secret: str = Field(default="", alias="VOICE_SERVICE_SECRET", repr=False)
    openid_issuer: Address | Literal[""] = Field(default="", alias="VOICE_OPENID_ISSUER")
    openid_client: str = Field(default="", alias="VOICE_OPENID_CLIENT")
    openid_secret: str = Field(default="", alias="VOICE_OPENID_SECRET", repr=False)
    openid_claim: str = Field(default="groups", alias="VOICE_OPENID_CLAIM")
    openid_roles: dict[str, list[str]] = Field(default_factory=dict, alias="VOICE_OPENID_ROLES")
    metrics: bool = Field(default=False, alias="VOICE_METRICS")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", alias="VOICE_LOG_LEVEL")
    log_words: bool = Field(default=False, alias="VOICE_LOG_WORDS")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, FromFiles(settings_cls)


class FromFiles(PydanticBaseSettingsSource):
    """The values that stand in files. Raises `SettingsError` for one that cannot be read."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[str | None, str, bool]:
        name = f"{field.alias}_FILE"
        path = os.environ.get(name) if field.alias not in os.environ else None
        try:
            value = Path(path).read_text(encoding="utf-8").strip() if path else None
        except (OSError, ValueError) as error:  # ValueError: it is not UTF-8
            what = f"{name} names {path}, which cannot be read: {type(error).__name__}."
            raise SettingsError(what, "Name a file that this user may read.") from None
        return value or None, field_name, False

    def __call__(self) -> dict[str, str]:
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


MEND = "Set it right in the environment and start again."


def load(**given: object) -> Settings:
    """The environment's settings, with those that a command's options give put over them."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        faults = [f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}." for fault in error.errors()]
        raise SettingsError(" ".join(faults), MEND) from None
    except UnreadableError:
        # Only one setting is read as JSON; what is not, pydantic raises before it looks at the others.
        raise SettingsError('VOICE_OPENID_ROLES: write it as {"group": ["role"]}.', MEND) from None
