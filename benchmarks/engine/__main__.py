"""The local server's speed on demo data, against what else could answer; prints ratios and keeps them in `RESULTS.md`.

    python -m benchmarks.engine --leads 1000000 --activities 10000000

Stores and tables are made in `--folder` when they are not there yet, and stay for the next run.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.engine import crowd, imports, postgres
from benchmarks.engine.growth import demo, growth
from benchmarks.engine.peers import Merge, Plain, Sqlite
from benchmarks.engine.questions import Question, export, questions
from benchmarks.results import Results, ms
from benchmarks.server import Server
from benchmarks.timing import taking_turns

ROWS_OF_CSV = 400_000
RESULTS = Path(__file__).parents[1] / "RESULTS.md"
PARTS = ["plain", "copy", "others", "postgres", "crowd", "import"]
HOW = """Others may use the machine as well, so only the ratios count: contenders take turns, and each figure is the
median of the rounds. Ours is asked over HTTP and its JSON is parsed; peers must give the same answers."""
KINDS = ["count", "group by owner", "first page sorted", "list of 10,000"]
FEW = {"ever", "30 days"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what was asked for."""
    asked = _parser().parse_args(arguments)
    asked.folder.mkdir(parents=True, exist_ok=True)
    results, rounds = Results(), asked.rounds
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    store = demo(asked.folder, asked.leads, asked.activities)
    plain = Plain(store, store.with_suffix(".plain"), f"{now}")
    parts = set(asked.parts)
    all_of_them = [question for question in questions(now) if question.kind in asked.kinds]
    few = [question for question in all_of_them if question.scope.name in FEW]
    with Server(store) as server:
        if "plain" in parts:
            against_plain(results, server, plain, all_of_them, rounds)
        if "copy" in parts:
            against_copy(results, server, plain, asked.folder, rounds)
        if "others" in parts:
            others = {Sqlite.name: Sqlite(plain, store.with_suffix(".sqlite")).ask, Merge.name: Merge(plain).ask}
            against_others(results, server, others, few, rounds)
        if "postgres" in parts:
            against_postgres(results, server, plain, few, rounds)
        if "crowd" in parts:
            many_at_once(results, server, list(questions(now)))
        results.say()
        results.say(f"Peak memory of the server: {server.peak():,.0f} MiB.")
    if "import" in parts:
        against_bare_import(results, store, asked.folder, rounds)
    outgrown = growth(results, asked.folder, asked.growth, all_of_them, rounds) if asked.growth else []
    command = f"python -m benchmarks.engine --leads {asked.leads} --activities {asked.activities}"
    results.write(asked.results, command, f"{HOW}\nRounds: {rounds} (imports: {_of_imports(rounds)}).")
    for name in outgrown:
        print(f"{name}: takes longer by more than the data grew", file=sys.stderr)
    return 1 if outgrown else 0


