"""What an account has, by ID and by name: users, stages, sources, lead fields, activity types, contact definitions.

Links and sentences use names, requests use IDs and codes; the directory translates both ways.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Self, TypeVar

from lsq_api.contract import lookups
from lsq_api.contract.lookups import CONTACT_DEFINITIONS, INBOUND_CALL, OUTBOUND_CALL
from lsq_api.contract.operators import FieldKind

T = TypeVar("T")


class ListedUser(NamedTuple):
    """A user of the directory; `manager_id` is the ID of the user he or she reports to."""

    id: str
    name: str
    email: str | None = ""
    active: bool = True
    manager_id: str | None = ""
    role: str = ""


class ListedField(NamedTuple):
    """A lead field of the directory; `data_type` and `render_type` as the account spells them, `options` of a Select.

    Source: section 5 of the wire notes.
    """

    schema_name: str
    display_name: str
    data_type: str = "Text"
    options: tuple[str, ...] = ()
    render_type: str = ""

    @property
    def kind(self) -> FieldKind:
        """What it holds."""
        return FieldKind.of(self.data_type, self.render_type, self.schema_name)


class ListedType(NamedTuple):
    """An activity event code of the directory, with its name."""

    code: int
    name: str


@dataclass(frozen=True)
class Directory:
    """An account's names and IDs. Look-ups ignore case and outer blanks.

    Labels are unique. An empty list of stages or sources means that the account does not publish one, so that any value
    is accepted. Make one with `build`.
    """

    users: tuple[ListedUser, ...]
    stages: tuple[str, ...]
    sources: tuple[str, ...]
    fields: tuple[ListedField, ...]
    activity_types: tuple[ListedType, ...]
    contacts: tuple[tuple[str, tuple[int, ...]], ...]
    partial: bool = False
    """Whether there are other users, whom this viewer may not see."""

    @classmethod
    def build(
        cls,
        *,
        users: Iterable[ListedUser | lookups.User] = (),
        stages: Iterable[str] = (),
        sources: Iterable[str] = (),
        fields: Iterable[ListedField | lookups.LeadField] = (),
        activity_types: Iterable[ListedType | lookups.ActivityType] = (),
        contacts: Mapping[str, Sequence[int]] = CONTACT_DEFINITIONS,
    ) -> Self:
        """The directory from look-up rows in any order; IDs become lower case, and the first of two equal IDs counts.

        A contact definition keeps the codes that the account has, and is left out where it has none of them.
        """
        rows = (
            ListedUser(_key(row.id), row.name, row.email, row.active, _key(row.manager_id or ""), row.role)
            for row in users
        )
        types = {row.code: ListedType(row.code, row.name) for row in reversed(list(activity_types))}
        known = ((name, tuple(sorted(set(codes) & types.keys()))) for name, codes in contacts.items())
        described = [
            ListedField(row.schema_name, row.display_name, row.data_type, tuple(row.options), row.render_type)
            for row in fields
        ]
        return cls(
            users=tuple({row.id: row for row in reversed(list(rows))}.values())[::-1],
            stages=tuple(dict.fromkeys(stage for stage in stages if stage.strip())),
            sources=tuple(dict.fromkeys(source for source in sources if source.strip())),
            fields=tuple({_key(row.schema_name): row for row in reversed(described)}.values())[::-1],
            activity_types=tuple(types[code] for code in sorted(types)),
            contacts=tuple((name, codes) for name, codes in known if codes),
        )

    @cached_property
    def user_labels(self) -> dict[str, str]:
        """Each user's label by ID, in the order of the labels: the name, with more where users share it."""
        return dict(sorted(_user_labels(self.users).items(), key=lambda item: _key(item[1])))

    @cached_property
    def managers(self) -> tuple[str, ...]:
        """IDs of the users that others report to, in the order of their labels."""
        heads = {user.manager_id for user in self.users}
        return tuple(user_id for user_id in self.user_labels if user_id in heads)

    @cached_property
    def inactive(self) -> frozenset[str]:
        """IDs of users who have left. Labels do not show that: links name users by label, and must keep working."""
        return frozenset(user.id for user in self.users if not user.active)

    @cached_property
    def activity_labels(self) -> dict[int, str]:
        """`Name (code)` by activity event code, in the order of the codes."""
        return {code: f"{' '.join(name.split()) or 'Activity'} ({code})" for code, name in self.activity_types}

    @property
    def codes(self) -> tuple[int, ...]:
        """Every activity event code of the account."""
        return tuple(self.activity_labels)

    @property
    def default_activities(self) -> tuple[int, ...]:
        """The codes that count as contact when a link names none: the account's phone calls, else every code."""
        return tuple(code for code in (INBOUND_CALL, OUTBOUND_CALL) if code in self.activity_labels) or self.codes

    @property
    def must_choose(self) -> bool:
        """Whether what counts as contact is for the viewer to say: no phone calls of the usual codes, several others.

        Until it is chosen any activity counts, which system events are as well.
        """
        return len(self.codes) > 1 and not {INBOUND_CALL, OUTBOUND_CALL} & self.activity_labels.keys()

    def user_label(self, user_id: str) -> str:
        """A user's label; an unknown ID is its own label."""
        return self.user_labels.get(_key(user_id), user_id)

    def name_label(self, name: str) -> str:
        """A name that comes without an ID: as it is, and with the number of users who share it where there are more."""
        users = self._users_of_name[_key(name)]
        return f"{name} ({users} users)" if users > 1 else name

    def owner_label(self, user_id: str, name: str) -> str:
        """The label of a user who comes with ID and name, as in a row of leads; the name where the ID is unknown."""
        known = self.user_with_id(user_id)
        return self.user_label(known[0]) if known else self.name_label(name)

    def activity_label(self, code: int) -> str:
        """The label of an activity event code, known or not."""
        return self.activity_labels.get(code, f"Activity ({code})")

    def user_with_id(self, user_id: str) -> tuple[str, ...]:
        """The ID as the directory spells it, or nothing where there is no such user."""
        return tuple(known for known in (_key(user_id),) if known in self.user_labels)

    def users_named(self, text: str) -> tuple[str, ...]:
        """IDs of the users that a text names: by label, ID, e-mail address or name; several where they share a name."""
        return self._users_by_word.get(_key(text), ())

    def activities_named(self, text: str) -> tuple[int, ...]:
        """Codes that a text names: by label, code, contact definition or name, or by the code in an outdated label."""
        found = self._codes_by_word.get(_key(text), ())
        code = re.search(r"\((\d{1,9})\)\s*$", text, re.ASCII)
        return found or ((int(code[1]),) if code and int(code[1]) in self.activity_labels else ())

    def stage_named(self, text: str) -> tuple[str, ...]:
        """The stage as the account spells it, or nothing where there is no such stage."""
        return _spelled(text, self.stages)

    def source_named(self, text: str) -> tuple[str, ...]:
        """The source as the account spells it, or nothing where there is no such source."""
        return _spelled(text, self.sources)

    def field_named(self, text: str) -> ListedField | None:
        """The lead field with this schema name, else with this display name, else a custom one without its `mx_`.

        None where there is none.
        """
        return self._fields_by_word.get(_key(text))

    def kind_of(self, schema_name: str) -> FieldKind:
        """What a lead field holds; text where the account does not list it."""
        field = self.field_named(schema_name)
        return field.kind if field else FieldKind.of("", schema_name=schema_name)

    def contact_named(self, codes: Iterable[int]) -> str | None:
        """The name of the contact definition with exactly these codes; None where there is none."""
        wanted = tuple(sorted(set(codes)))
        return next((name for name, defined in self.contacts if defined == wanted), None)

    @cached_property
    def _users_of_name(self) -> Counter[str]:
        return Counter(_key(user.name) for user in self.users)

    @cached_property
    def _users_by_word(self) -> dict[str, tuple[str, ...]]:
        return _by_word(
            ((label, user_id) for user_id, label in self.user_labels.items()),
            ((user.id, user.id) for user in self.users),
            ((user.email or "", user.id) for user in self.users),
            ((user.name, user.id) for user in self.users),
        )

    @cached_property
    def _codes_by_word(self) -> dict[str, tuple[int, ...]]:
        return _by_word(
            ((label, code) for code, label in self.activity_labels.items()),
            ((str(code), code) for code in self.codes),
            ((name, code) for name, codes in self.contacts for code in codes),
            ((name, code) for code, name in self.activity_types),
        )

    @cached_property
    def _fields_by_word(self) -> dict[str, ListedField]:
        displayed = {_key(field.display_name): field for field in reversed(self.fields)}
        plain = {_key(field.schema_name).removeprefix("mx_"): field for field in reversed(self.fields)}
        return plain | displayed | {_key(field.schema_name): field for field in self.fields}


