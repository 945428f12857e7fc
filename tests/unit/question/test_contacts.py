"""What counts as contact, in words: names that begin alike, and more types than a sentence names."""

import pytest

from lsq_api.question.contacts import contact_in_brief, contact_words
from lsq_api.question.directory import Directory, ListedType
from lsq_api.question.question import Question
from lsq_api.question.sentence import chips_of

TYPES = {
    201: "Call (START)",
    202: "Call (COMPLETE)",
    203: "Visit (START)",
    204: "Visit",
    205: "Inbound Chat",
    206: "Outbound Chat",
    207: "Call (START)",
    208: "مكالمة (أولى)",
}
DIRECTORY = Directory.build(activity_types=[ListedType(code, name) for code, name in TYPES.items()])


@pytest.mark.parametrize(
    ("codes", "noun", "one"),
    [
        ((201,), "Call (START)", "a Call (START)"),
        ((201, 202), "Call (START, COMPLETE)", "a Call (START, COMPLETE)"),
        ((201, 202, 207), "Call (START, COMPLETE)", "a Call (START, COMPLETE)"),
        ((201, 203), "Call (START) or Visit (START)", "a Call (START) or Visit (START)"),
        # A type of the bare name is not among those in brackets.
        ((203, 204), "Visit or Visit (START)", "a Visit or Visit (START)"),
        ((205, 206), "Inbound or Outbound Chat", "an Inbound or Outbound Chat"),
        (
            (201, 202, 203, 205),
            "Call (START, COMPLETE), Visit (START) or Inbound Chat",
            "a Call (START, COMPLETE), Visit (START) or Inbound Chat",
        ),
        (
            (201, 202, 203, 204, 205, 206),
            "Call (START, COMPLETE), Visit and 3 more types",
            "one of Call (START, COMPLETE), Visit and 3 more types",
        ),
        ((201, 203, 204, 205), "Call (START), Visit and 2 more types", "one of Call (START), Visit and 2 more types"),
        ((201, 208), "Call (START) or \u2068مكالمة (أولى)\u2069", "a Call (START) or \u2068مكالمة (أولى)\u2069"),
    ],
)
def test_contact__names_its_types(codes: tuple[int, ...], noun: str, one: str):
    found = contact_words(codes, DIRECTORY)
    assert found is not None
    assert (found.noun, found.one) == (noun, one)


def test_contact__of_any_type_has_no_name():
    assert contact_words((), DIRECTORY) is contact_words(DIRECTORY.codes, DIRECTORY) is None


def test_contact__in_brief_is_one_name_where_more_do_not_fit():
    codes = (201, 202, 203, 205)
    assert contact_in_brief(codes, DIRECTORY, 60) == "Call (START, COMPLETE), Visit (START) or Inbound Chat"
    assert contact_in_brief(codes, DIRECTORY, 40) == "Call (START, COMPLETE) and 2 more types"
    (chip,) = chips_of(Question(activities=codes), DIRECTORY)
    assert chip.label == "contact: Call (START, COMPLETE), Visit (START) or Inbound Chat"


def test_chips__of_any_activity_only_where_it_was_chosen():
    assert chips_of(Question(activities=DIRECTORY.codes, assumed=True), DIRECTORY) == ()
    assert [chip.label for chip in chips_of(Question(activities=DIRECTORY.codes), DIRECTORY)] == [
        "contact: any activity"
    ]
