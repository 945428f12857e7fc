"""Our import against the engine's bare reading of the same files."""

from pathlib import Path

import duckdb

from benchmarks.engine.peers import MEMORY
from lsq_api.server.importing.importer import import_files

TABLES = ("leads", "activities", "users", "activity_types")


def write_files(store: Path, folder: Path, ending: str) -> None:
    """The store's tables as files, as an export would have them."""
    folder.mkdir(parents=True, exist_ok=True)
    how = "HEADER, TIMESTAMPFORMAT '%Y-%m-%d %H:%M:%S'" if ending == "csv" else "FORMAT parquet"
    with duckdb.connect(config={"memory_limit": MEMORY}) as engine:
        engine.execute(f"ATTACH '{store}' AS store (READ_ONLY)")
        for table in TABLES:
            named = [name for name, *_ in engine.execute(f"DESCRIBE store.{table}").fetchall()]
            listed = ", ".join(f'"{name}"' for name in named if not name.startswith(("_", "ProspectActivityDate")))
            rows = f"SELECT {listed} FROM store.{table}"  # noqa: S608 -- ours
            engine.execute(f"COPY ({rows}) TO '{folder / table}.{ending}' ({how})")


def bare(folder: Path, ending: str, into: Path) -> None:
    """CREATE TABLE AS of each file, types as the engine guesses them."""
    into.unlink(missing_ok=True)
    with duckdb.connect(str(into), config={"memory_limit": MEMORY}) as engine:
        for table in TABLES:
            engine.execute(f"CREATE TABLE {table} AS FROM '{folder / table}.{ending}'")
        engine.execute("CHECKPOINT")


def ours(folder: Path, into: Path) -> None:
    """The import, layout included."""
    import_files(folder, into)
