from typing import Any

import pytest
from pydantic import ValidationError

from lsq_api.contract.conditions import (
    ActivityFilter,
    DateField,
    DateFilter,
    LeadFilter,
    UserCondition,
    UserConditionGroup,
    UserFilter,
)
from lsq_api.contract.operators import ACTIVITY_OPERATORS, LEAD_OPERATORS, USER_OPERATORS
from lsq_api.contract.wire import Wire, explain

NBSP = "\u00a0"
DAY = {"FromDate": "2026-01-01 00:00:00", "ToDate": "2026-01-31 23:59:59"}


def refused(model: type[Wire], given: Any, **context: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(given, context=context)
    return explain(caught.value)[1]


def lead(operator: str, *values: Any) -> dict[str, Any]:
    return {"LookUpName": "Source", "SqlOperator": operator, "LookUpValues": list(values)}


def activity(operator: str, *values: Any) -> dict[str, Any]:
    return {"LookUpName": "ActivityEvent", "SqlOperator": operator, "LookUpValues": list(values)}


def user(operator: str, value: Any, joins: str | None = None) -> dict[str, Any]:
    return {"LookupName": "EmailAddress", "Operator": operator, "LookupValue": value, "ConditionOperator": joins}


def test_operators__as_the_page_lists_them() -> None:
    assert list(LEAD_OPERATORS) == ["=", "<>", ">", "<", ">=", "<=", "def", "ndef", "lik", "nlik", "in", "out"]
    assert list(ACTIVITY_OPERATORS) == ["=", "<>", "in"]


@pytest.mark.parametrize(
    ("operator", "counts"),
    [(symbol, {1}) for symbol in ("=", "<>", ">", "<", ">=", "<=", "lik", "nlik")]
    + [(symbol, {0, 1, 2}) for symbol in ("def", "ndef")]
    + [("in", {1, 2})],
)
def test_lead_filter__number_of_values(operator: str, counts: set[int]) -> None:
    for count in range(3):
        given = lead(operator, *["x"] * count)
        if count in counts:
            assert LeadFilter.model_validate(given).values == ("x",) * count
        else:
            said = refused(LeadFilter, given)
            assert said.startswith(f"LookUpValues of Source: operator {operator} takes ")
            assert said.endswith(f", got {count}")


@pytest.mark.parametrize("operator", ["DEF", " In ", "NLik", "Lik"])
def test_lead_filter__operator_in_any_case(operator: str) -> None:
    assert LeadFilter.model_validate(lead(operator, "x")).operator == operator.strip().lower()


@pytest.mark.parametrize("operator", ["!=", "like", "between", "", "==", "eq", "nin", "neq"])
def test_lead_filter__unknown_operator(operator: str) -> None:
    assert refused(LeadFilter, lead(operator, "x")) == (
        f"SqlOperator: {operator!r} is not an operator here; "
        "allowed: =, <>, >, <, >=, <=, def, ndef, lik, nlik, in, out"
    )


def test_lead_filter__out_takes_two_values_and_is_an_extension() -> None:
    two = lead("out", "2026-01-05 18:30:00", "2026-01-06 18:30:00")
    assert LeadFilter.model_validate(two, context={"strict": False}).values == tuple(two["LookUpValues"])
    assert refused(LeadFilter, two, strict=True).startswith("SqlOperator: 'out' is not an operator here; allowed: =, >")
    for values in ((), ("1",), ("1", "2", "3")):
        assert "operator out takes exactly two values, got" in refused(LeadFilter, lead("out", *values))


def test_lead_filter__is_not_is_an_extension() -> None:
    """Under --strict it is refused like any unknown operator."""
    assert LeadFilter.model_validate(lead("<>", "x"), context={"strict": False}).operator == "<>"
    assert refused(LeadFilter, lead("<>", "x"), strict=True) == (
        "SqlOperator: '<>' is not an operator here; allowed: =, >, <, >=, <=, def, ndef, lik, nlik, in"
    )
    assert ActivityFilter.model_validate(activity("<>", "21"), context={"strict": True}).all_but


@pytest.mark.parametrize("blank", ["", " ", "\t", NBSP, "\u2003\r\n"])
def test_lead_filter__blank_is_a_value_only_where_it_means_empty(blank: str) -> None:
    for operator in (">", "<", ">=", "<=", "lik", "nlik"):
        said = refused(LeadFilter, lead(operator, blank))
        assert said == f"LookUpValues of Source: operator {operator} takes a value that is not blank"
    for operator in ("=", "<>", "in"):
        assert LeadFilter.model_validate(lead(operator, blank)).values == (blank,)


@pytest.mark.parametrize("member", ["LookUpName", "SqlOperator"])
def test_lead_filter__mandatory_members(member: str) -> None:
    given = {key: value for key, value in lead("=", "x").items() if key != member}
    assert refused(LeadFilter, given) == f"{member}: is mandatory"


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        (activity("=", "21"), (21,)),
        (activity("<>", " 22 "), (22,)),
        (activity("in", "21", "22", 0), (21, 22, 0)),
        ({"lookupname": "activityevent", "LookupValue": 21, "SQLOperator": "IN"}, (21,)),
        ({"LookUpValues": ["007"], "SqlOperator": "="}, (7,)),
    ],
)
def test_activity_filter__codes(given: dict[str, Any], codes: tuple[int, ...]) -> None:
    assert ActivityFilter.model_validate(given).codes == codes


