"""What a click causes carries its id, in whichever thread it is done, up to the host."""

import threading
from contextvars import Context

from lsq_api.client.client import Client
from lsq_api.work import click
from lsq_api.work.background import Background
from lsq_api.work.job import Job
from tests.scripted import Says, ScriptedHost, host_at


def test_click__reaches_the_host_from_every_thread():
    Context().run(_reaches)  # an empty one, whatever was clicked before


def _reaches() -> None:
    with ScriptedHost(lambda _: Says(b"[]")) as host, Client(host_at(host.url)) as client:
        client.users()
        mine = click.begin()
        done = threading.Event()

        def ask() -> None:
            client.users()
            done.set()

        client.users()
        Background(1).run(ask)
        assert done.wait(10)
        job: Job[int] = Job(lambda *_: len(client.users()), name="asking")
        job.start().result()
        other = click.begin()
        client.users()
        named = [asked.headers.get(click.HEADER.lower(), "") for asked in host.asked]
    assert named == ["", mine, mine, mine, other]
    assert mine != other
