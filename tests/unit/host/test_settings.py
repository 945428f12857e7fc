import os
from pathlib import Path

import pytest
from pydantic import SecretStr

from lsq_api.contract.errors import NotConnected
from lsq_api.host import addresses
from lsq_api.host.settings import Host, Settings
from lsq_api.limits.rate import Rate

ACCESS, SECRET = "u$r0123$HOME${PATH}", "5ecr3t%41#'\"\\"
ENVIRONMENT = {"LSQ_API_URL": "api-in21.leadsquared.com", "LSQ_ACCESS_KEY": ACCESS, "LSQ_SECRET_KEY": SECRET}
SECRETS: dict[str, object] = {"api_url": "api-us11.leadsquared.com", "access_key": "other", "secret_key": "another"}
KEYS = {"LSQ_ACCESS_KEY": ACCESS, "LSQ_SECRET_KEY": SECRET}


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.upper().startswith("LSQ_"):
            monkeypatch.delenv(name)


def load(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], secrets: dict[str, object]) -> Settings:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return Settings.load(secrets)


def test_settings__nothing_is_demo() -> None:
    settings = Settings.load()
    assert (settings.mode, settings.data, settings.host) == ("demo", None, None)
    assert (settings.rate_limit, settings.daily_limit) == (Rate(25, 5), None)


@pytest.mark.parametrize(
    ("environment", "secrets", "mode", "api_url"),
    [
        ({"LSQ_DATA": "/data"}, {}, "data", None),
        ({}, {"data": "/data"}, "data", None),
        (ENVIRONMENT, {}, "leadsquared", "https://api-in21.leadsquared.com"),
        ({}, SECRETS, "leadsquared", "https://api-us11.leadsquared.com"),
        (ENVIRONMENT, SECRETS, "leadsquared", "https://api-in21.leadsquared.com"),
        ({"LSQ_DATA": "/data"}, SECRETS, "data", None),
        ({"LSQ_DATA": "/data"}, {**SECRETS, "data": "/other"}, "data", None),
        (ENVIRONMENT, {"data": "/data"}, "leadsquared", "https://api-in21.leadsquared.com"),
        (KEYS, SECRETS, "leadsquared", "https://api-us11.leadsquared.com"),
        ({"LSQ_DATA": "/data", **KEYS}, {}, "data", None),
        ({"LSQ_DATA": "  ", "LSQ_API_URL": "", "LSQ_ACCESS_KEY": " "}, {"data": "", "api_url": " "}, "demo", None),
        ({"LSQ_DATA": ""}, {"data": "/data"}, "data", None),
    ],
)
def test_settings__mode(
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    secrets: dict[str, object],
    mode: str,
    api_url: str | None,
) -> None:
    settings = load(monkeypatch, environment, secrets)
    assert settings.mode == mode
    assert (settings.host.api_url if settings.host else None) == api_url
    assert settings.data == ("/data" if mode == "data" else None)


def test_settings__environment_wins_value_by_value(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = {**SECRETS, "app_url": "https://crm.example", "rate_limit": "10/5", "daily_limit": 9000, "type": "any"}
    settings = load(monkeypatch, {"LSQ_SECRET_KEY": SECRET, "LSQ_DAILY_LIMIT": "500"}, stored)
    assert settings.host is not None
    assert settings.host.access_key.get_secret_value() == "other"
    assert settings.host.secret_key.get_secret_value() == SECRET
    assert settings.host.app_url == "https://crm.example"
    assert (settings.rate_limit, settings.daily_limit) == (Rate(10, 5), 500)


def test_settings__where_calls_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(monkeypatch, {}, SECRETS).state_dir is None
    assert load(monkeypatch, {}, {**SECRETS, "state_dir": "/srv/state"}).state_dir == Path("/srv/state")
    found = load(monkeypatch, {"LSQ_STATE_DIR": " /srv/other "}, {**SECRETS, "state_dir": "/srv/state"})
    assert found.state_dir == Path("/srv/other")


@pytest.mark.parametrize("stored", [False, True])
def test_settings__keys_are_literal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stored: bool) -> None:
    """Prevents: variable expansion, `.env` files and decoding eating the `$` of real access keys."""
    (tmp_path / ".env").write_text("LSQ_ACCESS_KEY=from-a-file\nLSQ_DATA=from-a-file\n")
    monkeypatch.chdir(tmp_path)
    secrets = {name[4:].lower(): value for name, value in ENVIRONMENT.items()}
    settings = load(monkeypatch, {}, dict(secrets)) if stored else load(monkeypatch, ENVIRONMENT, {})
    assert settings.host is not None
    assert settings.host.access_key.get_secret_value() == ACCESS
    assert settings.host.secret_key.get_secret_value() == SECRET


