"""Who is at the screen: asks people to sign in, or believes the company's proxy, or answers this machine alone.

    identified()   the address of whoever has signed in; None where nobody is asked. Else it says why not, and ends

Source: "who signs in" of the product's page. Streamlit returns from signing in to the first page, and does not look at
how long an identity is good for: both are done here.
"""

import os
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any, Final, NamedTuple, NoReturn

import streamlit as st

from components.shell import link
from lsq_api.host.settings import Settings

HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
"""The names under which a browser reaches its own machine."""
_WHO = "signed_in_as"
_FORWARDED = ("X-Forwarded-For", "X-Real-IP", "Forwarded")
_PROXY_ADDRESSES = "FORWARDED_ALLOW_IPS"
"""The proxies that the web server believes when they say whom they speak for; it then hides their own address."""
_THIS_MACHINE = "127.0.0.1"
_RETURN_WITHIN = timedelta(minutes=15)
_MOST = 1_000
_CLAIM, _UNTIL, _VERIFIED = "email", "exp", "email_verified"


class _Return(NamedTuple):
    """Where somebody was when asked to sign in: the page's script, and the parameters of the link."""

    page: str
    params: link.Params
    at: datetime


@dataclass
class _Returns:
    """Where people were, by their browser; the oldest are dropped first."""

    kept: "OrderedDict[str, _Return]" = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, browser: str, place: _Return) -> None:
        with self.lock:
            self.kept.pop(browser, None)
            self.kept[browser] = place
            while len(self.kept) > _MOST:
                self.kept.popitem(last=False)

    def take(self, browser: str) -> _Return | None:
        with self.lock:
            return self.kept.pop(browser, None)


@st.cache_resource(show_spinner=False)
def _returns() -> _Returns:
    return _Returns()


def providers() -> tuple[str, ...]:
    """The names of the OpenID providers of Streamlit's `[auth]`, `""` for one without; empty without such a section."""
    section = _section("auth")
    named = [name for name, part in section.items() if isinstance(part, Mapping) and "client_id" in part]
    return ("", *named) if "client_id" in section else tuple(named)


def exceptions_section() -> Mapping[str, Any]:
    """`[access]` of Streamlit's secrets as it is written."""
    return _section("access")


def _section(name: str) -> Mapping[str, Any]:
    section = st.secrets.get(name, {}) if st.secrets.load_if_toml_exists() else {}
    return section if isinstance(section, Mapping) else {}


def identified(settings: Settings, page: str) -> str | None:
    """The e-mail address of whoever is at the screen; None where nobody is asked, or everybody may see everything.

    `page` is the script of the page, to return to. Ends the run where nobody may see it.
    """
    offered = providers()
    if offered and settings.trusted_header:
        _refused("Two ways to sign in are configured", "Keep [auth] in secrets.toml, or LSQ_TRUSTED_HEADER, not both.")
    if offered:
        found: str | None = _signed_in(offered, page)
    elif settings.trusted_header:
        found = _of_proxy(settings, settings.trusted_header)
    else:
        if not settings.open and not _on_this_machine():
            _refused(
                "This dashboard asks nobody who they are, so it answers its own machine alone",
                "Your administrator can have people sign in ([auth] in secrets.toml, or LSQ_TRUSTED_HEADER), or open "
                "it to everybody who reaches this address (LSQ_OPEN=1). The documentation on deployment says how.",
            )
        found = None
    _not_another(found)
    return found


def _not_another(email: str | None) -> None:
    """Forget what a session holds where it is another person's now."""
    if st.session_state.get(_WHO, email) != email:
        st.session_state.clear()
    st.session_state[_WHO] = email


def _signed_in(offered: tuple[str, ...], page: str) -> str:
    """The address of the identity that Streamlit keeps in a signed cookie."""
    if not st.user.is_logged_in:
        _ask(offered, page)
    claims = st.user.to_dict()
    left = _seconds_left(claims)
    if left is not None and left <= 0:
        _remember(page)
        st.logout()
        st.info("Your sign-in has expired. Sign in again to go on.", icon=":material/lock_clock:")
        st.stop()
    email = claims.get(_CLAIM)
    if not isinstance(email, str) or "@" not in email or claims.get(_VERIFIED) is False:
        st.button("Sign out", on_click=st.logout)
        _refused(
            "Your identity provider did not confirm an e-mail address",
            "The dashboard knows people by it. Ask your administrator for the claim “email” in the identity.",
        )
    if left is not None:
        _expiring(left)
    _go_back(page)
    return email


