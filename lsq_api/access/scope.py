"""Whose leads somebody may see, and what that leaves of a question and of an answer.

    Scope.report     the report that is asked in place of one: of the leads within the scope alone
    Scope.lead, …    what may be shown of an answer that names leads or people

Every question of the dashboard and of `report --as` passes here on its way to the host.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final, TypeVar

from lsq_api.contract.conditions import UserFilter
from lsq_api.contract.lookups import Account, Activity, Timeline
from lsq_api.contract.makers import ActivityMakers
from lsq_api.contract.report import ListOutput, Report
from lsq_api.question.directory import Directory, ListedField
from lsq_api.question.question import NOBODY

AnyReport = TypeVar("AnyReport", bound=Report)

OWNER: Final = "OwnerId"
SOMEBODY: Final = "Somebody else"
"""Stands for a person outside the scope, where it matters that it was a person."""
_OF_USERS = re.compile(r"(mx_)?(created|(last)?modified|assigned|deleted)by(id|name|email|emailaddress)?", re.ASCII)
_USER_TYPES = frozenset({"activeusers", "user", "users"})
_OF_OWNER = frozenset({"ownerid", "owneridname", "owneridemailaddress"})


class OutOfScope(Exception):
    """A question that no screen asks within a scope: it could tell of people outside."""


@dataclass(frozen=True)
class Scope:
    """The leads of these owners, by the users' IDs in lower case; None: all leads, also those of nobody."""

    owners: frozenset[str] | None = None
    hidden: frozenset[str] = frozenset()
    """Lead fields of the account that hold other users than the owner, by schema name in lower case."""

    @property
    def whole(self) -> bool:
        """Whether nothing is out of it."""
        return self.owners is None

    @cached_property
    def key(self) -> str:
        """The same for equal scopes and for no others; goes into the keys of kept answers."""
        if self.owners is None:
            return "all"
        return hashlib.sha256(" ".join(sorted(self.owners)).encode()).hexdigest()[:24]

    def has(self, user_id: object) -> bool:
        """Whether the leads of this user are within it; of no user (None, blank), only if everything is."""
        return self.owners is None or (isinstance(user_id, str) and user_id.strip().casefold() in self.owners)

    def shows(self, schema_name: str) -> bool:
        """Whether a lead field may be asked for: not one that holds a user who need not be the lead's owner."""
        name = schema_name.strip().casefold()
        return self.owners is None or not (name in self.hidden or _OF_USERS.fullmatch(name))

    def members(self, user_ids: Iterable[str]) -> frozenset[str]:
        """Those of the users who are within it."""
        return frozenset(user for user in user_ids if self.has(user))

    def report(self, report: AnyReport) -> AnyReport:
        """The report for the leads within the scope alone: its users are those asked for that are in it, or nobody.

        Raises OutOfScope where the report names a field that holds other people, or bounds users by more than IDs.
        """
        if self.owners is None:
            return report
        for name in _named(report):
            if not self.shows(name):
                raise OutOfScope(f"{name} tells of people outside the scope")
        asked = _users(report.filter.users)
        allowed = self.owners if asked is None else self.members(asked)
        users = UserFilter.by_id(tuple(sorted(allowed)) or (NOBODY,))
        return report.model_copy(update={"filter": report.filter.model_copy(update={"users": users})})

    def lead(self, row: dict[str, Any] | None) -> dict[str, Any] | None:
        """The fields of a lead that may be shown, by schema name; None where it is outside, as where there is none."""
        if self.owners is None or row is None:
            return row
        owner = next((value for name, value in row.items() if name.casefold() == OWNER.casefold()), None)
        if not self.has(owner):
            return None
        return {name: value for name, value in row.items() if self.shows(name) or self.has(value)}

    def timeline(self, found: Timeline) -> Timeline:
        """The activities of a lead that is within the scope, without the names of people who are not."""
        if self.owners is None:
            return found
        return Timeline(found.total, [self._activity(one) for one in found.activities])

    def _activity(self, activity: Activity) -> Activity:
        if self.has(activity.created_by) or not (activity.created_by or activity.created_by_name):
            return activity
        more = {name: value for name, value in activity.more.items() if self.shows(name)}
        return replace(activity, created_by=None, created_by_name=SOMEBODY, more=more)

    def directory(self, directory: Directory) -> Directory:
        """The directory with the users of the scope, and without the lead fields that hold others."""
        if self.owners is None:
            return directory
        return replace(
            directory,
            partial=True,
            users=tuple(
                user if self.has(user.manager_id) else user._replace(manager_id="")
                for user in directory.users
                if self.has(user.id)
            ),
            fields=tuple(field for field in directory.fields if self.shows(field.schema_name)),
        )

    def makers(self, found: ActivityMakers | None) -> ActivityMakers | None:
        """Who creates activities, of the users within the scope; what is created by nobody of them is not told."""
        if self.owners is None or found is None:
            return found
        return ActivityMakers({user: made for user, made in found.users.items() if self.has(user)}, found.codes)

    def account(self, account: Account) -> Account:
        """The account, without the person whose keys are used and without how many activities there are."""
        if self.owners is None:
            return account
        known = account.coverage and replace(account.coverage, count=min(account.coverage.count, 1))
        return replace(account, user_id="", email="", role="", coverage=known)


EVERYTHING: Final = Scope()
NOTHING: Final = Scope(frozenset())


def of_users(fields: Iterable[ListedField]) -> frozenset[str]:
    """The lead fields that hold a user other than the owner by their type, by schema name in lower case."""
    return frozenset(
        field.schema_name.casefold()
        for field in fields
        if {field.data_type.casefold(), field.render_type.casefold()} & _USER_TYPES
        and field.schema_name.casefold() not in _OF_OWNER
    )


def _named(report: Report) -> Iterable[str]:
    """Every lead field that a report names."""
    output = report.output
    yield from output.fields if isinstance(output, ListOutput) else (output.group_by, output.field)
    yield from (condition.field for condition in report.filter.leads)
    if report.sorting:
        yield report.sorting.field


def _users(asked: UserFilter | None) -> frozenset[str] | None:
    """The IDs of a filter as `UserFilter.by_id` makes it; None without a filter."""
    if asked is None or not asked.groups:
        return None
    listed = asked.groups[0].conditions[0].values
    if asked != UserFilter.by_id(listed):
        raise OutOfScope("users are bounded by their IDs within a scope")
    return frozenset(one.casefold() for one in listed)
