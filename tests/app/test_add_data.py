"""Add data: files as people have them are dropped, looked at, mended where needed, and saved."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from components.add_data import form
from tests.app.screen import Open, Screen

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT.parent / "shared" / "data" / "cases"
LEADS = b"Prospect ID,First Name,Lead Stage,Owner,Created On\np1,Ann,Prospect,Bob,2026-01-05 10:00:00\n"
CALLS = b"Prospect Id,Activity Date,Status\np1,2026-01-06 10:00:00,Answered\n"
File = tuple[str, bytes, str]
Page = Callable[..., Screen]
ONE = "Whether the only lead has had an activity is not known"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The folder of what the dashboard keeps."""
    return tmp_path / "kept"


@pytest.fixture
def page(view: Open, kept: Path) -> Page:
    """A page of a dashboard for which nothing is configured."""
    return lambda name="add_data", **more: view(environment={"LSQ_STATE_DIR": str(kept)} | more, page=name)


def case(folder: str) -> list[File]:
    if not CASES.is_dir():
        pytest.skip("the cases are not beside the repository")
    return [(path.name, path.read_bytes(), "text/csv") for path in sorted((CASES / folder).iterdir())]


def drop(screen: Screen, *files: File) -> Screen:
    """Drop files, and wait until they are read."""
    screen.test.file_uploader[0].set_value(list(files))
    return read(screen.again())


def read(screen: Screen) -> Screen:
    while any(button.key == "adding_cancel" for button in screen.test.button):
        screen.again()
    return screen


def choose(screen: Screen, label: str, value: str) -> None:
    (found,) = [one for one in screen.test.selectbox if one.label == label]
    found.set_value(value)


def text_of(screen: Screen) -> str:
    kinds = ("text", "caption", "markdown", "error", "info", "success")
    return "\n".join(str(one.value).replace("\\", "") for kind in kinds for one in getattr(screen.test.main, kind))


def means(screen: Screen, file: int = 0) -> dict[str, str]:
    """What the columns of a file are, by header."""
    tables = [table for table in screen.tables if "Because" in table]
    return dict(zip(tables[file]["Column"], tables[file]["Is"], strict=True))


def menu(screen: Screen) -> list[str]:
    return [link.proto.label for link in screen.test.main.page_link]


def files_in(folder: Path) -> list[str]:
    """What is kept there beside the audit."""
    return sorted(path.name for path in folder.iterdir() if path.name != "audit") if folder.exists() else []


def test_menu__has_it_where_nothing_is_configured(page: Page):
    assert "Add data" in menu(page("status"))


def test_page__is_off_where_data_are_configured(view: Open, demo: Path):
    assert "Add data" not in menu(view(data=demo, page="status"))
    refused = view(data=demo, page="add_data")
    assert "no files can be added here" in text_of(refused)
    assert not refused.test.file_uploader


def test_case__of_the_web_application_is_looked_at_and_saved(page: Page, kept: Path):
    screen = drop(page(), *case("02/11_lsq_web"))
    assert (screen.metric("Leads"), screen.metric("Activities")) == ("2", "0")
    assert means(screen)["Lead Stage"] == "Lead Stage"
    assert "Which of the 2 leads have had an activity is not known: no activities were imported." in text_of(screen)
    (first,) = [table for table in screen.tables if "Name" in table]
    assert list(first["Name"]) == ["Ann Lee", "Raj Sen"]
    assert [str(each) for each in first["Created On"]] == ["2025-04-01 10:15:00", "2025-04-02 00:15:00"]
    saved = screen.press("Save")
    assert "2 leads are saved." in text_of(saved)
    assert files_in(kept) == ["leads.store"], "the files themselves are not kept"
    overview = page("overview")
    assert overview.sentence.startswith("Which of the 2 leads have had")
    assert str(kept / "leads.store") in text_of(page("status"))


def test_saved__are_replaced_after_asking_and_can_be_taken_away(page: Page, kept: Path):
    drop(page(), ("leads.csv", LEADS, "text/csv")).press("Save")
    screen = page()
    assert "Every page answers from them" in text_of(screen)
    more = LEADS + b"p2,Raj,Prospect,Bob,2026-01-05 10:00:00\n"
    screen = drop(screen, ("leads.csv", more, "text/csv"))
    assert page("overview").sentence.startswith(ONE), "not before it is saved"
    screen.press("Replace them")
    assert page("overview").sentence.startswith("Which of the 2 leads")
    page().press("Remove them")
    assert files_in(kept) == []
    assert page("overview").metric("Not contacted").replace(",", "").isdigit(), "demo data"


def test_activities__without_a_type_are_given_one(page: Page):
    screen = drop(page(), ("leads.csv", LEADS, "text/csv"), ("calls.csv", CALLS, "text/csv"))
    said = text_of(screen)
    assert "calls.csv, line 1: the column ActivityEvent or ActivityEventName is missing" in said
    assert "say “Activities without a type” with their code or name" in said
    choose(screen, "Activities without a type", "Outbound Phone Call Activity (22)")
    screen = read(screen.press("Read again"))
    assert screen.metric("Activities") == "1"
    (said,) = [text.value for text in screen.test.main.text if " As of " in text.value]
    assert "phone call" in said
    screen.press("Save")
    assert page("overview").sentence.partition(" As of ")[0] == said.partition(" As of ")[0], "as the first screen says"