@pytest.mark.parametrize(("operator", "all_but"), [("=", False), ("in", False), ("<>", True)])
def test_activity_filter__all_codes_but_one(operator: str, all_but: bool) -> None:
    assert ActivityFilter.model_validate(activity(operator, "21")).all_but is all_but


@pytest.mark.parametrize("code", ["", " ", "call", "21,22", "-1", "+21", "2.0", "1e3", "²", "1234567890", "21; --"])
def test_activity_filter__code_that_is_none(code: str) -> None:
    said = refused(ActivityFilter, activity("in", "21", code))
    assert said == f"LookUpValues: {code!r} is not an activity event code, a whole number"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (activity("=", "21", "22"), "LookUpValues of ActivityEvent: operator = takes exactly one value, got 2"),
        (activity("<>"), "LookUpValues of ActivityEvent: operator <> takes exactly one value, got 0"),
        (activity("in"), "LookUpValues of ActivityEvent: operator in takes one or more values, got 0"),
        (activity(">", "21"), "SqlOperator: '>' is not an operator here; allowed: =, <>, in"),
        (activity("def"), "SqlOperator: 'def' is not an operator here; allowed: =, <>, in"),
        (activity("=", "21") | {"LookUpName": "Status"}, "LookUpName: Input should be 'ActivityEvent'"),
        ({"LookUpName": "ActivityEvent", "SqlOperator": "in"}, "LookUpValues: is mandatory"),
    ],
)
def test_activity_filter__mistakes(given: dict[str, Any], said: str) -> None:
    assert refused(ActivityFilter, given) == said


@pytest.mark.parametrize("operator", ["eq", "neq", "in"])
def test_user_condition__comma_list(operator: str) -> None:
    condition = UserCondition.model_validate(user(operator, f" a@x.org,, B@X.org ,{NBSP},c"))
    assert condition.values == ("a@x.org", "B@X.org", "c")


@pytest.mark.parametrize("operator", ["lik", "nlik", "gt", "lt", "gteq", "lteq"])
def test_user_condition__comma_belongs_to_the_value(operator: str) -> None:
    assert UserCondition.model_validate(user(operator, "Lee, Ann")).values == ("Lee, Ann",)


@pytest.mark.parametrize("operator", ["def", "ndef"])
def test_user_condition__no_value(operator: str) -> None:
    assert UserCondition.model_validate(user(operator, None)).values == ()
    assert UserCondition.model_validate(user(operator, "ignored")).values == ()


@pytest.mark.parametrize("blank", [None, "", " ", ",", " , ", "\t", NBSP, f"{NBSP},\u2003"])
@pytest.mark.parametrize("operator", sorted(set(USER_OPERATORS) - {"def", "ndef"}))
def test_user_condition__value_is_mandatory(operator: str, blank: str | None) -> None:
    """A blank of another kind than the space left a condition without any value: an internal error, or no test."""
    said = f"LookupValue of EmailAddress is mandatory for operator {operator}"
    assert refused(UserCondition, user(operator, blank)) == said


def test_user_condition__unknown_operator() -> None:
    allowed = "gt, lt, gteq, lteq, def, ndef, lik, nlik, eq, in, neq"
    assert refused(UserCondition, user("=", "x")) == f"Operator: '=' is not an operator here; allowed: {allowed}"


def group(*joins: str | None, **more: Any) -> dict[str, Any]:
    return {"Condition": [user("eq", "x", join) for join in joins]} | more