@pytest.mark.parametrize(
    ("environment", "secrets", "words"),
    [
        ({"LSQ_DATA": "/data", **ENVIRONMENT}, {}, ("LSQ_DATA", "LSQ_API_URL")),
        ({}, {**SECRETS, "data": "/data"}, ("LSQ_DATA", "LSQ_API_URL")),
        ({"LSQ_API_URL": "api.leadsquared.com"}, {}, ("LSQ_ACCESS_KEY",)),
        ({"LSQ_API_URL": "api.leadsquared.com", "LSQ_ACCESS_KEY": ACCESS}, {}, ("LSQ_SECRET_KEY",)),
        ({"LSQ_API_URL": "api.leadsquared.com", "LSQ_SECRET_KEY": SECRET}, {}, ("LSQ_ACCESS_KEY",)),
        ({"LSQ_ACCESS_KEY": ACCESS}, {}, ("LSQ_API_URL", "LSQ_ACCESS_KEY")),
        (KEYS, {}, ("LSQ_API_URL",)),
        ({"LSQ_ANALYTICS_URL": "x.example"}, {}, ("LSQ_API_URL", "LSQ_ANALYTICS_URL")),
        ({}, {"secret_key": SECRET}, ("api_url in [connections.leadsquared]",)),
        ({**ENVIRONMENT, "LSQ_ACCESS_KEY": "two words"}, {}, ("LSQ_ACCESS_KEY",)),
        ({**ENVIRONMENT, "LSQ_SECRET_KEY": "schlüssel"}, {}, ("LSQ_SECRET_KEY",)),
        ({**ENVIRONMENT, "LSQ_API_URL": "http://api.leadsquared.com"}, {}, ("LSQ_API_URL", "https://")),
        ({**ENVIRONMENT, "LSQ_ANALYTICS_URL": "http://10.0.0.1"}, {}, ("LSQ_ANALYTICS_URL", "https://")),
        ({**ENVIRONMENT, "LSQ_APP_URL": "ftp://x.example"}, {}, ("LSQ_APP_URL",)),
        ({"LSQ_RATE_LIMIT": "25"}, {}, ("LSQ_RATE_LIMIT", "25/5")),
        ({"LSQ_RATE_LIMIT": "0/5"}, {}, ("LSQ_RATE_LIMIT",)),
        ({"LSQ_DAILY_LIMIT": "0"}, {}, ("LSQ_DAILY_LIMIT",)),
        ({"LSQ_DAILY_LIMIT": "many"}, {}, ("LSQ_DAILY_LIMIT",)),
        ({}, {"acces_key": "typo"}, ("acces_key", "access_key")),
        ({}, {"api_url": 5}, ("api_url in [connections.leadsquared]",)),
        ({}, {"access_key": {"nested": SECRET}}, ("access_key in [connections.leadsquared]",)),
    ],
)
def test_settings__refused(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], secrets: dict[str, object], words: tuple[str, ...]
) -> None:
    with pytest.raises(NotConnected) as caught:
        load(monkeypatch, environment, secrets)
    said = str(caught.value)
    assert all(word in said for word in words), said
    assert ACCESS not in said
    assert SECRET not in said
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("api-in21.leadsquared.com", "https://api-in21.leadsquared.com"),
        ("https://api-in21.leadsquared.com/", "https://api-in21.leadsquared.com"),
        ("https://api-in21.leadsquared.com/v2/", "https://api-in21.leadsquared.com"),
        ("HTTPS://API-IN21.LeadSquared.com:443/V2", "https://api-in21.leadsquared.com"),
        ("lsq.example:8443", "https://lsq.example:8443"),
        ("http://127.0.0.1:8600", "http://127.0.0.1:8600"),
        ("127.0.0.1:8600", "http://127.0.0.1:8600"),
        ("http://localhost:80/", "http://localhost"),
        ("http://[::1]:8600", "http://[::1]:8600"),
    ],
)
def test_addresses__same_base(text: str, base: str) -> None:
    assert addresses.base(text, "LSQ_API_URL") == base


@pytest.mark.parametrize(
    "text",
    [
        "https://",
        "two words",
        "https://api.leadsquared.com/v2/LeadManagement.svc",
        "https://api.leadsquared.com?accessKey=hidden",
        "https://hidden:hidden@api.leadsquared.com",
        "https://api.leadsquared.com:port",
        "https://api.leadsquared.com#hidden",
        "file:///etc/passwd",
        "http://127.0.0.1.evil.example",
        "http://192.168.1.5",
        "-",
    ],
)
def test_addresses__refused_without_repeating_it(text: str) -> None:
    with pytest.raises(NotConnected, match="LSQ_API_URL") as caught:
        addresses.base(text, "LSQ_API_URL")
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    ("api", "analytics", "app"),
    [
        ("api.leadsquared.com", "https://analyticsapi.leadsquared.com", "https://run.leadsquared.com"),
        ("api-in21.leadsquared.com", "https://analyticsapi-in21.leadsquared.com", "https://in21.leadsquared.com"),
        ("api-us11.leadsquared.com", "https://analyticsapi-us11.leadsquared.com", "https://us11.leadsquared.com"),
        ("api.leadsquared.com.evil.example", "https://api.leadsquared.com.evil.example", None),
        ("asyncapi.leadsquared.com", "https://asyncapi.leadsquared.com", None),
        ("http://127.0.0.1:8600", "http://127.0.0.1:8600", None),
    ],
)
def test_settings__other_hosts_follow_from_the_first(
    monkeypatch: pytest.MonkeyPatch, api: str, analytics: str, app: str | None
) -> None:
    host = load(monkeypatch, {**ENVIRONMENT, "LSQ_API_URL": api}, {}).host
    assert host is not None
    assert (host.analytics_url, host.app_url) == (analytics, app)


def test_settings__no_key_and_no_password_in_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = repr(load(monkeypatch, ENVIRONMENT, {})) + repr(Settings(data="postgresql://me:pass@db/leads"))
    assert ACCESS not in shown
    assert SECRET not in shown
    assert "pass" not in shown


def test_host__identity_tells_accounts_apart_and_holds_no_key() -> None:
    def identity(api: str, access: str, secret: str) -> str:
        return Host(api, api, None, SecretStr(access), SecretStr(secret)).identity

    mine = identity("https://a.example", ACCESS, SECRET)
    assert mine == identity("https://a.example", ACCESS, "changed-secret")
    assert mine != identity("https://b.example", ACCESS, SECRET)
    assert mine != identity("https://a.example", "another", SECRET)
    assert ACCESS not in mine
