"""The site of `deploy/nginx` in front of two dashboards: what gets through, and what does not."""

import os
import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import pytest
from playwright.sync_api import Page, expect, sync_playwright
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from lsq_api.server.demo.make import make_demo
from tests.app.books import Books, by
from tests.browser.provider import auth, provider
from tests.browser.site import ARGUMENTS, Dashboard, Started, chromium, free_port, process_of
from tests.deploy import proxy
from tests.deploy.proxy import NAME, Proxy
from tests.scripted import Asked, Says, ScriptedHost

INLINE = """() => new Promise(told => {
    document.body.insertAdjacentHTML("beforeend", '<img src="x" onerror="window.ran = true">')
    document.body.lastElementChild.addEventListener("error", () => told(window.ran === true))
})"""
"""Whether a script in the page's text ran: its handler comes before the one that tells."""


@pytest.fixture(scope="module", autouse=True)
def installed() -> None:
    if proxy.found() is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("there is no nginx on the PATH")


@pytest.fixture(scope="module")
def dashboards(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Started]]:
    folder = tmp_path_factory.mktemp("dashboards")
    make_demo(folder / "store", leads=600, activities=3_000, seed=5)
    with ExitStack() as started:
        yield [
            started.enter_context(
                process_of(
                    folder,
                    LSQ_DATA=str(folder / "store"),
                    LSQ_OPEN="1",
                    FORWARDED_ALLOW_IPS="",
                    STREAMLIT_SERVER_ALLOWED_HOSTS=NAME,
                )
            )
            for _ in range(2)
        ]


@pytest.fixture(scope="module")
def site(dashboards: list[Started], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with proxy.running(tmp_path_factory.mktemp("nginx"), [one.url for one in dashboards]) as started:
        yield started


@contextmanager
def opened(site: Proxy) -> Iterator[tuple[Page, list[str]]]:
    """A page in Chromium that finds the site by its name, and what its console says of errors."""
    executable = chromium()
    assert executable
    said: list[str] = []
    with sync_playwright() as playwright:
        arguments = [*ARGUMENTS, f"--host-resolver-rules=MAP {NAME} 127.0.0.1"]
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)
        page = browser.new_context(ignore_https_errors=True, viewport={"width": 1440, "height": 900}).new_page()
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on(
            "response", lambda answer: said.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None
        )
        yield page, said
        browser.close()


def test_site__pages_charts_tables_and_files_work_without_a_word_of_the_browser(site: Proxy, tmp_path: Path):
    """Prevents: a policy of contents, or a limit, under which a part of a page is missing."""
    with opened(site) as (page, said):
        sockets: list[str] = []
        page.on("websocket", lambda socket: sockets.append(socket.url))
        dashboard = Dashboard(page, site.url).open("/?stage=Prospect").charts_drawn()
        waiting = dashboard.number("Not contacted")
        assert waiting > 0
        assert sockets == [f"wss://{NAME}:{site.port}/_stcore/stream"]
        for path in ("/leads", "/breakdown", "/owners", "/status"):
            page.goto(f"{site.url}{path}?stage=Prospect")
            page.get_by_test_id("stMainBlockContainer").get_by_role("heading").first.wait_for()
            dashboard.settled()
        page.goto(f"{site.url}/leads?stage=Prospect")
        with page.expect_download() as download:
            page.get_by_role("button", name="CSV of all").click()
        download.value.save_as(tmp_path / "leads.csv")
        assert len((tmp_path / "leads.csv").read_text("utf-8-sig").splitlines()) == waiting + 1
        # The policy is there, and at work: a script that is not the page's own does not run.
        assert page.evaluate(INLINE) is False
        (blocked,) = [text for text in said if "Content Security Policy" in text]
        assert "inline event handler" in blocked
    # Streamlit looks for itself beside each page first, and says so, with nginx and without.
    usual = re.compile(
        rf"404 {site.url}/[a-z]+/_stcore/(health|host-config)|Failed to load resource: .* 404 .*|404 .*/x"
    )
    assert [text for text in said if text != blocked and not usual.fullmatch(text)] == []


def test_site__headers(site: Proxy):
    for path in ("/", "/leads?stage=x", "/static/no-such-file.js", "/metrics", "/_stcore/health"):
        answer = site.ask(path)
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers.get_list("Content-Security-Policy")[1:] == []
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Server"] == "nginx", "without a version"