@pytest.mark.parametrize(
    ("joins", "joined_by"),
    [
        ((None,), "AND"),
        (("OR",), "AND"),
        ((None, None), "AND"),
        (("AND", None), "AND"),
        (("or ", None), "OR"),
        (("", None), "AND"),
        (("OR", "OR", None), "OR"),
        (("OR", "OR", "AND"), "OR"),
    ],
)
def test_user_group__joins_with_the_next(joins: tuple[str | None, ...], joined_by: str) -> None:
    """The vendor's sample names the join on the earlier item and null on the last one."""
    assert UserConditionGroup.model_validate(group(*joins)).joined_by == joined_by


@pytest.mark.parametrize("joins", [("AND", "OR", None), ("OR", None, None), ("OR", "AND", "OR")])
def test_user_group__mixed_joiners(joins: tuple[str | None, ...]) -> None:
    said = "ConditionOperator: AND and OR are mixed; use one, and another group for the other"
    assert refused(UserConditionGroup, group(*joins)) == said


def test_user_group__unknown_joiner() -> None:
    assert "ConditionOperator: Input should be 'AND' or 'OR'" in refused(UserConditionGroup, group("XOR", None))


def test_user_group__needs_a_condition() -> None:
    assert refused(UserConditionGroup, {"Condition": []}) == "Condition: must not be empty"
    assert refused(UserConditionGroup, {}) == "Condition: is mandatory"


@pytest.mark.parametrize(
    ("joins", "joined_by"), [((None,), "AND"), (("OR", None), "OR"), (("and", "AND", "OR"), "AND"), ((), "AND")]
)
def test_user_filter__groups_joined(joins: tuple[str | None, ...], joined_by: str) -> None:
    given = {"GroupConditions": [group(None, GroupOperator=join) for join in joins], "GroupOperator": None}
    assert UserFilter.model_validate(given).joined_by == joined_by


def test_user_filter__mixed_groups() -> None:
    given = {"GroupConditions": [group(None, GroupOperator=join) for join in ("AND", "OR", None)]}
    assert refused(UserFilter, given).startswith("GroupOperator: AND and OR are mixed")


def test_user_filter__by_id_is_the_form_of_the_sample() -> None:
    sent = UserFilter.by_id(("a", "b")).model_dump(by_alias=True, mode="json", exclude_none=True)
    condition = {"LookupName": "UserID", "Operator": "eq", "LookupValue": "a,b"}
    assert sent == {"GroupConditions": [{"Condition": [condition]}]}


@pytest.mark.parametrize("field", list(DateField))
def test_date_filter__field_in_any_case(field: DateField) -> None:
    assert DateFilter.model_validate({"DateField": f" {field.upper()}"} | DAY).field is field


@pytest.mark.parametrize("field", ["CreatedOn", "", "LeadCreatedOn;", None, 5])
def test_date_filter__unknown_field(field: object) -> None:
    given = {"DateField": field} | DAY
    allowed = "LeadCreatedOn, LeadModifiedOn"
    assert refused(DateFilter, given) == (
        f"DateField: {field!r} is not a date field here; allowed: {allowed}, ActivityCreatedOn"
    )
    assert refused(DateFilter, given, strict=True).endswith(f"allowed: {allowed}")


def test_date_filter__activity_dates_are_an_extension() -> None:
    """Decision 2: under --strict it is refused like any unknown date field."""
    given = {"DateField": "ActivityCreatedOn"} | DAY
    assert DateFilter.model_validate(given, context={"strict": False}).field is DateField.ACTIVITY
    assert refused(DateFilter, given, strict=True) == (
        "DateField: 'ActivityCreatedOn' is not a date field here; allowed: LeadCreatedOn, LeadModifiedOn"
    )


def test_date_filter__ends() -> None:
    one_second = {"DateField": "LeadCreatedOn", "FromDate": DAY["FromDate"], "ToDate": DAY["FromDate"]}
    assert DateFilter.model_validate(one_second).start == DateFilter.model_validate(one_second).end
    turned = one_second | {"FromDate": "2026-01-01 00:00:01"}
    assert refused(DateFilter, turned) == "FromDate can't be greater than ToDate."


@pytest.mark.parametrize("end", ["FromDate", "ToDate"])
def test_date_filter__bad_dates_name_the_end(end: str) -> None:
    given = {"DateField": "LeadCreatedOn"} | DAY
    assert refused(DateFilter, given | {end: "2026-02-30 00:00:00"}).startswith(
        f"{end}: '2026-02-30 00:00:00' is no date of the calendar; the form is yyyy-MM-dd HH:mm:ss"
    )
    assert refused(DateFilter, given | {end: 20260101}).startswith(f"{end}: 20260101 is not a date")
    assert refused(DateFilter, {key: value for key, value in given.items() if key != end}) == f"{end}: is mandatory"
