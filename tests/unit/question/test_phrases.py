"""Values cut to fit: those that would look alike are cut where they do not differ."""

import pytest

from lsq_api.question.phrases import shortened, shortened_apart

LONG = "Christopher Montgomery"


@pytest.mark.parametrize(
    ("texts", "kept"),
    [
        (["Ann Lee", "Bob"], ["Ann Lee", "Bob"]),
        (
            [f"{LONG} (c.north@x.example)", f"{LONG} (c.south@x.example)", "Bob"],
            ["Christop….north@x.example)", "Christop….south@x.example)", "Bob"],
        ),
        ([f"{LONG} the elder", "Bob"], [shortened(f"{LONG} the elder", 26), "Bob"]),
        ([f"{LONG} the elder"] * 2, ["Christop…tgomery the elder"] * 2),
    ],
)  # fmt: skip
def test_shortened_apart__what_is_alike_is_cut_in_the_middle(texts: list[str], kept: list[str]) -> None:
    assert shortened_apart(texts, 26) == kept
    assert all(len(text) <= 26 for text in kept)
