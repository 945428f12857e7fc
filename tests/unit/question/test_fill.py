"""Which fields are empty in an account and which tell its leads apart, by a sample."""

from hypothesis import given
from hypothesis import strategies as st

from lsq_api.question.directory import Directory, ListedField
from lsq_api.question.fill import NOTHING, Fill, asked
from lsq_api.question.listing import FIELDS, default_columns

NAMES = (*FIELDS, "mx_Case", "mx_Note", "mx_Town", "OwnerIdName", "ModifiedOn", "ProspectActivityName_Max")
BANK = Directory.build(fields=[ListedField(name, name, "Number" if name == "mx_Case" else "Text") for name in NAMES])


def rows(count: int = 20) -> list[dict[str, str | None]]:
    """Leads of a bank: no names, no way to reach them; a case each, one of three towns, hardly ever a note."""
    return [
        {
            **dict.fromkeys(NAMES),
            "ProspectID": f"id-{n}",
            "ProspectStage": "Open",
            "OwnerId": "ann",
            "CreatedOn": "2026-01-01 00:00:00",
            "ProspectActivityDate_Max": "2026-01-02 00:00:00",
            "mx_Case": str(1_000 + n),
            "mx_Town": f"Town {n % 3}",
            "mx_Note": "called" if n == 4 else " ",
            "OwnerIdName": f"Ann {n}",
            "ModifiedOn": f"2026-01-01 00:00:{n:02}",
            "ProspectActivityName_Max": f"Type {n % 2}",
        }
        for n in range(count)
    ]


def test_columns__empty_ones_give_way_to_fields_that_tell_leads_apart():
    columns = default_columns(BANK, Fill.of(rows()))
    assert columns == (
        *("ProspectStage", "OwnerId", "CreatedOn", "ProspectActivityDate_Max", "mx_Case", "mx_Town", "ProspectID"),
    )


def test_columns__of_an_account_with_everything_are_the_usual_ones():
    full = [{name: f"{name} {n}" for name in NAMES} for n in range(20)]
    assert default_columns(BANK, Fill.of(full)) == FIELDS
    assert default_columns(BANK, NOTHING) == FIELDS
    assert default_columns(BANK, Fill.of([])) == FIELDS


def test_columns__the_last_contact_stands_after_the_day_of_coming_in():
    columns = default_columns(BANK, Fill.of(rows()), last_contact=True)
    assert columns[columns.index("CreatedOn") + 1] == "LastContactOn"


def test_grouping__is_of_few_values_that_most_leads_have():
    assert Fill.of(rows()).grouping(BANK) == ["mx_Town", "ProspectActivityName_Max"]
    assert Fill.of(rows(1)).grouping(BANK) == [], "one value groups nothing"


def test_asked__names_the_usual_fields_first_and_not_too_many():
    many = Directory.build(fields=[*BANK.fields, *(ListedField(f"mx_{n}", f"Own {n}") for n in range(300))])
    named = asked(many, FIELDS)
    assert named[: len(FIELDS)] == FIELDS
    assert len(named) == len(set(named)) == 40


@given(st.lists(st.fixed_dictionaries({name: st.none() | st.sampled_from(["", " ", "a", "b"]) for name in FIELDS})))
def test_empty__is_what_no_lead_has(sample: list[dict[str, str | None]]):
    fill = Fill.of(sample)
    for name in FIELDS:
        values = [row[name] for row in sample if (row[name] or "").strip()]
        assert fill.empty(name) == (bool(sample) and not values)
    columns = default_columns(BANK, fill)
    assert {"ProspectStage", "OwnerId", "CreatedOn", "ProspectID"} <= set(columns)
    assert len(columns) <= len(FIELDS)
