"""A file of keys that others may read is said, where an administrator looks, and never with what is in it."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit import config

from tests.app.screen import Open
from tests.scripted import SECRET_KEY


@pytest.fixture
def secrets(tmp_path: Path) -> Iterator[Path]:
    before = config.get_option("secrets.files")
    file = tmp_path / "secrets.toml"
    file.write_text(f'[connections.leadsquared]\nsecret_key = "{SECRET_KEY}"\n')
    config.set_option("secrets.files", [str(tmp_path / "none.toml"), str(file)])
    yield file
    config.set_option("secrets.files", before)


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o604, 0o666])
def test_secrets__others_than_the_owner_are_said(
    view: Open, secrets: Path, mode: int, caplog: pytest.LogCaptureFixture
) -> None:
    secrets.chmod(mode)
    caplog.set_level(logging.WARNING)
    screen = view(page="status")
    shown = [one.value.replace("\\", "") for one in screen.test.warning]
    logged = [record.message for record in caplog.records if str(secrets) in record.message]
    if mode == 0o600:
        assert (shown, logged) == ([], [])
    else:
        said = f"{secrets} holds keys, and others on this machine may use it (mode {mode:03o}): chmod 600 {secrets}"
        assert (shown, logged) == ([said], [said])
        screen.again()
        assert [record.message for record in caplog.records if str(secrets) in record.message] == [said], "once"
    assert SECRET_KEY.encode() not in screen.sent
    assert SECRET_KEY not in caplog.text