def _key(text: str) -> str:
    """What equal spellings of a name have in common."""
    return " ".join(text.split()).casefold()


def _by_word(*kinds: Iterable[tuple[str, T]]) -> dict[str, tuple[T, ...]]:
    """What each word names. Kinds given earlier take precedence; within a kind a word may name several."""
    words: dict[str, tuple[T, ...]] = {}
    for kind in kinds:
        meant: dict[str, list[T]] = defaultdict(list)
        for word, meaning in kind:
            meant[_key(word)].append(meaning)
        words = {word: tuple(meanings) for word, meanings in meant.items() if word} | words
    return words


def _spelled(text: str, values: tuple[str, ...]) -> tuple[str, ...]:
    if not values or text in values:
        return (text,)
    return next(((value,) for value in values if _key(value) == _key(text)), ())


def _user_labels(users: tuple[ListedUser, ...]) -> dict[str, str]:
    """Each user's shortest unique spelling: users who share one take the next longer one, until none is shared."""
    spellings = {user.id: _spellings(user) for user in users}
    level = dict.fromkeys(spellings, 0)
    while True:
        sharing: dict[str, list[str]] = defaultdict(list)
        for user_id, at in level.items():
            sharing[_key(spellings[user_id][at])].append(user_id)
        shared = [user_id for ids in sharing.values() if len(ids) > 1 for user_id in ids]
        longer = [user_id for user_id in shared if level[user_id] + 1 < len(spellings[user_id])]
        if not longer:
            return {user_id: spellings[user_id][at] for user_id, at in level.items()}
        for user_id in longer:
            level[user_id] += 1


def _spellings(user: ListedUser) -> tuple[str, ...]:
    email = " ".join((user.email or "").split())
    name = " ".join(user.name.split()) or email or user.id
    longer = [email] if email else []
    return (name, *(f"{name} ({more})" for more in [*longer, user.id[:8], user.id]))
