"""The same questions of the same leads on several engines, over HTTP: what each takes when it is warm.

    python -m benchmarks.engine.others leads.store 'pyspark://?spark.master=spark://HOST:7077&spark.sql.warehouse.dir=FOLDER'

The answers must agree. `python -m lsq_api.server import leads.store --into URL` brings a store to an engine.
"""

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial

from benchmarks.engine.questions import questions
from benchmarks.server import Server
from benchmarks.timing import taking_turns

SCOPES = ("ever", "30 days")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the medians, in milliseconds."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engine.others", description=__doc__)
    parser.add_argument("data", nargs="+", help="store files and URLs, as `serve --data` takes them")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args(arguments)
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    with ExitStack() as running:
        servers = {data.partition("?")[0]: running.enter_context(Server(data)) for data in asked.data}
        print("| question | " + " | ".join(servers) + " |")
        for question in (one for one in questions(now) if one.scope.name in SCOPES):
            totals = {name: server.ask(question.body)["TotalCount"] for name, server in servers.items()}
            if len(set(totals.values())) > 1:
                raise SystemExit(f"{question.name}: the engines disagree: {totals}")
            contenders = {name: partial(server.ask, question.body) for name, server in servers.items()}
            taken = taking_turns(contenders, asked.rounds)
            print(f"| {question.name} | " + " | ".join(f"{1000 * taken[name]:,.0f} ms" for name in servers) + " |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
