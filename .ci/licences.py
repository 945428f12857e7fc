"""Writes docs/licences.md: the licence of each locked dependency, as the installed package declares it."""

import re
import sys
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK, PAGE = ROOT / "requirements.lock", ROOT / "docs" / "licences.md"
LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^ \\;]+)(?: ; ([^\\]+))?", re.MULTILINE)
COPYLEFT = re.compile(r"\b(A?L?GPL|MPL|EPL|CDDL|EUPL)|GNU|Mozilla", re.IGNORECASE)
LONGEST = 60

HEAD = """# Licences

What `requirements.lock` installs, and the licence that each package declares; `make licences` writes this page.

"""
TAIL = """
{copyleft}

Fonts and scripts that Streamlit and Plotly bring for the browser are in their packages, with their licences beside
them. What tests need (`requirements-dev.txt`) is not part of what is run, and not listed; neither are drivers of other
engines (`requirements-engines.txt`): psycopg is under the LGPL, used as a library and unchanged.
"""


def main() -> None:
    """Write the page."""
    rows, copyleft = [], []
    for name, version, marker in LOCKED.findall(LOCK.read_text("utf-8")):
        try:
            said = declared(metadata(name))
        except PackageNotFoundError:
            said = f"not installed here ({marker.strip()})" if marker else sys.exit(f"{name} is not installed")
        rows.append(f"| {name} | {version} | {said} |")
        if COPYLEFT.search(said):
            copyleft.append(f"{name} ({said})")
    told = (
        f"Copyleft: {'; '.join(copyleft)}. They are used as libraries, unchanged; who passes them on changed has to "
        "pass on the changes."
        if copyleft
        else "None is copyleft."
    )
    table = "\n".join(("| package | version | licence |", "|---|---|---|", *rows))
    PAGE.write_text(f"{HEAD}{table}\n{TAIL.format(copyleft=told)}", "utf-8")


def declared(about: PackageMetadata) -> str:
    """The expression; else the classifiers; else the first line of the text."""
    if expression := about.get("License-Expression"):
        return str(expression)
    kinds = [one.rpartition(" :: ")[2] for one in about.get_all("Classifier") or [] if one.startswith("License :: ")]
    kinds = [kind for kind in kinds if kind != "OSI Approved"]
    if kinds:
        return ", ".join(kinds)
    lines = str(about.get("License") or "not declared").strip().splitlines()
    return lines[0][:LONGEST]


if __name__ == "__main__":
    main()
