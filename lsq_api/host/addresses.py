"""Addresses of a host: read as people write them, and derived by the pattern of LeadSquared's own hosts.

Source: sections 1 and 12 of the wire notes.
"""

import ipaddress
import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import SplitResult, quote, urlsplit

from lsq_api.contract.errors import NotConnected

_API_HOST = re.compile(r"api(-[a-z0-9]+)?\.leadsquared\.com")
_HOST_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9])?")
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PATHS = {"", "/", "/v2", "/v2/"}
_PORTS = {"http": 80, "https": 443}


def base(text: str, setting: str) -> str:
    """Scheme, host and port of an address as people write it, without a slash at the end.

    Raises NotConnected, which names the setting, where it is no address or keys must not be sent there. The message
    does not repeat the address, since that may hold keys.
    """
    parts = _split(text)
    if parts is None:
        raise NotConnected(f"{setting} must be a host such as api-in21.leadsquared.com, with nothing after it")
    host, loopback = parts.hostname or "", is_loopback(parts.hostname or "")
    if parts.scheme == "http" and not loopback:
        raise NotConnected(f"{setting} must begin with https://; http would send the keys in the open")
    scheme = parts.scheme or ("http" if loopback else "https")
    port = "" if parts.port in (None, _PORTS[scheme]) else f":{parts.port}"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}{port}"


def _split(text: str) -> SplitResult | None:
    """The parts of an address that has only scheme, host and port; else None."""
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return None
    named = bool(_HOST_NAME.fullmatch(host)) or ":" in host
    bare = parts.path.lower() in _PATHS and not (parts.username or parts.password or parts.query or parts.fragment)
    return parts if named and bare and parts.scheme in {"", *_PORTS} else None


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def analytics(api_url: str) -> str:
    """The host of the reports (section 1): `analyticsapi…` for LeadSquared's `api…` hosts, else the same host."""
    return api_url.replace("://api", "://analyticsapi", 1) if _API_HOST.fullmatch(urlsplit(api_url).netloc) else api_url


def web_app(api_url: str) -> str | None:
    """The web app of one of LeadSquared's own API hosts (section 12); None for any other host."""
    found = _API_HOST.fullmatch(urlsplit(api_url).netloc)
    return f"https://{(found[1] or '-run')[1:]}.leadsquared.com" if found else None


def app_among(services: Mapping[str, str]) -> str | None:
    """The web app among the addresses that an account lists; None where none is named like one.

    The names in `LSQCommonServiceURLs` are not published (section 1): the first that contains `app` is taken.
    """
    found = (address for name, address in services.items() if "app" in name.lower())
    address = next(found, "")
    try:
        return base(address, "the web app") if address else None
    except NotConnected:
        return None  # nothing to send people to


def is_guid(text: str) -> bool:
    """Whether a text is a GUID, as the IDs of LeadSquared are."""
    return bool(_GUID.fullmatch(text))


def lead_page(app_url: str | None, lead_id: str) -> str | None:
    """A lead's page in LeadSquared's web app (section 12); None without a web app, or where the ID is no GUID."""
    if not app_url or not is_guid(lead_id):
        return None
    return f"{app_url}/LeadManagement/LeadDetails?LeadID={quote(lead_id, safe='')}"


class Region(NamedTuple):
    """A region and its API host; the other hosts follow from it."""

    name: str
    api: str

    @property
    def analytics(self) -> str:
        """Base URL of the reports."""
        return analytics(f"https://{self.api}").removeprefix("https://")

    @property
    def app(self) -> str:
        """Base URL of the web app."""
        return (web_app(f"https://{self.api}") or "").removeprefix("https://")


REGIONS = (
    Region("Singapore", "api.leadsquared.com"),
    Region("United States", "api-us11.leadsquared.com"),
    Region("India (Mumbai)", "api-in21.leadsquared.com"),
    Region("India (Hyderabad)", "api-in22.leadsquared.com"),
    Region("Ireland", "api-ir31.leadsquared.com"),
    Region("Canada", "api-ca12.leadsquared.com"),
    Region("Middle East", "api-me61.leadsquared.com"),
)
