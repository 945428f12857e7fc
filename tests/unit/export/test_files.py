"""Files of every lead, held against the rows they were made from: nothing lost, nothing run, nothing left behind."""

import csv
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from lsq_api.client.client import Client
from lsq_api.client.paging import REPAIRS
from lsq_api.contract.answer import ListAnswer
from lsq_api.contract.errors import Incomplete, Throttled
from lsq_api.contract.report import LeadDistribution, ListOutput, Sorting
from lsq_api.export import cover, workbook
from lsq_api.export.columns import columns, labels
from lsq_api.export.csv_injection import MARK, neutral
from lsq_api.export.files import ATTEMPTS, Export, TooManyRows, Written, write
from lsq_api.host.settings import Host
from lsq_api.question.directory import Directory, ListedField, ListedUser
from lsq_api.question.question import Question
from lsq_api.server.app import Options
from lsq_api.server.store.store import Store
from lsq_api.server.thread import ServerThread, random_key
from tests.contract.company import ANN, USERS
from tests.scripted import ScriptedHost, error, leads
from tests.stores import Rows, at, make_store

CASES = Path(__file__).resolve().parents[4] / "shared" / "data" / "cases"
INDIA = ZoneInfo("Asia/Kolkata")
NOTE = "नमस्ते, ça va? " * 340  # more than 5,000 characters
FIELDS = (
    ListedField("ProspectID", "Lead Id"),
    ListedField("FirstName", "First Name"),
    ListedField("Phone", "Phone Number", "Phone"),
    ListedField("OwnerId", "Owner", "ActiveUsers"),
    ListedField("CreatedOn", "Created On", "Date"),
    ListedField("EngagementScore", "Engagement Score", "Number"),
    ListedField("mx_Budget", "Budget", "Number"),
    ListedField("mx_Close", "Expected Close", "Date"),
    ListedField("mx_City", "City"),
    ListedField("mx_City_2", "city"),
)
DIRECTORY = Directory.build(users=[ListedUser(ANN, "Ann Lee")], fields=FIELDS)


def export(*fields: str, zone: ZoneInfo = INDIA, **more: Any) -> Export:
    return Export.of(fields or ("ProspectID", "FirstName"), DIRECTORY, zone, **more)


def one_page(*rows: dict[str, Any], total: int | None = None) -> Callable[[], Iterator[ListAnswer]]:
    return lambda: iter([ListAnswer(len(rows) if total is None else total, list(rows))])


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def read_xlsx(path: Path, sheet: str = "Leads") -> list[list[Any]]:
    book = openpyxl.load_workbook(path)
    return [[cell.value for cell in row] for row in book[sheet].iter_rows()]


# What leads may hold, and must not do.
TEXTS = [
    "Ann Lee",
    "=1+1",
    '=HYPERLINK("http://evil.example","click")',
    "+cmd|' /C calc'!A0",
    " \u200b=1+1",
    "＝1+1",
    "\t=1+1",
    "+91-9876543210",
    "-1,234.50",
    "مرحبا بالعالم",
    "👩‍👩‍👧 😀",
    "<script>alert(1)</script>",
    "<r><t>x</t></r>",
    "<r>&lt;b&gt;</r>",
    "**bold** [link](http://evil.example) $x$ :red[y]",
    'a "quoted", comma; semi',
    "two\nlines",
    "two\r\nlines",
    "_x0041_ stays",
    "control \x07 sign",
    "  blanks around  ",
    "'apostrophe",
    "0012",
    "1e5",
    "TRUE",
    "2026-01-31",
    "http://example.org",
    NOTE,
]


@pytest.mark.parametrize("text", TEXTS)
def test_csv__holds_every_text_but_nothing_that_runs(tmp_path: Path, text: str):
    write(one_page({"ProspectID": "1", "FirstName": text}), tmp_path / "x", "csv", export())
    assert read_csv(tmp_path / "x") == [["Lead Id", "First Name"], ["1", neutral(text)]]


