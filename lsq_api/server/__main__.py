"""The local server from the command line: `serve`, `import`, `append` and `demo`. `--help` says the rest."""

import argparse
import re
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from lsq_api.contract.errors import LeadSquaredError, NotConnected
from lsq_api.server.demo.make import make_demo
from lsq_api.server.engines import registry
from lsq_api.server.guard.connections import ConnectionBounds
from lsq_api.server.importing.append import append_files
from lsq_api.server.importing.choices import Choices
from lsq_api.server.importing.files.paths import stem
from lsq_api.server.importing.importer import import_files
from lsq_api.server.importing.profiles.profile import profiles
from lsq_api.server.keys import SHOWN, Keyless, keys
from lsq_api.server.logs import FORMATS, to_stderr
from lsq_api.server.options import Options, RateLimit
from lsq_api.server.source import made, opened, passing
from lsq_api.server.thread import Listening


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns 0 only where it did all that was asked."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    if asked.run is _import and not (asked.into or asked.check):
        parser.error("import needs --into STORE, or --check")
    if asked.run is _serve:
        try:
            asked.keys = keys(asked.access_key, asked.secret_key, asked.keys_file)
        except Keyless as error:
            parser.error(str(error))
    to_stderr(getattr(asked, "log_format", FORMATS[0]), getattr(asked, "keys", ()))
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
    serve.add_argument(
        "--keys-file", type=Path, metavar="FILE",
        help="the keys: two lines, or LSQ_ACCESS_KEY=… and LSQ_SECRET_KEY=…; else the environment has them",
    )  # fmt: skip
    serve.add_argument("--access-key", metavar="K", help="shown by the list of processes: --keys-file is not")
    serve.add_argument("--secret-key", metavar="S", help="as above")
    serve.add_argument("--rate-limit", type=_limit, default=RateLimit(), metavar="25/5", help="calls/seconds, or off")
    serve.add_argument(
        "--time-limit", type=_seconds, default=Options.time_limit, metavar="SECONDS", help="a question takes at most"
    )
    serve.add_argument(
        "--patience",
        type=_seconds,
        default=ConnectionBounds.patience,
        metavar="SECONDS",
        help="a request may take to arrive",
    )
    serve.add_argument(
        "--connections", type=_number, default=ConnectionBounds.in_all, metavar="N", help="open ones, in all"
    )
    serve.add_argument(
        "--connections-of-one",
        type=_number,
        default=ConnectionBounds.of_one,
        metavar="N",
        help="open ones of one address",
    )
    serve.add_argument(
        "--trusted-proxy", action="append", default=[], metavar="ADDRESS",
        help="a proxy in front, which says who calls; repeat for several",
    )  # fmt: skip
    serve.add_argument(
        "--strict",
        action="store_true",
        help="only what the vendor documents: no activity dates, no sorting, no <> on leads",
    )
    serve.add_argument("--metrics", action="store_true", help="figures for Prometheus at /metrics, for this machine")
    serve.add_argument("--log-format", choices=FORMATS, default=FORMATS[0], help="lines for people, or JSON lines")
    serve.set_defaults(run=_serve)

    bring = commands.add_parser("import", help="make a store from files as you have them")
    _take_files(bring)
    bring.add_argument("--into", metavar="STORE", help="a store file, or the URL of an engine")
    bring.add_argument("--check", action="store_true", help="read everything, write nothing, print the report")
    bring.set_defaults(run=_import)

    add = commands.add_parser("append", help="add leads and activities to a store, or renew them by ID")
    _take_files(add)
    add.add_argument("--into", required=True, metavar="STORE", help="a store file")
    add.set_defaults(run=_append)

    demo = commands.add_parser("demo", help="make a store of demo data")
    demo.add_argument("--into", required=True, metavar="STORE", help="as for import")
    demo.add_argument("--leads", type=int, default=20_000, metavar="N")
    demo.add_argument("--activities", type=int, default=150_000, metavar="M")
    demo.add_argument("--seed", type=int, default=7, metavar="S")
    demo.set_defaults(run=_demo)
    return parser


