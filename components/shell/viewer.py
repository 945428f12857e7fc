"""Whom the screen is for: who signed in, whom they view as, what they may see, and the audit of what they do."""

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final, NoReturn

import streamlit as st

from components.shell import sign_in, words
from lsq_api.access.audit import FOLDER as AUDIT
from lsq_api.access.audit import Audit, shown
from lsq_api.access.people import Exceptions, Person, Rank, same
from lsq_api.access.scope import EVERYTHING, Scope
from lsq_api.connection import configured, connect
from lsq_api.contract.errors import NotConnected
from lsq_api.host.settings import Settings
from lsq_api.question.directory import Directory
from lsq_api.scoped import ScopedConnection
from lsq_api.work import click

_MET = "signed_in_audited"
_AS = "viewed_as"
"""Whom the session views as. Not in the link: whoever opens that sees what is theirs to see."""
_CHOSEN = "view_as"
_NOBODY: Final = "Nobody, as yourself"


@dataclass(frozen=True)
class Viewer:
    """Whom a screen is for. `person` is None where nobody is asked who they are, and everybody sees everything.

    `acting` is whom they view as, which only those may who see all leads.
    """

    settings: Settings
    person: Person | None = None
    acting: Person | None = None

    @property
    def scope(self) -> Scope:
        """Whose leads the screen shows."""
        seen = self.acting or self.person
        return seen.scope if seen else EVERYTHING

    @property
    def runs_it(self) -> bool:
        """Whether they may add data, and see how the dashboard is run and what it asked for others."""
        return self.scope.whole

    def did(self, what: str, result: str, **more: Any) -> None:
        """Write a line of the audit; `link`, as parameters, without what may be a lead's own.

        Raises NotConnected where people sign in and it cannot be written: then what was to be recorded is not done.
        """
        params = more.pop("params", None)
        said = {"link": shown(params)} if params is not None else {}
        viewed = {"viewing_as": self.acting.email} if self.acting else {}
        try:
            person = self.person.email if self.person else ""
            more |= said | viewed | {"click": click.current() or None}
            Audit(self.settings.state / AUDIT).write(person, what, result, **more)
        except OSError as error:
            if self.person:
                raise NotConnected(f"the audit cannot be written: {error.strerror}; check LSQ_STATE_DIR") from None

    def source(self) -> ScopedConnection:
        """The account as this viewer may see it; raises a LeadSquaredError where there is no connection."""
        return ScopedConnection(connect(), self.scope)


_current: ContextVar[Viewer | None] = ContextVar("viewer", default=None)


def current() -> Viewer | None:
    """Whom this run is for; None before that is known, and where it cannot be."""
    return _current.get()


def here(page: str) -> Viewer:
    """Whom this run is for; ends it where nobody may see it. `page` is its script.

    Raises a LeadSquaredError where it cannot be found out who somebody is.
    """
    _current.set(None)
    click.begin()
    found = _found(configured(), page)
    _current.set(found)
    return found


def _found(settings: Settings, page: str) -> Viewer:
    email = sign_in.identified(settings, page)
    if email is None:
        return Viewer(settings)
    exceptions = Exceptions.read(sign_in.exceptions_section())
    person = _known(email, exceptions)
    if person.rank in {Rank.UNKNOWN, Rank.LEFT}:
        _met(Viewer(settings, person), "refused")
        _unknown(person)
    _met(Viewer(settings, person), "done")
    acting = st.session_state.get(_AS)
    if acting and person.scope.whole:
        return Viewer(settings, person, connect().person(acting, exceptions))
    return Viewer(settings, person)


def _known(email: str, exceptions: Exceptions) -> Person:
    """Who that is. Whoever sees everything by the installation's own word needs no account that answers."""
    if same(email) in exceptions.everything:
        return Person(same(email), Rank.ADMINISTRATOR, EVERYTHING)
    return connect().person(email, exceptions)


def _met(viewer: Viewer, result: str) -> None:
    """Record the first run of a session."""
    if viewer.person and st.session_state.get(_MET) != viewer.person.email:
        viewer.did("signed in", result, rank=viewer.person.rank.value)
        st.session_state[_MET] = viewer.person.email


def _unknown(person: Person) -> NoReturn:
    why = "has left this account" if person.rank is Rank.LEFT else "is not a user of this account"
    st.error(
        f"Whoever signed in {why}, so there is nothing to show. Ask your administrator to add you in LeadSquared, "
        "or sign in with another address.",
        icon=":material/person_off:",
    )
    st.text(f"Signed in: {person.email}")
    if sign_in.providers():
        st.button("Sign out", icon=":material/logout:", on_click=st.logout)
    st.stop()


def shown_above(viewer: Viewer) -> None:
    """One quiet line on every page where nobody is asked who they are, or somebody views as another."""
    if viewer.person is None and viewer.settings.open:
        st.caption(":material/lock_open: Open to everybody who reaches this address: nobody is asked to sign in.")
    if viewer.acting:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            name = viewer.acting.name or viewer.acting.email
            st.badge(f"Viewing as {words.plain(name)}", icon=":material/visibility:", color="orange")
            st.caption(f"Sees {words.plain(_sees(viewer.acting))}.", width="content")
            st.button("End", key="view_as_end", type="tertiary", on_click=_view_as, args=(viewer, None))


def _sees(person: Person) -> str:
    return person.sees.replace("to you", "to them").replace("your", "their")


def menu(viewer: Viewer) -> None:
    """Draw the button with the person's name: what they may see, whom to view as, and the way out."""
    person = viewer.person
    if person is None:
        return
    with st.popover(words.plain(person.name or person.email), icon=":material/account_circle:"):
        st.text(person.email)
        st.caption(f"You see {words.plain(person.sees)}.")
        if person.scope.whole:
            _choose(viewer, connect().directory())
        if sign_in.providers():
            st.button("Sign out", icon=":material/logout:", on_click=_sign_out, args=(viewer,))


def _choose(viewer: Viewer, directory: Directory) -> None:
    """Choose somebody to see the dashboard as; `directory` is the whole account's."""
    of = {same(user.email): directory.user_label(user.id) for user in directory.users if user.active and user.email}
    options = [_NOBODY, *sorted(of, key=lambda email: of[email].casefold())]
    now = viewer.acting.email if viewer.acting and viewer.acting.email in of else _NOBODY
    # A widget of its own for each choice: the browser would bring the one before back after it was ended.
    key = f"{_CHOSEN}_{now}"
    st.selectbox(
        "View as",
        options,
        index=options.index(now),
        format_func=lambda email: of.get(email, email),
        key=key,
        on_change=_chosen,
        args=(viewer, key),
        help="See exactly what somebody else sees. Every page says so until you end it.",
    )


def _chosen(viewer: Viewer, key: str) -> None:
    chosen = st.session_state[key]
    _view_as(viewer, None if chosen == _NOBODY else chosen)


def _view_as(viewer: Viewer, email: str | None) -> None:
    viewer.did("view as", "done" if email else "ended", whom=email)
    st.session_state[_AS] = email


def _sign_out(viewer: Viewer) -> None:
    viewer.did("signed out", "done")
    st.session_state.clear()
    st.logout()