@pytest.mark.parametrize("text", TEXTS)
def test_xlsx__holds_every_text_as_text(tmp_path: Path, text: str):
    """A workbook says itself what is text, so nothing is put in front of it. XlsxWriter takes <r>…</r> for markup."""
    write(one_page({"ProspectID": "1", "FirstName": text}), tmp_path / "x.xlsx", "xlsx", export())
    cell = openpyxl.load_workbook(tmp_path / "x.xlsx")["Leads"]["B2"]
    # openpyxl keeps Excel's escapes of control signs as they are written.
    assert cell.value in (
        text,
        text.replace("\r", "_x000D_").replace("\x07", "_x0007_").replace("_x0041", "_x005F_x0041"),
    )
    assert cell.data_type == "s"
    assert cell.hyperlink is None


@pytest.mark.parametrize("text", TEXTS)
def test_json__holds_every_text_unchanged(tmp_path: Path, text: str):
    write(one_page({"ProspectID": "1", "FirstName": text}), tmp_path / "x", "json", export())
    assert json.loads((tmp_path / "x").read_bytes()) == [{"ProspectID": "1", "FirstName": text}]


@pytest.mark.parametrize(
    "text",
    [
        *(" =1+1", "\u00a0=1+1", "\u200b=1+1", "\ufeff=1+1", "\u202e=1+1", "\n=1+1", "  @x", "\u200e+A1"),
        *("＝1+1", "＋1+1", "－1+1", "＠SUM(A1)"),
        *("+1-800-FLOWERS", "-1-2", "-1*3", "+91-98765;=1+1", "-" + "1" * 5000),
    ],
)
def test_neutral__blanks_wide_signs_and_near_numbers_do_not_get_through(text: str):
    assert neutral(text)[0] == "'"
    assert neutral(text)[1:].replace(MARK, "") == text.replace(MARK, "")


@pytest.mark.parametrize(
    "text",
    ["-5 %", "-$5", "-₹ 1,00,000", "-1 234,50", " -5 ", "+1 555 010 9999 ext. 12", "+1 555 010 9999x12", "x=1", "5-3"],
)
def test_neutral__more_numbers_and_phone_numbers_stay(text: str):
    assert neutral(text) == text


def test_csv__is_utf8_with_a_mark_and_windows_line_ends(tmp_path: Path):
    write(one_page({"ProspectID": "1", "FirstName": "Zoë"}), tmp_path / "x", "csv", export())
    assert (tmp_path / "x").read_bytes() == b"\xef\xbb\xbfLead Id,First Name\r\n1,Zo\xc3\xab\r\n"


TYPED = {
    "ProspectID": "1",
    "OwnerId": ANN,
    "CreatedOn": "2026-01-31 18:45:07",
    "EngagementScore": "12",
    "mx_Budget": "-1250.50",
    "mx_Close": "2026-03-09 00:00:00",
}


def test_csv__times_are_the_viewers_owners_have_names_and_numbers_their_spelling(tmp_path: Path):
    write(one_page(TYPED), tmp_path / "x", "csv", export(*TYPED))
    header, row = read_csv(tmp_path / "x")
    assert header == [
        "Lead Id",
        "Owner",
        "Created On (Asia/Kolkata)",
        "Engagement Score",
        "Budget",
        "Expected Close",  # days are of no zone
    ]
    assert row == ["1", "Ann Lee", "2026-02-01 00:15:07", "12", "-1250.50", "2026-03-09"]


def test_xlsx__numbers_are_numbers_and_times_are_times(tmp_path: Path):
    write(one_page(TYPED), tmp_path / "x.xlsx", "xlsx", export(*TYPED))
    _, row = read_xlsx(tmp_path / "x.xlsx")
    assert row == ["1", "Ann Lee", datetime(2026, 2, 1, 0, 15, 7), 12, -1250.5, datetime(2026, 3, 9)]
    close = openpyxl.load_workbook(tmp_path / "x.xlsx")["Leads"]["F2"]
    assert close.number_format == "yyyy-mm-dd", "a day has no hour"


