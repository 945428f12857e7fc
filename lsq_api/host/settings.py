"""Settings: the host and the keys, from the environment or `[connections.leadsquared]` of Streamlit's secrets.

The environment takes precedence value by value. Whether demo data, own data or LeadSquared answers is decided by the
first of the two that names data or a host. Keys are used as written: `$` is never expanded, no `.env` file is read.
Source: sections 1 and 12 of the wire notes.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

import platformdirs
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from lsq_api.contract.errors import NotConnected
from lsq_api.contract.lookups import CONTACT_DEFINITIONS
from lsq_api.host import addresses
from lsq_api.host.keys import Keys
from lsq_api.limits.rate import DEFAULT_RATE, Rate

SECTION = "[connections.leadsquared]"
ADDED: Final = "leads.store"
"""The name of the store of data that were added in the browser."""
APP: Final = "leads-not-contacted"
"""Names the user's folders for state and for data."""

_WANTED = {
    "contacts": 'names with their activity event codes, such as {"Phone call": [21, 22]}',
    "daily_limit": "a whole number above 0, such as 10000",
    "rate_limit": "calls in seconds, such as 25/5",
    "state_dir": "a folder",
    "do_not_call": "apart or out",
    "trusted_header": "the name of a header, such as X-Forwarded-Email",
    "trusted_proxies": "addresses or networks of proxies, such as 127.0.0.1 or 10.0.0.0/8, 10.1.0.7",
    "open": "1 or 0",
    "metrics_port": "a port from 1 to 65535",
}


@dataclass(frozen=True)
class Host:
    """Base URLs (without a slash at the end) and keys of an account. Raises NotConnected where a key cannot be sent."""

    api_url: str
    analytics_url: str
    app_url: str | None
    access_key: SecretStr
    secret_key: SecretStr

    def __post_init__(self) -> None:
        for name, key in (("access_key", self.access_key), ("secret_key", self.secret_key)):
            if not re.fullmatch(r"[!-~]+", key.get_secret_value()):
                raise NotConnected(f"{_both_names(name)} has a character no key has; copy it again, without blanks")

    @property
    def identity(self) -> str:
        """A stable text for the account, without secrets: for cache keys and logs."""
        digest = hashlib.sha256(self.access_key.get_secret_value().encode()).hexdigest()
        return f"{self.api_url} {self.analytics_url} {digest[:12]}"

    @property
    def keys(self) -> Keys:
        """Both keys, ready to be sent and hidden."""
        return Keys(self.access_key, self.secret_key)


def _listed(given: object) -> object:
    """Several addresses as they are written in the environment, one after a comma."""
    return [part.strip() for part in given.split(",") if part.strip()] if isinstance(given, str) else given


