"""Where the keys of a server come from, and who can read them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lsq_api.server.keys import SHOWN, Keyless, keys
from tests.stores import Rows, make_store

NAMED = "LSQ_ACCESS_KEY=from-a-file\nLSQ_SECRET_KEY='hush hush'\n"


def written(folder: Path, text: str, mode: int = 0o600) -> Path:
    file = folder / "keys"
    file.write_text(text)
    file.chmod(mode)
    return file


@pytest.mark.parametrize(
    "text", [NAMED, "# ours\nfrom-a-file\n\nhush hush\n", "LSQ_SECRET_KEY=hush hush\nLSQ_ACCESS_KEY = from-a-file"]
)
def test_file__in_both_forms(tmp_path: Path, text: str) -> None:
    access, secret = keys(None, None, written(tmp_path, text), {})
    assert (access.get_secret_value(), secret.get_secret_value()) == ("from-a-file", "hush hush")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644, 0o777])
def test_file__is_its_owners_alone(tmp_path: Path, mode: int) -> None:
    with pytest.raises(Keyless, match="others may read or change it; `chmod 600") as caught:
        keys(None, None, written(tmp_path, NAMED, mode), {})
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "one", "a\nb\nc", "LSQ_ACCESS_KEY=a\nhush hush", "X=1\nY=2\nZ=3"])
def test_file__of_another_form_is_refused_without_a_word_of_it(tmp_path: Path, text: str) -> None:
    with pytest.raises(Keyless, match="keys: allowed: two lines, the access key first, or LSQ_ACCESS_KEY") as caught:
        keys(None, None, written(tmp_path, text), {})
    assert "hush" not in str(caught.value)


def test_file__that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Keyless, match="none: cannot be read: FileNotFoundError"):
        keys(None, None, tmp_path / "none", {})


def test_keys__from_any_place_and_from_two_that_agree(tmp_path: Path) -> None:
    environment = {"LSQ_ACCESS_KEY": " a ", "LSQ_SECRET_KEY": "s"}
    for found in (keys(None, None, None, environment), keys("a", "s", None, environment), keys("a", "s", None, {})):
        assert [key.get_secret_value() for key in found] == ["a", "s"]
    half = written(tmp_path, "LSQ_SECRET_KEY=s")
    assert [key.get_secret_value() for key in keys("a", None, half, {})] == ["a", "s"]


def test_keys__that_contradict_or_are_missing_name_the_places(tmp_path: Path) -> None:
    file = written(tmp_path, "LSQ_SECRET_KEY=other")
    with pytest.raises(Keyless, match=r"^--secret-key and .*keys say different secret keys; give one") as caught:
        keys("a", "hush", file, {})
    assert "hush" not in str(caught.value)
    assert keys("a", "hush", None, {"LSQ_SECRET_KEY": "other"})[1].get_secret_value() == "hush", (
        "what is named is meant"
    )
    with pytest.raises(Keyless, match="the secret key is missing: give it by --keys-file FILE, as LSQ_SECRET_KEY"):
        keys("a", None, None, {})


@pytest.mark.parametrize("place", ["file", "environment", "line"])
def test_serve__keys_are_not_in_the_list_of_processes(tmp_path: Path, place: str) -> None:
    store = make_store(tmp_path / "s", Rows([{"ProspectID": "a"}]))
    command = [sys.executable, "-m", "lsq_api.server", "serve", "--data", str(store), "--port", "0"]
    given = {
        "file": ["--keys-file", str(written(tmp_path, NAMED))],
        "environment": [],
        "line": ["--access-key", "from-a-file", "--secret-key", "hush hush"],
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LSQ_")}
    if place == "environment":
        environment |= {"LSQ_ACCESS_KEY": "from-a-file", "LSQ_SECRET_KEY": "hush hush"}
    with subprocess.Popen(
        [*command, *given[place]], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as server:
        assert server.stdout is not None
        assert server.stdout.readline().startswith("Serving")
        seen = Path(f"/proc/{server.pid}/cmdline").read_text()
        server.terminate()
        said = server.communicate()[1]
    assert ("hush" in seen) == (place == "line")
    assert (SHOWN in said) == (place == "line")
    assert "hush" not in said


def test_serve__without_keys_is_a_mistake_of_usage() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LSQ_")}
    command = [sys.executable, "-m", "lsq_api.server", "serve", "--port", "0"]
    ended = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)
    assert ended.returncode == 2
    assert "the access key is missing: give it by --keys-file FILE, as LSQ_ACCESS_KEY" in ended.stderr
