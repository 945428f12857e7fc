"""Room for labels, against what Chromium measured of Source Sans at 12 pixels."""

import pytest

from components.charts import style

MEASURED = {
    "Bahadurjit Sampath": 100.8,
    "Thomas Padmanabhan": 116.3,
    "Jemma Holland · left": 103.7,
    "Demo Scheduled": 85.4,
    "Partner College": 76.8,
    "Krishna Chokshi": 81.0,
    "No owner": 48.4,
    "WWWWWWWWWWWW": 113.2,
    "illlllll": 24.4,
    "Müller-Lüdenscheidt": 103.0,
    "Ñandú Ü": 43.7,
    "Владимир": 53.7,
    "王小明": 23.5,
    "يسري طه": 48.4,
    "शर्मा": 18.4,
    "😀": 15.0,
}


@pytest.mark.parametrize(("label", "pixels"), MEASURED.items())
def test_widest__is_never_too_little(label: str, pixels: float):
    assert style.widest([label]) >= pixels


@pytest.mark.parametrize("label", ["Bahadurjit Sampath", "Demo Scheduled", "Partner College", "Krishna Chokshi"])
def test_widest__wastes_little_on_a_usual_name(label: str):
    assert style.widest([label]) <= 1.12 * MEASURED[label]


def test_widest__is_that_of_the_longest_label():
    assert style.widest(["A", "Bahadurjit Sampath", "Ann"]) == style.widest(["Bahadurjit Sampath"])


def test_widest__of_nothing_is_nothing():
    assert style.widest([]) == 0


def test_widest__a_mark_above_a_letter_takes_no_room():
    assert style.widest(["u\u0308ber"]) == style.widest(["\u00fcber"]) == style.widest(["uber"])