class _Layer(BaseModel):
    """The settings of one source, as written there; blank ones count as not set."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    data: str | None = Field(None, repr=False)
    api_url: str | None = Field(None, repr=False)
    analytics_url: str | None = Field(None, repr=False)
    app_url: str | None = Field(None, repr=False)
    access_key: SecretStr | None = None
    secret_key: SecretStr | None = None
    rate_limit: str | None = Field(None, pattern=r"^[1-9]\d{0,5}\s*/\s*[1-9]\d{0,4}$")
    daily_limit: int | None = Field(None, ge=1)
    state_dir: Path | None = None
    contacts: dict[str, list[int]] | None = None
    do_not_call: Literal["apart", "out"] | None = None
    trusted_header: str | None = Field(None, pattern=r"^[A-Za-z][A-Za-z0-9-]{0,63}$")
    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], BeforeValidator(_listed)] | None = None
    open: bool | None = None
    metrics_port: int | None = Field(None, ge=1, le=65535)

    @field_validator("*", mode="before")
    @classmethod
    def _blank_is_not_set(cls, value: object) -> object:
        return (value.strip() or None) if isinstance(value, str) else value


class _Environment(BaseSettings, _Layer):
    model_config = SettingsConfigDict(env_prefix="LSQ_", extra="ignore")


@dataclass(frozen=True)
class Settings:
    """What to connect to: `data` (a folder, store file or database URL), or `host`, or neither for demo data."""

    data: str | None = field(default=None, repr=False)
    host: Host | None = None
    rate_limit: Rate = DEFAULT_RATE
    daily_limit: int | None = None
    names_app: bool = False
    """Whether the web app was configured, rather than derived from the API host."""
    state_dir: Path | None = None
    """The folder of what is kept: the count of calls, shared by the dashboards of this machine, and added data.

    None: the user's folders for state and for data.
    """
    contacts: tuple[tuple[str, tuple[int, ...]], ...] = tuple(CONTACT_DEFINITIONS.items())
    """Contact definitions: activity event codes under a name."""
    do_not_call: Literal["apart", "out"] = "apart"
    """Leads that must not be called are counted, and it is said how many they are; or they are left out."""
    trusted_header: str | None = None
    """The header in which the company's proxy says who has signed in; believed from `trusted_proxies` alone."""
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    open: bool = False
    """Whether everybody who reaches the dashboard may see it, where nobody is asked who they are."""
    metrics_port: int | None = None
    """The port of 127.0.0.1 at which Prometheus finds the dashboard's figures."""
    can_add: bool = False
    """Whether data may be added in the browser, which then answer: where neither data nor a host is configured."""

    @property
    def added(self) -> Path:
        """The store of data that were added in the browser, whether there is one or not."""
        folder = self.state_dir or platformdirs.user_data_path(APP, appauthor=False)
        return folder.expanduser() / ADDED

    @property
    def state(self) -> Path:
        """The folder of state that is kept: the count of calls, and the audit."""
        return (self.state_dir or platformdirs.user_state_path(APP, appauthor=False)).expanduser()

    @property
    def mode(self) -> Literal["demo", "data", "leadsquared"]:
        """What answers: demo data, own data, or LeadSquared."""
        return "leadsquared" if self.host else "data" if self.data else "demo"

    @classmethod
    def load(cls, secrets: Mapping[str, object] | None = None) -> Self:
        """The settings from the environment and Streamlit's secrets; raises NotConnected, which names what is wrong."""
        layers = _environment(), _stored(secrets or {})
        merged: dict[str, Any] = {}
        for layer in reversed(layers):
            merged |= layer.model_dump(exclude_none=True)
        decided = _deciding(layers)
        if ("trusted_header" in merged) != bool(merged.get("trusted_proxies")):
            raise NotConnected("LSQ_TRUSTED_HEADER and LSQ_TRUSTED_PROXIES go together: set both, or neither")
        rate = Rate(*map(int, merged["rate_limit"].split("/"))) if "rate_limit" in merged else DEFAULT_RATE
        host = None if decided and decided.data else _host(merged)
        found = cls(
            data=decided.data if decided else None,
            host=host,
            rate_limit=rate,
            daily_limit=merged.get("daily_limit"),
            names_app="app_url" in merged,
            state_dir=merged.get("state_dir"),
            can_add=not decided and not host,
            do_not_call=merged.get("do_not_call", "apart"),
            trusted_header=merged.get("trusted_header"),
            trusted_proxies=tuple(merged.get("trusted_proxies", ())),
            open=merged.get("open", False),
            metrics_port=merged.get("metrics_port"),
            **(
                {"contacts": tuple((n, tuple(c)) for n, c in merged["contacts"].items())}
                if merged.get("contacts")
                else {}
            ),
        )
        return replace(found, data=str(found.added)) if found.can_add and found.added.is_file() else found


def _environment() -> _Layer:
    try:
        return _Environment()
    except ValidationError as error:
        message = _complaint(error, lambda name: f"LSQ_{name.upper()}")
    raise NotConnected(message)


def _stored(secrets: Mapping[str, object]) -> _Layer:
    given = {name: value for name, value in secrets.items() if name != "type"}  # `type` is Streamlit's own
    try:
        return _Layer(**given)
    except ValidationError as error:
        message = _complaint(error, lambda name: f"{name} in {SECTION}")
    raise NotConnected(message)


def _complaint(error: ValidationError, named: Callable[[str], str]) -> str:
    fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
    name = str(fault["loc"][0])
    if fault["type"] == "extra_forbidden":
        return f"{named(name)} is not a setting; there are {', '.join(_Layer.model_fields)}"
    return f"{named(name)} must be {_WANTED.get(name, 'text')}"


def _deciding(layers: tuple[_Layer, ...]) -> _Layer | None:
    """The first source that names data or a host."""
    for layer in layers:
        if layer.data and layer.api_url:
            raise NotConnected("LSQ_DATA and LSQ_API_URL are both set; keep the one that is meant")
        if layer.data or layer.api_url:
            return layer
    return None


def _host(values: dict[str, Any]) -> Host | None:
    connecting = [name for name in _Layer.model_fields if name.endswith(("_url", "_key")) and name in values]
    if not connecting:
        return None
    for name in ("api_url", "access_key", "secret_key"):
        if name not in values:
            raise NotConnected(f"{_both_names(name)} is not set, but LSQ_{connecting[0].upper()} is")
    api = addresses.base(values["api_url"], _both_names("api_url"))
    return Host(
        api_url=api,
        analytics_url=_address("analytics_url", values) or addresses.analytics(api),
        app_url=_address("app_url", values) or addresses.web_app(api),
        access_key=values["access_key"],
        secret_key=values["secret_key"],
    )


def _address(name: str, values: dict[str, Any]) -> str | None:
    return addresses.base(values[name], _both_names(name)) if name in values else None


def _both_names(name: str) -> str:
    return f"LSQ_{name.upper()} ({name} in {SECTION})"
