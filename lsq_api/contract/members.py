"""Members of a decoded JSON object, read tolerantly: by any of their names, in any case, as text, number or time.

Source: sections 4, 6 and 10 of the wire notes. Refusals name the member, never its value: rows hold people.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import orjson

from lsq_api.contract.errors import UnexpectedAnswer
from lsq_api.contract.operators import FieldKind
from lsq_api.contract.wire import read_time

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DOT_NET_TIME = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/", re.ASCII)
_DATED = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?)?", re.ASCII)
_DAY = len("2026-01-31")
_FRACTION = re.compile(r"\.\d+$", re.ASCII)


def read_moment(text: str) -> datetime:
    """A time in any form the calls use, as an aware datetime in whole seconds UTC; ValueError where it is none."""
    found = _DOT_NET_TIME.fullmatch(text.strip())
    if not found:
        return read_time(_FRACTION.sub("", text.strip().removesuffix("Z").replace("T", " ")))
    try:
        return _EPOCH + timedelta(seconds=int(found[1]) // 1000)
    except OverflowError:
        raise ValueError("the time is out of range") from None


def dated(text: str, kind: FieldKind) -> date | None:
    """A value of a field of days or of moments: a day, or an aware datetime in UTC; None where it is neither.

    A field of days holds days whether or not midnight stands beside them, and one of moments has moments; but a value
    that has a clock is never taken for a day, nor one without for a moment.
    """
    plain = text.strip()
    try:
        if not _DATED.fullmatch(plain):
            return read_moment(plain)
        moment = datetime.fromisoformat(plain)
        if len(plain) == _DAY or (kind is FieldKind.DAY and not moment.utcoffset() and moment.time() == time.min):
            return moment.date()
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        return None


class Members:
    """One object of an answer; a member that is absent, null or blank has no value."""

    def __init__(self, row: object) -> None:
        if not isinstance(row, Mapping):
            raise UnexpectedAnswer(f"there is a {type(row).__name__} where an object should be")
        self._values = {str(name).lower(): value for name, value in row.items()}

    def first(self, *names: str) -> Any:
        """The first of these members that has a value, else None."""
        found = (self._values.get(name.lower()) for name in names)
        return next((value for value in found if value not in (None, "")), None)

    def text(self, *names: str) -> str:
        """The first that has a value as text without outer blanks, else the empty text."""
        value = self.first(*names)
        if isinstance(value, dict | list):
            return orjson.dumps(value).decode()
        return "" if value is None else str(value).strip()

    def needed(self, *names: str) -> str:
        """The same, where it must have a value."""
        text = self.text(*names)
        if not text:
            raise UnexpectedAnswer(
                f"a row has no {' or '.join(names)}; it has {', '.join(sorted(self._values)) or 'no member'}"
            )
        return text

    def number(self, *names: str) -> int | None:
        """A whole number, sent as one or as text, else None where there is no value."""
        text = self.text(*names)
        if not text:
            return None
        try:
            return int(text)
        except ValueError:
            raise UnexpectedAnswer(f"{' or '.join(names)} is not a whole number") from None

    def code(self, *names: str) -> int:
        """An activity event code, which must be there."""
        self.needed(*names)
        return self.number(*names) or 0

    def moment(self, *names: str) -> datetime | None:
        """A time in UTC, else None where there is no value."""
        text = self.text(*names)
        try:
            return read_moment(text) if text else None
        except ValueError:
            raise UnexpectedAnswer(f"{' or '.join(names)} is not a time") from None

    def starting(self, prefix: str) -> dict[str, str]:
        """The members whose lower-case names begin so and that have a value, as text by lower-case name."""
        named = {name: self.text(name) for name in self._values if name.startswith(prefix)}
        return {name: text for name, text in named.items() if text}


def attributes(pairs: object, name: str) -> dict[str, Any]:
    """A list of `{name: …, "Value": …}` as one object; empty where it is no such list."""
    listed = pairs if isinstance(pairs, list) else []
    return {str(pair[name]): pair.get("Value") for pair in listed if isinstance(pair, Mapping) and name in pair}
