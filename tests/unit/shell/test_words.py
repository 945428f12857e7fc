import re
from datetime import UTC, datetime, timedelta

import pytest

from components.shell import words
from lsq_api.contract import errors

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
KEY = "u$r0123456789abcdef"


def kinds(kind: type[errors.LeadSquaredError] = errors.LeadSquaredError) -> list[type[errors.LeadSquaredError]]:
    """Every kind of failure that has no kinds of its own."""
    below = [one for one in kind.__subclasses__() if one.__module__ == errors.__name__]
    return [leaf for one in below for leaf in kinds(one)] if below else [kind]


def failed(kind: type[errors.LeadSquaredError]) -> errors.LeadSquaredError:
    said = errors.Envelope("MXSomeException", f"accessKey={KEY}")
    return kind("/Leads/NotContacted", 500, said) if issubclass(kind, errors.HostError) else kind(f"at {KEY}")


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_failure__every_kind_has_a_sentence_for_a_manager(kind: type[errors.LeadSquaredError]):
    said = words.failure(failed(kind))
    assert said.endswith(".")
    assert len(said.split()) > 5
    assert not set("{}<>_/") & set(said), "no technical term, path or template is left in it"


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_failure__says_nothing_of_what_the_host_said(kind: type[errors.LeadSquaredError]):
    """The text of an error may hold anything a host wrote: it is for the log alone."""
    assert KEY not in words.failure(failed(kind))
    assert "MX" not in words.failure(failed(kind))


@pytest.mark.parametrize(
    ("kind", "hint"),
    [
        (errors.NotConnected, "administrator"),
        (errors.Unreachable, "Try again"),
        (errors.Unauthorized, "refused the keys"),
        (errors.Rejected, "filter"),
        (errors.NotFound, "administrator"),
        (errors.Throttled, "too many calls"),
        (errors.Busy, "Try again"),
        (errors.BudgetSpent, "in a day"),
        (errors.HostFailed, "Try again"),
        (errors.Incomplete, "changed"),
    ],
)
def test_failure__says_what_to_do(kind: type[errors.LeadSquaredError], hint: str):
    assert hint in words.failure(failed(kind))


def test_failure__names_the_host_that_the_keys_belong_to():
    refused = errors.Unauthorized("/v2/x", 401)
    refused.right_host = "api-in21.leadsquared.com"
    said = words.failure(refused)
    assert said.replace("\\", "") == (
        "These keys belong to api-in21.leadsquared.com. Ask your administrator to set that host."
    )


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        (timedelta(0), "0 min"),
        (timedelta(seconds=59), "0 min"),
        (timedelta(minutes=1), "1 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=23, minutes=59), "23 h"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=1, hours=23), "1 day"),
        (timedelta(days=2), "2 days"),
        (timedelta(days=204, hours=5), "204 days"),
        (timedelta(days=4015), "4,015 days"),
    ],
)
def test_age__in_the_largest_unit_that_says_it(gone: timedelta, said: str):
    assert words.age(NOW - gone, NOW) == said


def test_age__of_what_is_dated_ahead_is_nothing():
    assert words.age(NOW + timedelta(days=3), NOW) == "0 min"


def test_age__zones_do_not_matter():
    assert words.age(datetime.fromisoformat("2026-03-01T15:30:00+05:30"), NOW) == "2 h"


@pytest.mark.parametrize("address", ["http://x.org", "HTTPS://x.org/a", "see www.x.org", "(http://x.org)"])
def test_plain__an_address_does_not_become_a_link(address: str):
    """Markdown makes links of bare addresses after it has read the escapes: a lead's name could lead anywhere."""
    said = words.plain(address).replace("\\", "")
    assert not re.search(r"(?i)https?://|www\.", said)
    assert said.replace("\u2060", "") == address


@pytest.mark.parametrize("sign", list(r"\`*_{}[]()<>#+-.!|~$:&"))
def test_plain__marks_of_markdown_are_escaped(sign: str):
    assert words.plain(f"a{sign}b") == f"a\\{sign}b"


def test_plain__text_without_marks_stays_and_is_one_line():
    assert words.plain("Zoë  Lee\n😀 مدير") == "Zoë Lee 😀 مدير"


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("<b>Ann</b>", "&lt;b&gt;Ann&lt;/b&gt;"),
        ("A & B", "A &amp; B"),
        ('O\'Hara "Q"', 'O\'Hara "Q"'),
        ("&quot;", "&amp;quot;"),
    ],
)
def test_in_chart__html_is_text_and_quotation_marks_stay(text: str, drawn: str):
    """Plotly does not know the entities of quotation marks and would write them out."""
    assert words.in_chart(text) == drawn