@pytest.mark.parametrize(
    "path",
    [
        "/metrics", "/metrics/", "/_stcore/metrics", "/_stcore/metrics/", "/_stcore/%6Detrics", "//_stcore//metrics",
        "/x/../_stcore/metrics", "/leads/_stcore/metrics", "/_STCORE/metrics", "/_stcore/agent/openapi.json",
        "/_stcore/agent/mcp", "/%5Fstcore/agent/interact", "/_stcore/metrics?x=1",
    ],
)  # fmt: skip
def test_site__what_is_for_the_machine_alone_is_closed(site: Proxy, path: str):
    answer = site.ask(path)
    assert (answer.status_code, "nginx" in answer.text) == (404, True)


def test_site__plain_http_leads_to_tls(site: Proxy):
    answer = httpx.get(f"http://127.0.0.1:{site.plain}/leads?stage=a%20b", headers={"Host": NAME}, trust_env=False)
    assert (answer.status_code, answer.headers["Location"]) == (308, f"https://{NAME}/leads?stage=a%20b")


def test_site__a_foreign_host_is_refused(site: Proxy, dashboards: list[Started]):
    """A page elsewhere may point a name of its own to this address: DNS rebinding."""
    assert site.ask("/", host="evil.example").status_code == 421
    with pytest.raises(httpx.ConnectError):
        site.ask("/", host="evil.example", name="evil.example")
    plain = httpx.get(f"http://127.0.0.1:{site.plain}/", headers={"Host": "evil.example"}, trust_env=False)
    assert plain.status_code == 421
    # And by the dashboard itself, where nothing stands before it.
    netloc = urlsplit(dashboards[0].url).netloc
    with pytest.raises(InvalidStatus) as refused:
        connect(f"ws://{netloc}/_stcore/stream", additional_headers={"Host": "evil.example"}, proxy=None)
    assert refused.value.response.status_code in {400, 403}


@pytest.mark.parametrize(("origin", "status"), [(None, 101), ("https://evil.example", 403)])
def test_site__a_page_of_somebody_else_opens_no_websocket(site: Proxy, origin: str | None, status: int):
    with socket.create_connection(("127.0.0.1", site.port)) as way:
        place = f"wss://{NAME}:{site.port}/_stcore/stream"
        given = {"sock": way, "ssl": site.trusting, "proxy": None, "origin": Origin(origin or site.url)}
        if status == 101:
            with connect(place, **given):
                return
        with pytest.raises(InvalidStatus) as refused:
            connect(place, **given)
    assert refused.value.response.status_code == status


def test_site__bodies_are_bounded(site: Proxy):
    large = b"x" * (2 * 2**20)
    assert site.ask("/", method="POST", content=large).status_code == 413
    assert site.ask("/_stcore/upload_file/a/b", method="PUT", content=large).status_code in {400, 403}, (
        "Streamlit's own"
    )
    assert site.ask("/", headers={"X-Long": "x" * 100_000}).status_code == 400


def test_site__both_dashboards_serve_and_one_viewer_stays_with_one(site: Proxy, dashboards: list[Started]):
    for number in range(2, 18):
        for _ in range(2):
            assert site.ask("/_stcore/health", of=f"127.0.0.{number}").text == "ok"
    lines = [line.split() for line in site.log.read_text().splitlines() if "/_stcore/health" in line]
    served = {(line[0], line[-2].strip('"')) for line in lines if re.fullmatch(r"127\.0\.0\.([2-9]|1[0-7])", line[0])}
    assert {place for _, place in served} == {urlsplit(one.url).netloc for one in dashboards}
    assert len(served) == 16, "each address has one dashboard"


def test_site__its_log_has_no_question(site: Proxy):
    """A link holds names, and what was looked for."""
    site.ask("/leads?find=%2B919876543210&owner=Ann")
    site.ask("/_stcore/health")  # the line of a request is written after its answer, and before the next one is read
    assert '"GET /leads" 200' in site.log.read_text()
    assert not any(word in site.log.read_text() for word in ("9876543210", "owner=", "?"))


SEEN = Says({"seen": True})