def test_json__is_for_programs(tmp_path: Path):
    write(one_page(TYPED), tmp_path / "x", "json", export(*TYPED))
    (lead,) = json.loads((tmp_path / "x").read_bytes())
    assert lead == {
        "ProspectID": "1",
        "OwnerId": ANN,
        "OwnerIdName": "Ann Lee",
        "CreatedOn": "2026-01-31T18:45:07Z",
        "EngagementScore": 12,
        "mx_Budget": -1250.5,
        "mx_Close": "2026-03-09",
    }


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("EngagementScore", "n/a"),
        ("EngagementScore", "1234567890123456789"),
        ("EngagementScore", "0.1234567890123456"),
        ("EngagementScore", "١٢"),
        ("CreatedOn", "soon"),
        ("CreatedOn", "1850-05-06 07:08:09"),
        ("OwnerId", "nobody-knows-me"),
    ],
)
def test_xlsx__a_value_that_does_not_fit_its_type_stays_text(tmp_path: Path, field: str, text: str):
    write(one_page({field: text}), tmp_path / "x.xlsx", "xlsx", export(field, zone=ZoneInfo("UTC")))
    assert read_xlsx(tmp_path / "x.xlsx")[1] == [text]


@pytest.mark.parametrize("nothing", [{}, {"FirstName": None}, {"FirstName": ""}])
@pytest.mark.parametrize(("ending", "empty"), [("csv", ""), ("xlsx", None)])
def test_write__no_value_is_an_empty_cell(tmp_path: Path, nothing: dict[str, Any], ending: str, empty: str | None):
    path = tmp_path / f"x.{ending}"
    write(one_page({"ProspectID": "1"} | nothing), path, ending, export())
    rows = read_csv(path) if ending == "csv" else read_xlsx(path)
    assert rows[1] == ["1", empty]


def test_write__keys_may_come_in_any_case(tmp_path: Path):
    write(one_page({"prospectid": "1", "FIRSTNAME": "Ann"}), tmp_path / "x", "csv", export())
    assert read_csv(tmp_path / "x")[1] == ["1", "Ann"]


def test_headers__are_unique_where_two_fields_share_a_name(tmp_path: Path):
    write(one_page({}), tmp_path / "x", "csv", export("mx_City", "mx_City_2", "FirstName"))
    assert read_csv(tmp_path / "x")[0] == ["City (mx_City)", "city (mx_City_2)", "First Name"]


def test_headers__a_display_name_is_text_too(tmp_path: Path):
    evil = Directory.build(fields=[ListedField("mx_Evil", "=1+1")])
    write(one_page({}), tmp_path / "x", "csv", Export.of(("mx_Evil",), evil, INDIA))
    assert read_csv(tmp_path / "x")[0] == ["'=1+1"]


def test_headers__a_field_without_a_description_has_its_own_name():
    assert labels(DIRECTORY).get("mx_New") is None
    assert columns(["mx_New", "first name"], DIRECTORY)[0].header == "mx_New"
    assert columns(["mx_New", "first name"], DIRECTORY)[1].field == "FirstName"


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json"])
def test_write__without_leads_is_a_whole_file(tmp_path: Path, ending: str):
    path = tmp_path / f"x.{ending}"
    assert write(one_page(), path, ending, export()) == Written(0)
    read = {"csv": read_csv, "xlsx": read_xlsx, "json": lambda path: json.loads(path.read_bytes())}[ending](path)
    assert read == ([] if ending == "json" else [["Lead Id", "First Name"]])


