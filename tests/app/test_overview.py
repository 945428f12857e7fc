"""The first screen on a small company, every number held against plain counting."""

from datetime import UTC
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest

from components.overview.boards import SHOWN
from lsq_api.question.spans import AGE_CLASSES
from tests.app.books import Books, Lead, ages, by, this_minute, whole
from tests.app.screen import Open

METRICS = ("Not contacted", "Share", "Never any activity", "Longest wait", "Mean engagement")


def test_overview__has_the_five_metrics_in_order(view: Open):
    labels = [metric.label for metric in view().test.metric]
    assert len(labels) == 5
    assert all(label.startswith(begins) for label, begins in zip(labels, METRICS, strict=True))


def test_overview__numbers_are_those_of_the_store(view: Open, books: Books):
    begun = this_minute()
    screen = view()
    waiting = books.waiting()
    scores = [lead["EngagementScore"] for lead in waiting if lead["EngagementScore"] is not None]
    assert 0 < len(waiting) < len(books.leads)
    assert screen.metric("Not contacted") == f"{len(waiting):,}"
    assert screen.metric("Share") == whole(len(waiting) / len(books.leads))
    assert screen.metric("Never any activity") == f"{len(books.untouched(waiting)):,}"
    assert screen.metric("Mean engagement") == f"{sum(scores) / len(scores):,.0f}"
    oldest = min(lead["CreatedOn"] for lead in waiting)
    assert screen.metric("Longest wait") in {f"{(now - oldest).days:,} days" for now in (begun, this_minute())}


def test_overview__the_sentence_says_the_same(view: Open, books: Books):
    waiting, book = books.waiting(), books.leads
    screen = view()
    assert screen.sentence.startswith(
        f"{len(waiting):,} of {len(book):,} leads ({whole(len(waiting) / len(book))}) have never had a phone call."
    )
    owner, most = by("OwnerId", waiting).most_common(1)[0]
    assert f"{most:,} are with {books.name(owner)}, " in screen.sentence


@pytest.mark.parametrize(("noun", "field"), [("owners", "OwnerId"), ("stages", "ProspectStage"), ("sources", "Source")])
def test_overview__bars_hold_waiting_and_book(view: Open, books: Books, noun: str, field: str):
    waiting, book = by(field, books.waiting()), by(field, books.leads)

    def label(value: str | None) -> str:
        return f"No {noun[:-1]}" if value is None else books.name(value) if field == "OwnerId" else value

    expected = {label(value): (waiting[value], count) for value, count in book.items()}
    shown = view().bars(noun)
    assert shown.items() <= expected.items()
    counts = [count for count, _ in shown.values()]
    longest = sorted((waiting[value] for value in book), reverse=True)
    assert counts == longest[: len(counts)], "the longest are shown, longest first"
    assert len(shown) in (len(expected), SHOWN, SHOWN + 1)


def test_overview__what_is_folded_is_counted(view: Open, books: Books):
    """Bars that do not fit are said beside the chart, or the chart and the metric would not agree."""
    screen = view()
    shown, waiting = screen.bars("owners"), books.waiting()
    rest = len(waiting) - sum(count for count, _ in shown.values())
    whole_book = len(books.leads) - sum(count for _, count in shown.values())
    assert rest > 0
    assert any(f"{rest:,} of {whole_book:,}" in one.label for one in screen.test.expander)


def test_overview__ages_add_up_to_the_waiting(view: Open, books: Books):
    begun = this_minute()
    chart = view().figure("Leads not contacted by age")["data"][0]
    assert chart["x"] == [age.label for age in AGE_CLASSES]
    assert chart["y"] in [ages(books.waiting(), now) for now in (begun, this_minute())]
    assert sum(chart["y"]) == len(books.waiting())


def longest_waiting(books: Books) -> list[Lead]:
    return sorted(books.waiting(), key=lambda lead: (lead["CreatedOn"], lead["ProspectID"]))


def test_overview__lists_those_waiting_longest(view: Open, books: Books):
    listed = view().listed
    assert [parse_qs(urlsplit(cell).query)["lead"] for cell in listed["ProspectID"]] == [
        [lead["ProspectID"]] for lead in longest_waiting(books)[:50]
    ]


@pytest.mark.parametrize(
    ("zone", "name"), [("Asia/Kolkata", "IST"), ("Europe/Berlin", "CE"), ("America/Lima", "UTC-05")]
)
def test_overview__times_are_the_viewers(view: Open, books: Books, zone: str, name: str):
    screen = view(zone=zone)
    assert f" {name}" in screen.sentence.partition(" As of ")[2]
    came_in = [lead["CreatedOn"].replace(tzinfo=UTC).astimezone(ZoneInfo(zone)) for lead in longest_waiting(books)]
    days = [f"{when.day} {when:%b %Y}" for when in came_in[:50]]
    assert [cell for cell, day in zip(screen.listed["CreatedOn"], days, strict=True) if day not in cell] == []


@pytest.mark.parametrize("zone", [None, "Mars/Olympus Mons", "../etc/passwd"])
def test_overview__a_zone_nobody_knows_is_replaced_by_the_accounts(view: Open, zone: str | None):
    assert view(zone=zone).sentence.endswith(" IST."), "the account's own"


def test_overview__own_data_is_not_called_demo_data(view: Open, tmp_path: Path):
    badges = [one.value for one in view().test.main.markdown if "badge" in one.value]
    assert [badge for badge in badges if "Demo" in badge] == []
    assert [badge for badge in badges if "Own data" in badge]


def test_overview__nothing_configured_is_demo_data_and_says_so(view: Open):
    screen = view(environment={})
    assert [one.value for one in screen.test.main.markdown if "Demo data" in one.value]
    assert screen.metric("Not contacted") != "0"


def test_overview__is_the_same_when_run_again(view: Open):
    screen = view()
    before = [metric.value for metric in screen.test.metric]
    assert [metric.value for metric in screen.again().test.metric] == before


def test_overview__figures_are_written_as_the_viewer_writes_them(view: Open, books: Books):
    """In the sentence, the metrics and the charts alike."""
    everything = {"activity": "30"}  # hardly anybody bought: enough leads wait for a separator
    waiting = f"{len(books.waiting(codes=(30,))):,}".replace(",", ".")
    assert "." in waiting
    screen = view(everything, locale="de-DE")
    assert screen.metric("Not contacted") == waiting
    assert screen.sentence.startswith(f"{waiting} of {len(books.leads):,}".replace(",", "."))
    longest = max(count for count, _ in screen.bars("stages").values())
    shown = screen.figure("Leads not contacted by stages:")["data"][0]["text"]
    assert f"{longest:,} · ".replace(",", ".") in "|".join(shown)
