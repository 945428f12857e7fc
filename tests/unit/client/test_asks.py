"""How several questions come to one thing: asked in order, answered in order, and known before they are asked."""

from typing import Any, NamedTuple

import pytest

from lsq_api.client.asks import Ask, Asking, Lead, answered, asked
from lsq_api.contract.errors import Rejected, Unreachable


class Held(NamedTuple):
    answer: Any


def twice() -> Asking[str]:
    """Two at once, and a third that depends on them."""
    one, two = yield Lead("one"), Lead("two")
    (three,) = yield (Lead(f"{one}{two}"),)
    return f"{one} {two} {three}"


def patient() -> Asking[str]:
    try:
        (found,) = yield (Lead("gone"),)
    except Rejected:
        (found,) = yield (Lead("other"),)
    return str(found)


def nothing() -> Asking[str]:
    return "no question"
    yield ()


def test_answered__each_question_gets_its_own_answer():
    order: list[Ask[Any]] = []

    def answer(ask: Any) -> str:
        order.append(ask)
        return ask.id.upper()

    assert answered(twice(), answer) == "ONE TWO ONETWO"
    assert order == [Lead("one"), Lead("two"), Lead("ONETWO")]


def test_answered__an_error_of_the_account_is_the_askings_to_deal_with():
    def answer(ask: Any) -> str:
        if ask.id == "gone":
            raise Rejected("/v2/x", 500)
        return ask.id

    assert answered(patient(), answer) == "other"


@pytest.mark.parametrize("error", [Unreachable("x"), ZeroDivisionError()])
def test_answered__any_other_error_is_raised(error: Exception):
    def answer(_: Any) -> str:
        raise error

    with pytest.raises(type(error)):
        answered(patient(), answer)


def test_answered__without_a_question():
    assert answered(nothing(), lambda ask: pytest.fail(f"{ask} was asked")) == "no question"


@pytest.mark.parametrize(
    ("kept", "known"),
    [
        ({}, ["one", "two"]),
        ({"one": "1"}, ["one", "two"]),
        ({"one": "1", "two": "2"}, ["one", "two", "12"]),
        ({"one": None, "two": "2"}, ["one", "two", "None2"]),
        ({"one": "1", "two": "2", "12": "3"}, ["one", "two", "12"]),
    ],
)
def test_asked__as_far_as_answers_are_kept(kept: dict[str, Any], known: list[str]):
    """What is kept may be None: a lead that is not there is an answer, too."""
    found = asked(twice(), lambda ask: Held(kept[ask.id]) if ask.id in kept else None)
    assert found == [Lead(name) for name in known]


def test_asked__without_a_question():
    assert asked(nothing(), lambda ask: None) == []