def test_xlsx__the_second_sheet_says_what_it_answers(tmp_path: Path):
    question = Question(stages=("Prospect",), sources=("=1+1",))
    now = datetime(2026, 11, 23, 8, 35, tzinfo=UTC)
    facts = cover.facts("3 of 4 leads …", question, DIRECTORY, INDIA, now=now, source="Demo data · Example Ltd")
    path = tmp_path / "x.xlsx"
    write(one_page({"ProspectID": "1"}, {"ProspectID": "2"}), path, "xlsx", export(facts=facts))
    assert read_xlsx(path, "About") == [
        ["Question", "3 of 4 leads …"],
        ["Filter", "stage: Prospect"],
        ["Filter", "source: =1+1"],
        ["As of", "2026-11-23 14:05 Asia/Kolkata (2026-11-23 08:35 UTC)"],
        ["Times are in", "Asia/Kolkata"],
        ["Source", "Demo data · Example Ltd"],
        ["Rows", "2"],
    ]


def test_xlsx__a_text_longer_than_a_cell_is_cut_and_counted(tmp_path: Path):
    """XlsxWriter leaves such a cell empty without a word."""
    long = "x" * (workbook.LONGEST_TEXT + 1)
    path = tmp_path / "x.xlsx"
    assert write(one_page({"FirstName": long}, {"FirstName": long[:-1]}), path, "xlsx", export()) == Written(2, cut=1)
    assert [len(row[1]) for row in read_xlsx(path)[1:]] == [workbook.LONGEST_TEXT, workbook.LONGEST_TEXT]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("😀" * 16_383, "😀" * 16_383),
        ("😀" * 16_383 + "x", "😀" * 16_383 + "x"),
        ("😀" * 16_384, "😀" * 16_383 + "…"),
        ("x" + "😀" * 16_383, "x" + "😀" * 16_383),
        ("x" + "😀" * 16_383 + "x", "x" + "😀" * 16_382 + "…"),
        ("é" * 32_767, "é" * 32_767),
        ("é" * 32_768, "é" * 32_766 + "…"),
    ],
    ids=["just", "full", "one more", "odd and full", "odd and more", "accents, full", "accents, one more"],
)
def test_fitted__counts_as_excel_does_and_cuts_no_letter_in_two(text: str, kept: str):
    assert workbook.fitted(text) == kept
    assert len(kept.encode("utf-16-le")) // 2 <= workbook.LONGEST_TEXT
    assert (workbook.fitted(text) is text) == (text == kept)


def nasty() -> list[dict[str, str]]:
    """33 cells that people have: formulas, control signs, escapes, texts longer than a cell."""
    with (CASES / "20" / "20_cells" / "leads.csv").open(encoding="utf-8", newline="") as file:
        return [
            {"ProspectID": lead, "FirstName": name, "Phone": phone} for lead, name, phone in [*csv.reader(file)][1:]
        ]


def unescaped(text: str) -> str:
    """A cell as Excel shows it; openpyxl keeps the escapes of control signs as they are written."""
    return re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), text)


@pytest.mark.skipif(not CASES.is_dir(), reason="../shared/data/cases is not beside this checkout")
def test_csv__nasty_cells_are_exact(tmp_path: Path):
    """Nothing is cut, and what a spreadsheet would run is made text; the rest is unchanged."""
    leads = nasty()
    fields = ("ProspectID", "FirstName", "Phone")
    assert write(one_page(*leads), tmp_path / "x", "csv", export(*fields)) == Written(33)
    found = read_csv(tmp_path / "x")[1:]
    assert found == [[neutral(lead[name]) for name in fields] for lead in leads]
    changed = {lead["ProspectID"] for lead, row in zip(leads, found, strict=True) if row[1] != lead["FirstName"]}
    assert changed == {f"t{number:02}" for number in (1, 5, 6, 7, 20, 21, 30, 31, 32, 33)}


