"""The reader of profiles: what it takes, and what it says of a file that cannot be used."""

import csv
from pathlib import Path

import pytest

from lsq_api.server.importing.profiles.profile import NAMES, TypeWords, profiles
from lsq_api.server.store.faults import ImportFailed

CASES = Path(__file__).resolve().parents[6] / "shared" / "data" / "cases"
GOOD = """
title = "Mine"
[leads]
marks = [["Key", "Opened"]]
columns = {ProspectID = ["Key"], CreatedOn = ["Opened"], mx_City = ["Town"]}
"""
CALLS = """
[activities]
marks = [["Key", "Rang"]]
columns = {RelatedProspectId = ["Whom"], CreatedOn = ["Rang", "Written"]}
"""


def refused(tmp_path: Path, text: str) -> str:
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ImportFailed) as caught:
        profiles(tmp_path)
    return str(caught.value)


def test_profiles__are_those_of_the_issue_by_name():
    found = profiles()
    assert list(found) == ["dynamics", "freshsales", "hubspot", "leadsquared", "pipedrive", "salesforce", "zoho"]
    assert all(name == profile.name for name, profile in found.items())


def test_profiles__a_file_put_into_the_folder_is_one(tmp_path: Path):
    (tmp_path / "mine.toml").write_text(GOOD + CALLS, encoding="utf-8")
    mine = profiles(tmp_path)["mine"]
    assert [table for table, _ in mine.tables] == ["leads", "activities"]
    assert mine.leads[0].columns["CreatedOn"] == ("Opened",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title =", "mine.toml: is no TOML: "),
        ('name = "x"\n' + GOOD, "mine.toml: name is not allowed"),
        (GOOD.replace('"Mine"', '""'), "mine.toml: title: is blank"),
        ("colour = 1\n" + GOOD, "mine.toml: colour: is no key of a profile"),
        ('title = "Mine"', "mine.toml: has no [leads]"),
        ('date_order = "dym"\n' + GOOD, "mine.toml: date_order: Input should be 'dmy', 'mdy' or 'ymd'"),
        (GOOD + "headings = []\n", "mine.toml: leads.headings: is no key of a profile"),
        (GOOD.replace('[["Key", "Opened"]]', "[]"), "mine.toml: leads.marks: Tuple should have at least 1 item"),
        (GOOD.replace('["Key", "Opened"]', "[]"), "mine.toml: leads.marks.1: Tuple should have at least 1 item"),
        (GOOD.replace('["Key", "Opened"]', '["Key", 7]'), "mine.toml: leads.marks.1.2: Input should be a valid string"),
        (GOOD.replace('["Opened"]', '["In on", "IN_ON"]'), "mine.toml: leads.columns.CreatedOn: names 'In on' twice"),
        (GOOD.replace("CreatedOn", "CreatdOn"), "mine.toml: leads.columns has 'CreatdOn'; allowed: "),
        (GOOD.replace('["Town"]', '["Opened"]'), "mine.toml: leads.columns gives the header 'opened' two meanings"),
        (GOOD + CALLS + "types = {Call = 21}", "mine.toml: activities.types: has words but no `by`"),
        (GOOD + CALLS + "types = {}", "mine.toml: activities.types: has neither `by` nor `always`"),
        (GOOD + CALLS + 'types = {by = ["Way"], In = "21"}', "mine.toml: activities.types.codes.In: Input should be a"),
        (GOOD + CALLS + 'types = {by = ["Way"], In = 21, IN = 22}', "mine.toml: activities.types: has the word 'in' "),
        (GOOD + CALLS + 'types = {by = ["Way"], "/" = 21}', "mine.toml: activities.types: has a blank word"),
        (GOOD + CALLS.replace("[activities]", "[[activities]]") + "kin = 1", "mine.toml: activities.1.kin: is no key"),
        (GOOD + CALLS.replace('"Rang"]]', '"opened"]]'), "mine.toml: activities.marks has Key, opened, and so has lea"),
    ],
)
def test_profile__that_cannot_be_used_is_told_by_file_and_key(tmp_path: Path, text: str, said: str):
    assert refused(tmp_path, text).startswith(said)


def test_profiles__a_folder_without_one_is_refused(tmp_path: Path):
    with pytest.raises(ImportFailed, match=r"holds no profile; one is a file whose name ends in \.toml"):
        profiles(tmp_path)


def test_profiles__two_files_must_not_have_the_same_mark(tmp_path: Path):
    (tmp_path / "other.toml").write_text(GOOD.replace('["Key", "Opened"]', '["OPENED", "key"]'), encoding="utf-8")
    assert "has OPENED, key, and so has leads.marks of mine.toml" in refused(tmp_path, GOOD)


