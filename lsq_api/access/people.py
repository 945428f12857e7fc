"""Who a signed-in person is among the account's users, and whose leads that lets them see.

    administrators                        all leads
    whom others report to                 the leads of everybody who reports to them, and their own
    other users                           their own leads
    users who left, and everybody else    nothing

An installation may name exceptions, in `[access]` of Streamlit's secrets. Source: "who sees what" of the product's
page.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from lsq_api.access.scope import EVERYTHING, NOTHING, Scope, of_users
from lsq_api.contract.errors import NotConnected
from lsq_api.question.directory import Directory, ListedUser

SECTION = "[access]"
ADMINISTRATOR = "administrator"
"""The role that sees all leads, in lower case (section 4.1 of the wire notes)."""


def same(email: str) -> str:
    """What two spellings of an e-mail address have in common."""
    return email.strip().casefold()


def _address(email: str) -> str:
    if "@" not in email or email != email.strip():
        raise ValueError("is no e-mail address")
    return same(email)


Address = Annotated[str, AfterValidator(_address)]


class Exceptions(BaseModel):
    """What an installation says beside the account: who sees all leads, and who sees what somebody else does."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    everything: tuple[Address, ...] = Field((), alias="all")
    stand_ins: Mapping[Address, Address] = Field(default_factory=dict, alias="as")

    @classmethod
    def read(cls, section: Mapping[str, object]) -> Self:
        """From the section as it is written; NotConnected, which names what is wrong."""
        try:
            return cls.model_validate(section)
        except ValidationError as error:
            where = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"][:1])
        raise NotConnected(
            f'{where} in {SECTION} cannot be used; there are all = ["head@company.com"] and, under [access.as], '
            f'"assistant@company.com" = "manager@company.com"'
        )


NO_EXCEPTIONS = Exceptions.model_validate({})


class Rank(Enum):
    """What somebody is to the account."""

    ADMINISTRATOR = "administrator"
    MANAGER = "manager"
    USER = "user"
    LEFT = "left"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Person:
    """Somebody by e-mail address, as the account knows them, and whose leads they may see."""

    email: str
    rank: Rank
    scope: Scope
    name: str = ""
    instead_of: str = ""
    """The address of whom this person stands in for."""

    @property
    def may_change(self) -> bool:
        """Whether this person may add data and see how the dashboard is run: administrators may."""
        return self.scope.whole

    @property
    def sees(self) -> str:
        """Whose leads, for the screen."""
        if self.scope.owners is None:
            return "all leads"
        others = len(self.scope.owners) - 1
        return {
            Rank.MANAGER: f"the leads of {others} who report{'s' if others == 1 else ''} to "
            f"{self.instead_of or 'you'}, and {'their' if self.instead_of else 'your'} own",
            Rank.USER: f"{'the leads of ' + self.instead_of if self.instead_of else 'your own leads'}",
        }.get(self.rank, "nothing")


def person(email: str, directory: Directory, exceptions: Exceptions, team: Callable[[str], frozenset[str]]) -> Person:
    """Who that is. `team` gives the IDs of everybody below a manager; it is asked only about one whom others name.

    Raises what `team` raises: where it is not known who reports to whom, nothing is shown.
    """
    address = same(email)
    stands_for = exceptions.stand_ins.get(address, "")
    if address in exceptions.everything:
        return Person(address, Rank.ADMINISTRATOR, EVERYTHING)
    wanted = stands_for or address
    # Users without an address are nobody's, whatever an identity says.
    known = [user for user in directory.users if wanted and same(user.email or "") == wanted]
    active = [user for user in known if user.active]
    if stands_for in exceptions.everything:
        return Person(address, Rank.ADMINISTRATOR, EVERYTHING, instead_of=stands_for)
    if not active:
        return Person(address, Rank.LEFT if known else Rank.UNKNOWN, NOTHING, instead_of=stands_for)
    rank, scope = _allowed(active, directory, team)
    return Person(address, rank, scope, active[0].name, stands_for)


def _allowed(
    users: list[ListedUser], directory: Directory, team: Callable[[str], frozenset[str]]
) -> tuple[Rank, Scope]:
    """What all users of one address may see together."""
    if any(user.role.strip().casefold() == ADMINISTRATOR for user in users):
        return Rank.ADMINISTRATOR, EVERYTHING
    managers = [user.id for user in users if user.id in directory.managers]
    owners = frozenset(user.id for user in users).union(*(team(manager) for manager in managers))
    scope = Scope(frozenset(owner.strip().casefold() for owner in owners), of_users(directory.fields))
    return Rank.MANAGER if managers else Rank.USER, scope