@pytest.mark.skipif(not CASES.is_dir(), reason="../shared/data/cases is not beside this checkout")
def test_xlsx__nasty_cells_are_exact_or_marked_and_counted(tmp_path: Path):
    leads, path = nasty(), tmp_path / "x.xlsx"
    written = write(one_page(*leads), path, "xlsx", export("ProspectID", "FirstName", "Phone"))
    long = {lead["ProspectID"] for lead in leads if len(lead["FirstName"].encode("utf-16-le")) > 2 * 32_767}
    assert long == {"t12", "t13", "t14"}
    assert written == Written(33, cut=3)
    for lead, (_, *cells) in zip(leads, read_xlsx(path)[1:], strict=True):
        for cell, text in zip(map(unescaped, cells), (lead["FirstName"], lead["Phone"]), strict=True):
            if text == lead["FirstName"] and lead["ProspectID"] in long:
                assert cell.endswith("…")
                assert text.startswith(cell[:-1])
                assert len(cell.encode("utf-16-le")) // 2 in {32_766, 32_767}
            else:
                assert cell == text
    assert read_xlsx(path, "About")[-1] == ["Texts cut to fit a cell", "3"]


def test_xlsx__holds_no_formula_anywhere(tmp_path: Path):
    write(one_page(*({"FirstName": text} for text in TEXTS)), tmp_path / "x.xlsx", "xlsx", export())
    with zipfile.ZipFile(tmp_path / "x.xlsx") as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if "worksheets/sheet" in name]
    assert len(sheets) == 2
    assert not any("<f>" in sheet or "<hyperlink" in sheet for sheet in sheets)


def test_xlsx__more_leads_than_it_is_made_for_are_refused(tmp_path: Path):
    with pytest.raises(TooManyRows):
        write(one_page({}, total=workbook.MAX_ROWS + 1), tmp_path / "x.xlsx", "xlsx", export())
    assert list(tmp_path.iterdir()) == []


def server_fails(*_: object) -> Iterator[ListAnswer]:
    yield ListAnswer(3, [{"ProspectID": "1"}])
    raise Throttled("/Leads/NotContacted", 429)


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json"])
def test_write__leaves_nothing_behind_where_reading_fails(tmp_path: Path, ending: str):
    with pytest.raises(Throttled):
        write(server_fails, tmp_path / "x", ending, export())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json"])
def test_write__rows_that_are_not_as_many_as_said_are_no_file(tmp_path: Path, ending: str):
    with pytest.raises(Incomplete):
        write(one_page({"ProspectID": "1"}, total=2), tmp_path / "x", ending, export())
    assert list(tmp_path.iterdir()) == []


class Enough(Exception):
    pass


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json"])
def test_write__what_the_progress_raises_ends_the_calls(tmp_path: Path, ending: str):
    """Cancel has to stop the calls themselves: they come out of the account's limit."""

    def enough(rows: int, total: int) -> None:
        assert (rows, total) in {(2, 6), (4, 6)}
        if rows == 4:
            raise Enough

    with ScriptedHost(leads(6, [1, 2]), leads(6, [3, 4]), leads(6, [5, 6])) as played:
        client = Client(played.host)
        report = LeadDistribution(output=ListOutput(fields=("ProspectID",)))
        with client, pytest.raises(Enough):
            write(lambda: client.every_page(report, 2), tmp_path / "x", ending, export(), enough)
        assert len(played.asked) == 2
    assert list(tmp_path.iterdir()) == []


def test_write__begins_again_where_leads_left_meanwhile(tmp_path: Path):
    """Lead 1 was written and is there no more; what is in a file cannot be taken back."""
    told: list[tuple[int, int]] = []
    second_time = [leads(3, [2, 3]), leads(3, [4])]
    with ScriptedHost(leads(4, [1, 2]), leads(3, [4]), *second_time, *second_time) as played:
        client = Client(played.host)
        report = LeadDistribution(output=ListOutput(fields=("ProspectID",)))
        with client:
            written = write(
                lambda: client.every_page(report, 2), tmp_path / "x", "csv", export(), lambda *at: told.append(at)
            )
    assert written == Written(3)
    assert [row[0] for row in read_csv(tmp_path / "x")[1:]] == ["lead-2", "lead-3", "lead-4"]
    assert told == [(2, 4), (3, 3), (4, 3), (2, 3), (3, 3)]