def _of_imports(rounds: int) -> int:
    """An import takes long: fewer rounds of it."""
    return max(1, rounds // 2)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engine", description=__doc__)
    parser.add_argument("--leads", type=int, default=1_000_000)
    parser.add_argument("--activities", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=Path("bench-data"), help="where stores and tables are kept")
    parser.add_argument("--parts", nargs="*", default=PARTS, choices=PARTS, help="all of them unless named")
    parser.add_argument("--kinds", nargs="*", default=KINDS, choices=KINDS, help="of questions; all unless named")
    parser.add_argument("--growth", type=int, nargs="*", help="numbers of leads, each with ten times the activities")
    parser.add_argument("--results", type=Path, default=RESULTS)
    return parser


def against_plain(results: Results, server: Server, plain: Plain, asked: Sequence[Question], rounds: int) -> None:
    """Every question, against the obvious SQL."""
    results.section(f"Against the obvious SQL on {plain.name}", ["question", "leads", "ours", "theirs", "ratio"])
    for question in asked:
        total = agree(server, plain.ask, question)
        times = taking_turns(_pair(server, plain.ask, question), rounds)
        ratio = times["theirs"] / times["ours"]
        results.row(question.name, f"{total:,}", ms(times["ours"]), ms(times["theirs"]), f"{ratio:.1f}× as fast")


def against_others(
    results: Results,
    server: Server,
    others: dict[str, Callable[[Question], int]],
    asked: Sequence[Question],
    rounds: int,
) -> None:
    """Some questions, against SQLite, pandas and the like."""
    for name, ask in others.items():
        results.section(f"Against {name}", ["question", "ours", "theirs", "ratio"])
        for question in asked:
            agree(server, ask, question)
            times = taking_turns(_pair(server, ask, question), rounds)
            ratio = times["theirs"] / times["ours"]
            results.row(question.name, ms(times["ours"]), ms(times["theirs"]), f"{ratio:.1f}× as fast")


def against_postgres(results: Results, server: Server, plain: Plain, asked: Sequence[Question], rounds: int) -> None:
    """The same questions, against PostgreSQL; a word where it is not on the machine."""
    programs = postgres.binaries()
    if programs is None:
        results.section(f"Against {postgres.Postgres.name}", ["question", "ours", "theirs", "ratio"])
        results.row("not measured: PostgreSQL is not on this machine", "", "", "")
        return
    with postgres.running(programs, plain) as peer:
        against_others(results, server, {peer.name: peer.ask}, asked, rounds)


def _pair(server: Server, ask: Callable[[Question], int], question: Question) -> dict[str, Callable[[], object]]:
    return {"ours": lambda: server.ask(question.body), "theirs": lambda: ask(question)}


def agree(server: Server, ask: Callable[[Question], int], question: Question) -> int:
    """How many leads or groups the answer is about; the two must say the same."""
    answer = server.ask(question.body)
    total, rows = int(answer["TotalCount"]), len(answer["Results"])
    found = ask(question)
    if found != (total if question.kind == "count" else rows):
        raise SystemExit(f"{question.name}: ours {total} and {rows} rows, theirs {found}")
    return total


def against_copy(results: Results, server: Server, plain: Plain, folder: Path, rounds: int) -> None:
    """A large CSV, against the engine's own."""
    day = 'SELECT "CreatedOn"::VARCHAR FROM leads ORDER BY 1 DESC LIMIT 1 OFFSET ?'
    found = plain.engine.execute(day, [ROWS_OF_CSV]).fetchone()
    if found is None:
        return
    question, mine, theirs = export(found[0]), folder / "ours.csv", folder / "theirs.csv"
    times = taking_turns(
        {"ours": lambda: server.csv(question.body, mine), "theirs": lambda: plain.copy(question, theirs)}, rounds
    )
    rows = [sum(1 for _ in file.open("rb")) for file in (mine, theirs)]
    if rows[0] != rows[1]:
        raise SystemExit(f"CSV: ours {rows[0]} lines, theirs {rows[1]}")
    results.section(
        "Against DuckDB's COPY … TO csv of the same rows, in the same order", ["rows", "ours", "theirs", "ratio"]
    )
    ratio = times["ours"] / times["theirs"]
    results.row(f"{rows[0] - 1:,}", ms(times["ours"]), ms(times["theirs"]), f"{ratio:.2f}× its time")


def many_at_once(results: Results, server: Server, asked: Sequence[Question]) -> None:
    """Fifty clients, against one: the questions a dashboard asks most."""
    mix = [question for question in asked if question.kind != "list of 10,000"]
    results.section("50 clients at once, against one alone", ["clients", "calls a second", "median", "p95"])
    alone = crowd.asked(server, mix, clients=1, calls=150, alike=False)
    results.row(1, f"{alone.throughput:.0f}", ms(alone.median), ms(alone.p95))
    for who, alike in (("50, no two with the same question", False), ("50, with the same 15 questions", True)):
        many = crowd.asked(server, mix, clients=50, calls=500, alike=alike)
        against = f"{many.throughput / alone.throughput:.2f}×", f"{many.p95 / alone.median:.0f}× the median alone"
        results.row(who, f"{many.throughput:.0f} ({against[0]})", ms(many.median), f"{ms(many.p95)} ({against[1]})")


def against_bare_import(results: Results, store: Path, folder: Path, rounds: int) -> None:
    """The import, against bare CREATE TABLE AS."""
    results.section("Import, against bare CREATE TABLE AS of the same files", ["files", "ours", "theirs", "ratio"])
    for ending in ("csv", "parquet"):
        files = folder / f"{store.stem}-{ending}"
        if not files.exists():
            imports.write_files(store, files, ending)
        pair: dict[str, Callable[[], object]] = {
            "ours": lambda files=files: imports.ours(files, folder / "imported"),  # type: ignore[misc]
            "theirs": lambda files=files, ending=ending: imports.bare(files, ending, folder / "bare"),  # type: ignore[misc]
        }
        times = taking_turns(pair, _of_imports(rounds))
        ratio = times["ours"] / times["theirs"]
        results.row(ending, f"{times['ours']:.1f} s", f"{times['theirs']:.1f} s", f"{ratio:.1f}× its time")


if __name__ == "__main__":
    sys.exit(main())