def signed_in(asked: Asked) -> Says:
    """What oauth2-proxy does: 202 with the address, or 401; and the way to the provider, with the way back."""
    headers = {name.lower(): value for name, value in asked.headers.items()}
    if asked.path == "/oauth2/start":
        return Says(b"", 302, headers={"Location": f"https://id.example/?back={headers['x-auth-request-redirect']}"})
    if asked.path == "/oauth2/auth" and headers.get("cookie") == "session=ann":
        return Says(b"", 202, headers={"X-Auth-Request-Email": "ann@example.com"})
    return Says(b"", 401)


@pytest.mark.parametrize("sign_in", [False, True])
def test_sign_in__nobody_else_says_who_somebody_is(tmp_path: Path, sign_in: bool):
    forged = {"X-Signed-In-Email": "boss@example.com", "x-signed-in-email": "boss@example.com"}
    with ScriptedHost(lambda _: SEEN) as dashboard, ScriptedHost(signed_in) as provider, proxy.running(
        tmp_path, [dashboard.url] * 2, sign_in=provider.url if sign_in else None,
        others={"rate=60r/s": "rate=1r/m", "burst=400": "burst=3"},
    ) as site:  # fmt: skip
        asked = site.ask("/leads?owner=Ann&stage=a%20b", headers=forged)
        if sign_in:
            assert asked.status_code == 302
            assert asked.headers["Location"] == "https://id.example/?back=/leads?owner=Ann&stage=a%20b"
            assert dashboard.asked == [], "nothing gets through unsigned"
            assert site.ask("/oauth2/auth").status_code == 404, "for nginx alone"
        mine = site.ask("/leads", headers={**forged, "Cookie": "session=ann"})
        assert mine.json() == {"seen": True}
        names = {name.lower(): value for name, value in dashboard.asked[-1].headers.items()}
        assert names.get("x-signed-in-email") == ("ann@example.com" if sign_in else None)
        assert (names["x-forwarded-for"], names["x-forwarded-proto"]) == ("127.0.0.1", "https")
        assert len(names["x-request-id"]) == 32
        statuses = {site.ask("/", of="127.0.0.9", headers={"Cookie": "session=ann"}).status_code for _ in range(6)}
        assert statuses == {200, 429}, "who asks too often"
        assert site.ask("/", of="127.0.0.10", headers={"Cookie": "session=ann"}).status_code == 200, "and nobody else"


def test_sign_in__by_openid_through_the_site(tmp_path: Path):
    """A deep link through TLS, one's own leads, out, and another person in the same browser."""
    make_demo(tmp_path / "store", leads=3_000, activities=9_000, seed=5)
    books = Books.read(tmp_path / "store")
    sellers = [user for user in books.users if user["Role"] == "Sales_User" and user["StatusCode"] == "0"][:2]
    people = {f"person{place}": {"email": user["EmailAddress"]} for place, user in enumerate(sellers)}
    port = free_port()
    with ExitStack() as running:
        secrets = auth(running.enter_context(provider(people)), f"https://{NAME}:{port}")
        started = [
            running.enter_context(
                process_of(
                    tmp_path, secrets=secrets, LSQ_DATA=str(tmp_path / "store"), LSQ_STATE_DIR=str(tmp_path / "state"),
                    FORWARDED_ALLOW_IPS="", STREAMLIT_SERVER_ALLOWED_HOSTS=NAME,
                )
            )
            for _ in range(2)
        ]  # fmt: skip
        (tmp_path / "nginx").mkdir()
        site = running.enter_context(proxy.running(tmp_path / "nginx", [one.url for one in started], port=port))
        page, _ = running.enter_context(opened(site))
        dashboard = Dashboard(page, site.url)
        for place, user in enumerate(sellers):
            mine = books.waiting(lambda lead, who=user["UserId"]: lead["OwnerId"] == who)
            stage, count = by("ProspectStage", mine).most_common(1)[0]
            page.goto(f"{site.url}/owners?stage={quote(str(stage))}")
            dashboard.press("Sign in")
            page.get_by_role("button", name=f"person{place}", exact=True).first.click()
            expect(dashboard.sentence).to_contain_text(re.compile(rf"^{count} of "))
            dashboard.has_link(stage=str(stage))
            page.get_by_role("button", name=books.name(user["UserId"])).click()
            dashboard.press("Sign out")
            page.get_by_role("button", name="End session").click()
            expect(page.get_by_role("button", name="Sign in")).to_be_visible()
