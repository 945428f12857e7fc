"""From nothing to connected: the example file, the table of regions, and what each failure means."""

import re
import tomllib
from pathlib import Path

import httpx
import pytest

from components.page.remedies import REMEDIES, remedy, right_host
from lsq_api.access.people import Exceptions
from lsq_api.client import failures
from lsq_api.client.client import Client
from lsq_api.contract import errors
from lsq_api.contract.errors import Envelope, LeadSquaredError
from lsq_api.host import addresses
from lsq_api.host.addresses import REGIONS
from lsq_api.host.settings import Settings
from tests.scripted import Says, ScriptedHost, error, host_at

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / ".streamlit" / "secrets.toml.example"


def section(text: str) -> dict[str, object]:
    return dict(tomllib.loads(text)["connections"]["leadsquared"])


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATA", "API_URL", "ANALYTICS_URL", "APP_URL", "ACCESS_KEY", "SECRET_KEY", "RATE_LIMIT", "CONTACTS"):
        monkeypatch.delenv(f"LSQ_{name}", raising=False)


def test_example__is_read_as_it_stands():
    settings = Settings.load(section(EXAMPLE.read_text("utf-8")))
    assert settings.mode == "leadsquared"
    assert settings.host is not None
    assert settings.host.analytics_url == "https://analyticsapi-in21.leadsquared.com"


def test_example__every_line_that_can_be_switched_on_is_a_setting():
    """Without `data`, which stands instead of a host."""
    lines = EXAMPLE.read_text("utf-8").partition("# [auth]")[0].splitlines()
    switched = [re.sub(r"^# (?=[a-z_]+ = )", "", line) for line in lines if not line.startswith("# data")]
    assert len([line for line in switched if re.match(r"[a-z_]+ = ", line)]) == 11
    settings = Settings.load(section("\n".join(switched)))
    assert (settings.daily_limit, settings.names_app) == (250_000, True)
    assert (settings.trusted_header, [str(one) for one in settings.trusted_proxies]) == (
        "X-Forwarded-Email",
        ["127.0.0.1/32"],
    )
    assert dict(settings.contacts) == {"Phone call": (21, 22), "Meeting": (30,)}


def test_example__says_who_signs_in_and_who_sees_what():
    lines = EXAMPLE.read_text("utf-8").partition("# [auth]")[1:]
    stored = tomllib.loads(re.sub(r"^# ?(?=\[|[a-z_]+ = |\")", "", "".join(lines), flags=re.MULTILINE))
    assert set(stored) == {"auth", "access"}
    found = Exceptions.read(stored["access"])
    assert found.everything == ("head@company.com",)
    assert found.stand_ins == {"assistant@company.com": "manager@company.com"}


def test_example__has_the_table_of_regions():
    rows = re.findall(r"^# (\S.*?) {2,}(\S+\.com) {2,}(\S+\.com)$", EXAMPLE.read_text("utf-8"), re.MULTILINE)
    assert rows == [(region.name, region.app, region.api) for region in REGIONS]


def test_regions__have_hosts_of_their_own():
    assert ("India (Mumbai)", "api-in21.leadsquared.com") in REGIONS
    (mumbai,) = [region for region in REGIONS if region.name == "India (Mumbai)"]
    assert (mumbai.analytics, mumbai.app) == ("analyticsapi-in21.leadsquared.com", "in21.leadsquared.com")
    assert REGIONS[0].analytics == "analyticsapi.leadsquared.com"
    assert REGIONS[0].app == "run.leadsquared.com"
    for hosts in zip(*((one.api, one.analytics, one.app) for one in REGIONS), strict=True):
        assert len(set(hosts)) == len(REGIONS)


@pytest.mark.parametrize(
    ("services", "app"),
    [
        ({"Api": "https://api-in21.leadsquared.com", "AppUrl": "in21.leadsquared.com"}, "https://in21.leadsquared.com"),
        ({"LSQWebApp": "https://crm.example/"}, "https://crm.example"),
        ({"Api": "https://api.leadsquared.com"}, None),
        ({"App": "javascript:alert(1)"}, None),
        ({"App": "http://crm.example"}, None),
        ({"App": ""}, None),
        ({}, None),
    ],
)
def test_app_among__what_an_account_says_of_itself(services: dict[str, str], app: str | None):
    assert addresses.app_among(services) == app


REGION = "You are using the wrong region; the host of this account is https://api-us11.leadsquared.com/v2/"


@pytest.mark.parametrize(
    ("failure", "host"),
    [
        (
            errors.Unauthorized("/v2/x", 401, Envelope("MXInvalidAccessDetailsException", REGION)),
            "api-us11.leadsquared.com",
        ),
        (errors.Unauthorized("/v2/x", 401, Envelope("MX", "use API.leadsquared.com.")), "api.leadsquared.com"),
        (errors.Unauthorized("/v2/x", 401, Envelope("MX", "Invalid Access Details provided.")), None),
        (errors.Unauthorized("/v2/x", 401), None),
        (errors.HostFailed("/v2/x", 500, Envelope("x", REGION)), None),
    ],
)
def test_right_host__is_the_one_that_leadsquared_names(failure: LeadSquaredError, host: str | None):
    assert right_host(failure) == host


def failed(says: Says | str) -> LeadSquaredError:
    """The failure of a real call that is answered so, or goes to such an address."""
    with ScriptedHost(says if isinstance(says, Says) else Says()) as host:
        where = host.host if isinstance(says, Says) else host_at(says)
        with Client(where, timeout=httpx.Timeout(0.3)) as client, pytest.raises(LeadSquaredError) as caught:
            client.whoami()
    return caught.value


@pytest.mark.parametrize(
    ("says", "means"),
    [
        (error("MXInvalidAccessDetailsException", "Invalid Access Details provided.", 401), "does not know these keys"),
        (Says(b"", 404), "not LeadSquared's API"),
        (Says(b"<html>sign in</html>", 200, "text/html"), "Something other than LeadSquared"),
        (Says(b"", 302), "Something other than LeadSquared"),
        (error("MXAPIRateLimitExceededException", "later", 429), "has used its calls"),
        (Says(b"", 503), "failure of its own"),
        (Says(reset=True), "broke off"),
        (Says(silent=True), "No answer came in time"),
        ("http://127.0.0.1:9", "nothing answers there"),
    ],
    ids=str,
)
def test_remedy__fits_what_really_happens(says: Says | str, means: str):
    found = remedy(failed(says))
    assert found is not None
    assert means in found.means


def test_remedy__of_a_name_that_is_none():
    found = remedy(errors.Unreachable("api.x gave no answer to /v2/x: no such host name (DNS)"))
    assert found is not None
    assert "no host of this name" in found.means


def test_remedy__of_reports_at_the_wrong_host_names_their_setting():
    found = remedy(errors.NotFound("/Leads/NotContacted", 404))
    assert found is not None
    assert "LSQ_ANALYTICS_URL" in found.do


def test_remedies__name_causes_that_the_client_tells():
    told = {words for _, words in failures._CAUSES}
    causes = [one.seen for one in REMEDIES if one.kind is errors.Unreachable and one.seen]
    assert all(any(cause in words for words in told) for cause in causes)


def test_remedies__the_particular_stands_before_the_general():
    for number, one in enumerate(REMEDIES):
        hidden = [before for before in REMEDIES[:number] if issubclass(one.kind, before.kind) and not before.seen]
        assert not hidden, one