def _take_files(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", type=Path, nargs="+", metavar="PATH",
        help="files of any name (.csv, .csv.gz, .tsv, .xlsx, .parquet), or folders of them; import takes a store, too",
    )  # fmt: skip
    systems = ["auto", *profiles()]
    parser.add_argument("--from", dest="system", choices=systems, default="auto", help="whose export it is")
    parser.add_argument(
        "--map", action="append", type=_mapping, default=[], metavar="HEADER=NAME",
        help="what a header means, as a schema name; nothing after = leaves the column out; repeat for several",
    )  # fmt: skip
    parser.add_argument("--activity", metavar="CODE", help="the code or name of activities whose file does not say it")
    parser.add_argument("--date-order", choices=["dmy", "mdy", "ymd"], default="", help="of dates such as 03/04/2025")
    parser.add_argument("--decimal", choices=["point", "comma"], default="", help="of amounts such as 1,250")
    parser.add_argument("--timezone", metavar="ZONE", help="zone of the times in the files (default UTC)")
    parser.add_argument("--sheet", metavar="NAME", help="the only sheet to read of workbooks")


def _mapping(text: str) -> tuple[str, str]:
    header, sign, name = text.rpartition("=")
    if not sign or not header.strip():
        raise argparse.ArgumentTypeError(f'{text!r} is no mapping; the form is "Their header=SchemaName"')
    if name.strip() and not re.fullmatch(r"[A-Za-z]\w*", name.strip(), re.ASCII):
        raise argparse.ArgumentTypeError(f"{name!r} is no schema name; allowed: letters, digits and _, such as mx_City")
    return header.strip(), name.strip()


def _choices(asked: argparse.Namespace) -> Choices:
    return Choices(
        profile=asked.system, maps=dict(asked.map), activity=asked.activity, date_order=asked.date_order,
        decimal=asked.decimal, timezone=asked.timezone, sheet=asked.sheet,
    )  # fmt: skip


def _limit(text: str) -> RateLimit | None:
    try:
        return RateLimit.read(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _number(text: str) -> int:
    if not (text.strip().isdecimal() and int(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds above 0")
    return seconds


def _serve(asked: argparse.Namespace) -> None:
    if asked.access_key or asked.secret_key:
        _say(SHOWN)
    bounds = ConnectionBounds(
        asked.connections_of_one, asked.connections, asked.patience, proxies=tuple(asked.trusted_proxy)
    )
    access, secret = asked.keys
    options = Options(
        access, secret, asked.rate_limit, asked.strict, asked.time_limit, bounds=bounds, metrics=asked.metrics
    )
    with opened(asked.data, timezone=asked.timezone, progress=_say) as store:
        what = f"{store.title}: {store.leads:,} leads, {store.activities:,} activities"
        announce = lambda url: print(f"Serving {what} on {url}", flush=True)  # noqa: E731
        listening = Listening.serving(store, options, asked.host, asked.port, announce)
        listening.run()


def _import(asked: argparse.Namespace) -> None:
    if asked.check:
        with passing() as store:
            print(import_files(asked.paths, store, _choices(asked), _say))
        return
    first = asked.paths[0]
    if len(asked.paths) == 1 and first.is_file() and not stem(first) and registry.file(asked.into) is None:
        registry.publish(asked.into, first, _say)
        return
    with made(asked.into, _say) as store:
        report = import_files(asked.paths, store, _choices(asked), _say)
    print(report)


def _append(asked: argparse.Namespace) -> None:
    store = registry.file(asked.into)
    if store is None:
        raise NotConnected(
            f"{registry.scheme(asked.into)}:// cannot be appended to; append to a store file, then publish that with "
            f"`python -m lsq_api.server import STORE --into URL`"
        )
    print(append_files(asked.paths, store, _choices(asked), _say))


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