def test_columns__are_told_for_one_file_alone(page: Page):
    """The same header means one thing in one file and another thing in the other."""
    leads = b"Key,First Name,Created On\np1,Ann,2026-01-05 10:00:00\n"
    calls = b"Key,Call,Activity Date,ActivityEvent\nc1,p1,2026-01-06 10:00:00,22\n"
    screen = drop(page(), ("people.csv", leads, "text/csv"), ("done.csv", calls, "text/csv"))
    assert "people.csv, line 1: the column ProspectID is missing" in text_of(screen)
    choose(screen, "Column", "Key")
    choose(screen, "means", "ProspectID")
    screen = read(screen.press("Change it"))
    assert "done.csv, line 1: holds what is not clear from its headers" in text_of(screen)
    assert "say below which column is “Leads: ID of the lead”; columns seen: Key" in text_of(screen)
    choose(screen, "Column", "Call")
    choose(screen, "means", "RelatedProspectId")
    screen = read(screen.press("Change it"))
    assert (screen.metric("Leads"), screen.metric("Activities")) == ("1", "1")
    assert means(screen, 0)["Key"] == "ID of the lead"
    chips = [button.label.replace("\\", "") for button in screen.test.main.button if "means" in button.label]
    assert chips == ["Key means Leads: ID of the lead", "Call means Activities: ID of the lead"]


def test_columns__of_leads_may_become_fields_of_our_own_or_be_left_out(page: Page):
    leads = LEADS.replace(b"First Name", b"Shoe size").replace(b"Ann", b"42")
    screen = drop(page(), ("leads.csv", leads, "text/csv"))
    choose(screen, "Column", "Shoe size")
    choose(screen, "means", "mx_")
    screen = read(screen.press("Change it"))
    assert means(screen)["Shoe size"] == "mx_Shoe_size"
    choose(screen, "Column", "Lead Stage")
    choose(screen, "means", "")
    screen = read(screen.press("Change it"))
    assert means(screen)["Lead Stage"] == "left out"


def test_missing__is_offered_by_the_nearest_header(page: Page):
    leads = LEADS.replace(b"Lead Stage", b"Lead Stagee")
    screen = drop(page(), ("leads.csv", leads, "text/csv"))
    assert "The lead's stage was not found. Is it Lead Stagee?" in text_of(screen)
    screen = read(screen.press("Yes"))
    assert means(screen)["Lead Stagee"] == "Lead Stage"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("leads.csv", b"Prospect ID,Created On\np1,2026-01-05\np1,2026-01-06\n", "line 3"),
        ("leads.csv", b"Prospect ID,Created On\np1,03/04/2026\n", "say which with “Order of dates” dmy"),
        ("leads.csv", b'Prospect ID,Created On\np1,"2026\n', "leads.csv, line"),
        ("leads.xlsx", b"no workbook at all", "leads.xlsx"),
        ("leads.parquet", b"no parquet at all", "leads.parquet"),
        ("leads.csv", b"", "leads.csv"),
        ("calls.csv", CALLS, "calls.csv"),
    ],
    ids=["an ID twice", "either order", "an open quote", "no workbook", "no Parquet", "empty", "no leads"],
)
def test_bad_file__is_told_and_leaves_nothing(page: Page, kept: Path, name: str, content: bytes, said: str):
    screen = drop(page(), (name, content, "text/csv"))
    (error,) = screen.test.error
    assert said in error.value.replace("\\", "")
    assert "--" not in error.value.replace("\\", ""), "there are no options here"
    assert files_in(kept) == []
    assert not [button for button in screen.test.button if button.label == "Save"]


def test_files__taken_from_the_screen_are_gone(page: Page, kept: Path):
    screen = drop(page(), ("leads.csv", LEADS, "text/csv"))
    assert len(files_in(kept)) == 1, "a folder that is private"
    assert [path.stat().st_mode & 0o077 for path in kept.iterdir() if path.name != "audit"] == [0]
    screen.test.file_uploader[0].clear()
    screen.again()
    assert files_in(kept) == []


def test_store__that_cannot_be_read_does_not_shut_the_page(page: Page, kept: Path):
    kept.mkdir()
    (kept / "leads.store").write_bytes(b"something else")
    assert menu(page("overview")) == ["Details for the administrator", "Add data"]
    screen = drop(page(), ("leads.csv", LEADS, "text/csv"))
    screen.press("Replace them")
    assert page("overview").sentence.startswith(ONE)


def test_options__that_a_message_names_have_a_field_here():
    source = "".join(path.read_text("utf-8") for path in (ROOT / "lsq_api/server/importing").rglob("*.py"))
    named = set(re.findall(r"(?<![-\w])--[a-z][a-z-]*", source))
    assert named, "the search finds none"
    assert named <= set(form.LABELS)


def test_reports__of_every_file_are_there(page: Page):
    files: Sequence[Any] = case("08/08_utf16")
    screen = drop(page(), *files)
    assert "In utf-16, separated by tab." in text_of(screen)