def test_write__gives_up_where_they_change_again(tmp_path: Path):
    with ScriptedHost(leads(4, [1, 2]), leads(3, [3]), leads(3, [1, 2]), leads(5, [3, 4])) as played:
        client = Client(played.host)
        report = LeadDistribution(output=ListOutput(fields=("ProspectID",)))
        with client, pytest.raises(Incomplete):
            write(lambda: client.every_page(report, 2), tmp_path / "x", "csv", export())
        assert len(played.asked) <= 3 * ATTEMPTS * (1 + REPAIRS), "three pages at most hold five leads"
    assert list(tmp_path.iterdir()) == []


def test_write__a_failure_of_the_host_is_told_as_it_is(tmp_path: Path):
    refused = error("MXAPIRateLimitExceededException", "API calls exceeded the limit of 25 in 5 second(s)", 429)
    with ScriptedHost(leads(4, [1, 2]), refused) as played:
        client = Client(played.host)
        report = LeadDistribution(output=ListOutput(fields=("ProspectID",)))
        with client, pytest.raises(Throttled):
            write(lambda: client.every_page(report, 2), tmp_path / "x", "csv", export())
    assert list(tmp_path.iterdir()) == []


def lead(number: int) -> dict[str, Any]:
    """A lead with something of everything, and gaps."""
    return {
        "ProspectID": f"{number:08}-0000-4000-8000-000000000000",
        "FirstName": TEXTS[number % len(TEXTS)].strip() or None,
        "Phone": f"+91-98765{number:05}" if number % 3 else None,
        "OwnerId": [user["UserId"] for user in USERS][number % len(USERS)] if number % 7 else None,
        "ProspectStage": "Prospect",
        "CreatedOn": at("2026-01-01 00:00:00") + timedelta(minutes=7 * number),
        "ModifiedOn": at("2026-01-01 00:00:00"),
        "EngagementScore": number - 50 if number % 5 else None,
        "mx_Budget": f"{number}.25" if number % 2 else None,
    }


LEADS = [lead(number) for number in range(257)]
CHOSEN = ("OwnerId", "FirstName", "mx_Budget", "CreatedOn", "Phone", "EngagementScore", "ProspectID")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    rows = Rows(leads=LEADS, users=USERS, columns={"mx_Budget": "DECIMAL(18, 2)"})
    store = Store.open(make_store(tmp_path_factory.mktemp("export") / "store", rows))
    options = Options(random_key(), random_key(), rate_limit=None)
    with ServerThread(store, options) as server:
        host = Host(server.url, server.url, None, options.access_key, options.secret_key)
        with Client(host) as client:
            yield client


def served(client: Client, path: Path, ending: str) -> Written:
    """All leads, sorted by score, in blocks that do not divide their number."""
    directory = Directory.build(users=client.search_users(), fields=client.lead_fields())
    report = LeadDistribution(
        output=ListOutput(fields=CHOSEN), sorting=Sorting(field="EngagementScore", descending=True)
    )
    return write(lambda: client.every_page(report, 100), path, ending, Export.of(CHOSEN, directory, INDIA))


def expected() -> list[dict[str, Any]]:
    """The same from the rows themselves: by score, those without one last, then by ID."""
    return sorted(
        LEADS, key=lambda row: (row["EngagementScore"] is None, -(row["EngagementScore"] or 0), row["ProspectID"])
    )


def owner(row: dict[str, Any]) -> str | None:
    found = [user for user in USERS if user["UserId"] == row["OwnerId"]]
    return f"{found[0]['FirstName']} {found[0].get('LastName') or ''}".strip() if found else None


