"""Asks which locked dependencies have known vulnerabilities; says so in one line where that cannot be asked.

The exit code is 1 only where there are some. A machine without a way to the registry goes on unchecked.
"""

import json
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

LOCK = Path(__file__).parents[1] / "requirements.lock"
SECONDS = 60


def main() -> int:
    """Audit the lock; returns the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder) / "found.json"
        command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--requirement", str(LOCK)]
        command += ["--timeout", "5", "--progress-spinner", "off", "--format", "json", "--output", str(found)]
        with suppress(subprocess.TimeoutExpired):  # no answer in time is no answer: there is no file then
            subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603
        if not found.is_file():
            print("Not audited: the registry of vulnerabilities does not answer.")
            return 0
        audited = json.loads(found.read_text("utf-8"))["dependencies"]
    known = [one for one in audited if "skip_reason" not in one]
    hit = [(one, fault) for one in known for fault in one["vulns"]]
    for one, fault in hit:
        mended = ", ".join(fault["fix_versions"]) or "no version yet"
        print(f"{one['name']} {one['version']}: {fault['id']}, mended in {mended}")
    print(f"Audited: {len(known)} of {len(audited)} locked dependencies are known to the registry, {len(hit)} faults.")
    return 1 if hit else 0


if __name__ == "__main__":
    sys.exit(main())
