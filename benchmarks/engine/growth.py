"""Stores of demo data of any size, and how long a question takes as they grow."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from benchmarks.engine.questions import Question
from benchmarks.results import Results, ms
from benchmarks.server import Server
from benchmarks.timing import taking_turns
from lsq_api.server.demo.make import make_demo


def demo(folder: Path, leads: int, activities: int) -> Path:
    """A store of demo data of that size."""
    store = folder / f"demo-{leads}-{activities}.store"
    if not store.exists():
        make_demo(store, leads=leads, activities=activities)
    return store


def growth(results: Results, folder: Path, sizes: Sequence[int], asked: Sequence[Question], rounds: int) -> list[str]:
    """Every question as the data grows; the names of those whose time grew by more than the data did."""
    measured: dict[str, list[float]] = {question.name: [] for question in asked}
    for leads in sizes:
        with Server(demo(folder, leads, 10 * leads)) as server:
            for question in asked:
                run = {"ours": lambda question=question: server.ask(question.body)}  # type: ignore[misc]
                measured[question.name].append(taking_turns(run, rounds)["ours"])
    data = [after / before for before, after in pairwise(sizes)]
    grown = ", ".join(f"{step:.0f}×" for step in data)
    results.section("Growth", ["question", *(f"{leads:,} leads" for leads in sizes), f"time, as data grows {grown}"])
    outgrown = []
    for name, times in measured.items():
        steps = [after / before for before, after in pairwise(times)]
        results.row(name, *map(ms, times), ", ".join(f"{step:.1f}×" for step in steps))
        if any(step > more for step, more in zip(steps, data, strict=True)):
            outgrown.append(name)
    return outgrown
