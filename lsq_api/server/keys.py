"""The keys of a server: from a file of its owner's alone, or the environment, so that no process list shows them.

The command line gives them, too, as it always has; then who is on the machine can read them, which is said.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pydantic import SecretStr

_NAMES: Final = {"access": "LSQ_ACCESS_KEY", "secret": "LSQ_SECRET_KEY"}
_OTHERS: Final = 0o077
SHOWN: Final = (
    "--access-key and --secret-key are in the list of processes, where everybody on this machine can read them; give "
    "the keys by --keys-file FILE, or as LSQ_ACCESS_KEY and LSQ_SECRET_KEY in the environment"
)


class Keyless(ValueError):
    """There are no keys, or more than one; the message says where they may come from, never what they are."""


def keys(
    access: str | None, secret: str | None, file: Path | None, environment: Mapping[str, str] = os.environ
) -> tuple[SecretStr, SecretStr]:
    """The access key and the secret key, from the command line or a file, else from the environment.

    Raises Keyless where one is missing, or where command line and file say different ones. The environment does not
    contradict them: a script that names its keys means these, whatever else is exported.
    """
    line = {"access": access, "secret": secret}
    read = _read(file) if file else {}
    found = []
    for which, name in _NAMES.items():
        given = {f"--{which}-key": line[which], str(file): read.get(which)}
        said = {place: key for place, key in given.items() if key}
        if not said and environment.get(name, "").strip():
            said = {name: environment[name].strip()}
        if not said:
            raise Keyless(f"the {which} key is missing: give it by --keys-file FILE, as {name}, or by --{which}-key")
        if len(set(said.values())) > 1:
            raise Keyless(f"{' and '.join(said)} say different {which} keys; give one of them")
        found.append(SecretStr(next(iter(said.values()))))
    return found[0], found[1]


def _read(file: Path) -> dict[str, str]:
    """The keys in a file: two lines, the access key first, or lines of NAME=VALUE; `#` begins a remark."""
    try:
        with file.open(encoding="utf-8") as opened:
            if os.fstat(opened.fileno()).st_mode & _OTHERS:
                raise Keyless(f"{file}: others may read or change it; `chmod 600 {file}`")
            lines = [line.strip() for line in opened if line.strip() and not line.lstrip().startswith("#")]
    except (OSError, UnicodeDecodeError) as error:
        raise Keyless(f"{file}: cannot be read: {type(error).__name__}") from None
    named = dict(_named(line) for line in lines if line.partition("=")[0].strip() in _NAMES.values())
    if not named and len(lines) == len(_NAMES):
        return dict(zip(_NAMES, lines, strict=True))
    if len(named) != len(lines) or not named:
        raise Keyless(
            f"{file}: allowed: two lines, the access key first, or {' and '.join(_NAMES.values())}, as NAME=KEY"
        )
    return {which: named[name] for which, name in _NAMES.items() if name in named}


def _named(line: str) -> tuple[str, str]:
    name, _, key = line.partition("=")
    key = key.strip()
    quoted = len(key) > 1 and key[0] == key[-1] and key[0] in "\"'"
    return name.strip(), key[1:-1] if quoted else key
