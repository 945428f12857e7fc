"""The one paging loop. Offset paging repeats and loses rows on the real service: rows are counted once and checked.

Source: "Paging" of the report's page; sections 2.3 and 6 of the wire notes.
"""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Generic, TypeVar

from lsq_api.errors import Incomplete

Row = TypeVar("Row")


@dataclass(frozen=True)
class Block(Generic[Row]):
    """One page: its rows, and how many there are in all where the host says so."""

    total: int | None
    rows: list[Row]


def every_block(
    what: str, size: int, ask: Callable[[int], Block[Row]], key: Callable[[Row], Hashable]
) -> Iterator[Block[Row]]:
    """Every page of up to `size` rows, each row once; at least one page, if an empty one.

    Ends when all rows are there, at a page that brings nothing new, or, where no total is known, at a short page.
    Incomplete where the distinct rows are not as many as the total, or where the total changes under way.
    """
    seen: set[Hashable] = set()
    total: int | None = None
    for index in count(1):
        block = ask(index)
        total = block.total if total is None else total
        if block.total not in (None, total):
            raise Incomplete(f"{what}: the total changed from {total} to {block.total} before page {index}")
        fresh = []
        for row in block.rows:
            if key(row) not in seen:
                seen.add(key(row))
                fresh.append(row)
        if fresh or index == 1:
            yield Block(total, fresh)
        if not fresh or (len(block.rows) < size if total is None else len(seen) >= total):
            break
    if total is not None and len(seen) != total:
        raise Incomplete(f"{what}: {len(seen)} distinct rows came, the total is {total}")