def _seconds_left(claims: Mapping[str, Any]) -> float | None:
    until = claims.get(_UNTIL)
    return until - datetime.now(UTC).timestamp() if isinstance(until, int | float) else None


def _expiring(left: float) -> None:
    """Run the page again when the identity is no longer good, so that nothing stays on an unattended screen."""

    @st.fragment(run_every=left + 1)
    def end() -> None:
        remaining = _seconds_left(st.user.to_dict())
        if remaining is not None and remaining <= 0:
            st.rerun()

    end()


def _ask(offered: tuple[str, ...], page: str) -> NoReturn:
    """Draw the buttons to sign in, remember where to return to, and end the run."""
    _remember(page)
    st.title("Leads not contacted", anchor=False)
    st.text("Sign in to see the leads that are yours to see.")
    for name in offered:
        said = f"Sign in with {name.title()}" if name else "Sign in"
        st.button(
            said,
            key=f"sign_in_{name}",
            type="primary",
            icon=":material/login:",
            on_click=st.login,
            args=(name,) if name else (),
        )
    st.stop()


def _remember(page: str) -> None:
    browser = _browser()
    if browser:
        _returns().keep(browser, _Return(page, link.params(), datetime.now(UTC)))


def _go_back(page: str) -> None:
    """Go where this browser was when it was asked to sign in: one of our own pages, with the link's parameters.

    Only from the first page without any, where signing in ends.
    """
    browser = _browser()
    if st.session_state.get(_WHO) or link.params() or not browser:
        return
    place = _returns().take(browser)
    if place and datetime.now(UTC) - place.at < _RETURN_WITHIN and (place.params or place.page != page):
        st.switch_page(place.page, query_params=place.params)


def _browser() -> str | None:
    """What tells this browser from others: the token against forged requests that Streamlit gives each, unmasked."""
    cookie: object = st.context.cookies.get("_streamlit_xsrf", "")
    kind, _, rest = cookie.strip('"').partition("|") if isinstance(cookie, str) else ("", "", "")
    mask, _, masked = rest.partition("|")
    try:
        key, token = bytes.fromhex(mask), bytes.fromhex(masked.partition("|")[0])
    except ValueError:
        return None
    if kind != "2" or len(key) != 4 or len(token) < 16:
        return None
    return bytes(byte ^ key[place % 4] for place, byte in enumerate(token)).hex()


def _of_proxy(settings: Settings, header: str) -> str:
    """The address in the header, from a proxy that is believed."""
    headers = st.context.headers
    if _FORWARDED[0] in headers and os.environ.get(_PROXY_ADDRESSES) != "":
        _refused(
            "It cannot be told which proxy this comes from",
            f"Start the dashboard with {_PROXY_ADDRESSES} set and empty, as `make run` does.",
        )
    peer = ip_address(_peer() or _THIS_MACHINE)
    if not any(peer in network for network in settings.trusted_proxies):
        _refused(
            "This address is not the company's sign-in",
            "Open the dashboard by the address your administrator gave you.",
        )
    given = headers.get_all(header)
    if len(given) != 1 or "@" not in given[0]:
        _refused("The company's sign-in did not say who you are", f"It has to send {header} once, with an address.")
    return str(given[0]).strip()


def _on_this_machine() -> bool:
    """Whether the browser runs on the dashboard's own machine and comes by no proxy."""
    headers = st.context.headers
    host = headers.get("Host") or _THIS_MACHINE
    name = host.rpartition(":")[0] if ":" in host and not host.endswith("]") else host
    direct = not any(header in headers for header in _FORWARDED)
    return direct and _peer() is None and name.strip("[]").lower() in HERE


def _peer() -> str | None:
    """The address that the connection comes from; None from this machine, and where there is no browser at all."""
    address: object = st.context.ip_address
    return address if isinstance(address, str) else None


def _refused(what: str, instead: str) -> NoReturn:
    st.error(f"{what}. {instead}", icon=":material/lock:")
    st.stop()