def local(row: dict[str, Any]) -> datetime:
    return row["CreatedOn"] + timedelta(hours=5, minutes=30)


def test_csv__equals_the_store_value_by_value(client: Client, tmp_path: Path):
    assert served(client, tmp_path / "x", "csv") == Written(len(LEADS))
    header, *rows = read_csv(tmp_path / "x")
    assert header[:3] == ["Owner", "First Name", "Budget"]
    assert rows == [
        [
            owner(row) or "",
            neutral(row["FirstName"] or ""),
            row["mx_Budget"] or "",
            f"{local(row):%Y-%m-%d %H:%M:%S}",
            neutral(row["Phone"] or ""),
            "" if row["EngagementScore"] is None else str(row["EngagementScore"]),
            row["ProspectID"],
        ]
        for row in expected()
    ]


def test_xlsx__equals_the_store_value_by_value(client: Client, tmp_path: Path):
    assert served(client, tmp_path / "x.xlsx", "xlsx") == Written(len(LEADS))
    _, *rows = read_xlsx(tmp_path / "x.xlsx")
    # The texts themselves are compared above; openpyxl does not read Excel's escapes back.
    assert [[value for place, value in enumerate(row) if place != 1] for row in rows] == [
        [
            owner(row),
            float(row["mx_Budget"]) if row["mx_Budget"] else None,
            local(row),
            row["Phone"],
            row["EngagementScore"],
            row["ProspectID"],
        ]
        for row in expected()
    ]


NOW = datetime(2026, 11, 23, 8, 35, tzinfo=UTC)


@pytest.mark.parametrize(
    ("question", "zone", "name"),
    [
        (Question(), INDIA, "leads-not-contacted_2026-11-23_1405-IST.csv"),
        (Question(stages=("Prospect",)), INDIA, "leads-not-contacted_stage-Prospect_2026-11-23_1405-IST.csv"),
        (Question(), ZoneInfo("Asia/Kathmandu"), "leads-not-contacted_2026-11-23_1420-UTC+0545.csv"),
        (Question(sources=('a/\\:*?"<>|b.',)), INDIA, "leads-not-contacted_source-a-b_2026-11-23_1405-IST.csv"),
        (Question(sources=("../etc/passwd",)), INDIA, "leads-not-contacted_source-etc-passwd_2026-11-23_1405-IST.csv"),
        (Question(sources=("मुंबई",)), INDIA, "leads-not-contacted_source-मुंबई_2026-11-23_1405-IST.csv"),
        (Question(sources=("مرحبا",)), INDIA, "leads-not-contacted_source-مرحبا_2026-11-23_1405-IST.csv"),
        (
            Question(stages=("A", "B", "C", "D", "E")),
            INDIA,
            "leads-not-contacted_stage-A_stage-B_stage-C_and-2-more_2026-11-23_1405-IST.csv",
        ),
    ],
)  # fmt: skip
def test_file_name__says_what_and_when(question: Question, zone: ZoneInfo, name: str):
    found = cover.file_name("leads not contacted", "csv", question=question, directory=DIRECTORY, zone=zone, now=NOW)
    assert found == name


def test_file_name__fits_every_system():
    question = Question(sources=("ஆ" * 400, "😀" * 90, "ஆ" * 90 + "x"))
    name = cover.file_name("leads", "csv", question=question, directory=DIRECTORY, zone=INDIA, now=NOW)
    assert len(name.encode()) <= 200
    assert name.endswith("_2026-11-23_1405-IST.csv")
    assert not set(name) & set('<>:"/\\|?*\n\r\t')


def test_export__a_day_stays_its_day_in_every_zone():
    for zone in ("America/Los_Angeles", "Pacific/Kiritimati"):
        (row,) = export("mx_Close", zone=ZoneInfo(zone)).values([{"mx_Close": "2026-03-09 00:00:00"}])
        assert row == [date(2026, 3, 9)]
