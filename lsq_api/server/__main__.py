"""The local server from the command line: `serve`, `import`, `append` and `demo`. `--help` says the rest."""

import argparse
import logging
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from pydantic import SecretStr

from lsq_api.contract.errors import LeadSquaredError, NotConnected
from lsq_api.server.app import make_app
from lsq_api.server.demo.make import make_demo
from lsq_api.server.engines import registry
from lsq_api.server.importing.append import append_folder
from lsq_api.server.importing.folder import import_folder
from lsq_api.server.options import Options, RateLimit
from lsq_api.server.source import made, opened
from lsq_api.server.thread import Listening


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns 0 only where it did all that was asked."""
    asked = _parser().parse_args(arguments)
    logging.basicConfig(format="%(asctime)s %(name)s %(message)s", stream=sys.stderr)
    logging.getLogger("lsq_api").setLevel(logging.INFO)
    try:
        asked.run(asked)
    except (LeadSquaredError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lsq_api.server", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="answer the contract over HTTP")
    serve.add_argument("--data", metavar="DATA", help="a folder, a store file or a URL; without it, demo data")
    serve.add_argument("--timezone", default="UTC", help="zone of the times in a folder's files (default UTC)")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8600)
    serve.add_argument("--access-key", required=True, metavar="K")
    serve.add_argument("--secret-key", required=True, metavar="S")
    serve.add_argument("--rate-limit", type=_limit, default=RateLimit(), metavar="25/5", help="calls/seconds, or off")
    serve.add_argument(
        "--time-limit", type=_seconds, default=Options.time_limit, metavar="SECONDS", help="a question takes at most"
    )
    serve.add_argument(
        "--strict",
        action="store_true",
        help="only what the vendor documents: no activity dates, no sorting, no <> on leads",
    )
    serve.set_defaults(run=_serve)

    bring = commands.add_parser("import", help="make a store from a folder of files")
    bring.add_argument(
        "folder", type=Path, metavar="FOLDER", help="holds leads, activities, users, activity_types; or a store file"
    )
    bring.add_argument("--into", required=True, metavar="STORE", help="a store file, or the URL of an engine")
    bring.add_argument("--timezone", default="UTC", help="zone of the times in the files (default UTC)")
    bring.set_defaults(run=_import)

    add = commands.add_parser("append", help="add a folder's leads and activities to a store, or renew them by ID")
    add.add_argument("folder", type=Path, metavar="FOLDER", help="holds any of the files that import takes")
    add.add_argument("--into", required=True, metavar="STORE", help="a store file")
    add.add_argument("--timezone", default="UTC", help="zone of the times in the files (default UTC)")
    add.set_defaults(run=_append)

    demo = commands.add_parser("demo", help="make a store of demo data")
    demo.add_argument("--into", required=True, metavar="STORE", help="as for import")
    demo.add_argument("--leads", type=int, default=20_000, metavar="N")
    demo.add_argument("--activities", type=int, default=150_000, metavar="M")
    demo.add_argument("--seed", type=int, default=7, metavar="S")
    demo.set_defaults(run=_demo)
    return parser


def _limit(text: str) -> RateLimit | None:
    try:
        return RateLimit.read(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds above 0")
    return seconds


def _serve(asked: argparse.Namespace) -> None:
    access, secret = SecretStr(asked.access_key), SecretStr(asked.secret_key)
    options = Options(access, secret, asked.rate_limit, asked.strict, asked.time_limit)
    with opened(asked.data, timezone=asked.timezone, progress=_say) as store:
        what = f"{store.title}: {store.leads:,} leads, {store.activities:,} activities"
        announce = lambda url: print(f"Serving {what} on {url}", flush=True)  # noqa: E731
        Listening(make_app(store, options), asked.host, asked.port, announce).run()


def _import(asked: argparse.Namespace) -> None:
    if asked.folder.is_file() and registry.file(asked.into) is None:
        registry.publish(asked.into, asked.folder, _say)
        return
    with made(asked.into, _say) as store:
        report = import_folder(asked.folder, store, timezone=asked.timezone, progress=_say)
    print(report)


def _append(asked: argparse.Namespace) -> None:
    store = registry.file(asked.into)
    if store is None:
        raise NotConnected(
            f"{registry.scheme(asked.into)}:// cannot be appended to; append to a store file, then publish that with "
            f"`python -m lsq_api.server import STORE --into URL`"
        )
    print(append_folder(asked.folder, store, timezone=asked.timezone, progress=_say))


def _demo(asked: argparse.Namespace) -> None:
    with made(asked.into, _say) as store:
        make_demo(store, leads=asked.leads, activities=asked.activities, seed=asked.seed)
    where = asked.into if registry.file(asked.into) else f"{registry.scheme(asked.into)}://"
    print(f"{where}: {asked.leads:,} leads and {asked.activities:,} activities of seed {asked.seed}")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    # SIGTERM must run the cleanup: of demo data, of a store half made, and of the engine's temporary files.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    sys.exit(main())