def test_profile__marks_and_headers_are_read_as_people_write_them():
    (leads,) = profiles()["hubspot"].leads
    assert leads.marked(["RECORD_ID", "create  date", "E-mail"]) == 2
    assert leads.marked(["Record ID"]) == 0
    meaning = leads.meaning(["firstname", "Lifecycle Stage", "lead status", "Town"])
    assert meaning == {"FirstName": ("firstname",), "ProspectStage": ("lead status", "Lifecycle Stage")}


def test_profile__a_schema_name_is_a_header_of_itself_unless_the_system_calls_something_else_so():
    (leads,) = profiles()["zoho"].leads
    meaning = leads.meaning(["Created By", "EngagementScore", "ProspectStage"], NAMES["leads"])
    assert meaning == {
        "CreatedByName": ("Created By",),
        "EngagementScore": ("EngagementScore",),
        "ProspectStage": ("ProspectStage",),
    }


def test_types__are_found_by_the_rows_words_then_by_its_name():
    tasks = profiles()["salesforce"].activities[0].types
    assert tasks is not None
    assert [tasks.code(words) for words in (["Call", "Inbound"], ["call", " outbound "], ["Call", None])] == [
        21,
        22,
        22,
    ]
    assert tasks.code(["Task", ""], "Call") == 22
    assert tasks.code(["Call", "Internal"]) is None
    assert tasks.code([None, ""]) is None


def test_types__what_has_no_word_is_of_the_kind_the_file_always_holds():
    calls = TypeWords.model_validate({"by": ["Way"], "always": 22, "In": 21})
    assert [calls.code([way]) for way in ("in", "Out", "", None)] == [21, 22, 22, 22]
    assert TypeWords.model_validate({"always": 21}).code([]) == 21


def test_profiles__take_over_what_leadsquared_calls_its_fields():
    (leads,) = profiles()["leadsquared"].leads
    meaning = leads.meaning(["Lead Id", "Lead Number", "ProspectStage", "Owner", "Last Activity", "Zip"])
    assert {name: headers for name, (headers, *_) in meaning.items()} == {
        "ProspectID": "Lead Id",
        "ProspectAutoId": "Lead Number",
        "ProspectStage": "ProspectStage",
        "OwnerIdName": "Owner",
        "ProspectActivityName_Max": "Last Activity",
        "mx_Zip": "Zip",
    }


@pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not beside the repository")
@pytest.mark.parametrize(
    ("file", "right"),
    [
        ("01/01a_activitytype/leads", "leadsquared leads"),
        ("01/01a_activitytype/activities", "leadsquared activities"),
        ("01/01b_mindate/activities", "leadsquared activities"),
        ("02/11b_lsq_web/leads", "leadsquared leads"),
        ("02/11b_lsq_web/activities", "leadsquared activities"),
        ("05/05_hubspot/leads", "hubspot leads"),
        ("05/05_hubspot_api/leads", "hubspot leads"),
        ("05/39_hubspot_mapped/leads", "leadsquared leads"),
        ("06/05_salesforce/leads", "salesforce leads"),
        ("06/05_sf_report/leads", "salesforce leads"),
        ("06/15_sfid/activities", "leadsquared activities"),
        ("06/15_sfid/leads", None),
        ("06/38_sf_footer/leads", None),
        ("12/14_dup/activities", "leadsquared activities"),
        ("25/29_leads_only/leads", None),
    ],
)
def test_profiles__know_files_of_real_life(file: str, right: str | None):
    with (CASES / f"{file}.csv").open(encoding="utf-8-sig", newline="") as opened:
        headers = next(csv.reader(opened))
    marked = [
        (kind.marked(headers), f"{name} {table}") for name, mine in profiles().items() for table, kind in mine.tables
    ]
    most = max(count for count, _ in marked)
    assert [what for count, what in marked if most and count == most] == ([right] if right else [])


def test_profile__that_the_page_shows_is_one(tmp_path: Path):
    page = (Path(__file__).resolve().parents[5] / "docs" / "profiles.md").read_text("utf-8")
    (tmp_path / "old.toml").write_text(page.partition("```toml\n")[2].partition("```")[0], encoding="utf-8")
    old = profiles(tmp_path)["old"]
    assert old.activities[0].types is not None
    assert old.activities[0].types.code(["phone", "IN"]) == 21
    assert old.users[0].values["StatusCode"] == {"yes": "0", "no": "1"}
