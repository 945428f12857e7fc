"""Failures of the connection explained to the administrator: what each means and what to do. Pure."""

import re
from typing import NamedTuple

from lsq_api.contract import errors
from lsq_api.contract.errors import LeadSquaredError


class Remedy(NamedTuple):
    """A failure, what it means and what to do; where `seen` is given, the failure's own text has to contain it."""

    kind: type[LeadSquaredError]
    seen: str
    means: str
    do: str


REMEDIES = (
    Remedy(
        errors.NotConnected,
        "",
        "The settings cannot be used as they are.",
        "The text names the setting and what is allowed. The environment wins over secrets.toml, value by value.",
    ),
    Remedy(
        errors.Unauthorized,
        "",
        "LeadSquared does not know these keys at this host: they are mistyped, their user was deactivated, or they "
        "belong to another region.",
        "Copy both keys again, without blanks; then compare the host with the table of regions. Where LeadSquared "
        "names the right host, take that one.",
    ),
    Remedy(
        errors.Unreachable,
        "no such host name (DNS)",
        "There is no host of this name, or this computer cannot look names up.",
        "Compare the host with the table of regions, letter by letter; then ask whoever runs the network.",
    ),
    Remedy(
        errors.Unreachable,
        "no secure connection (TLS)",
        "The connection is not secure: a proxy looks into it, the computer's clock is wrong, or the certificate is "
        "not for this host.",
        "Set the clock; have the company's own certificate installed on this computer, or the host let through.",
    ),
    Remedy(
        errors.Unreachable,
        "the proxy refused",
        "The company's proxy does not let the call through.",
        "Have the hosts of your region allowed, or set HTTPS_PROXY to the proxy that may be used.",
    ),
    Remedy(
        errors.Unreachable,
        "connection refused",
        "There is a computer at this address, but nothing answers there.",
        "Compare host and port; a local server must be running before the dashboard.",
    ),
    Remedy(
        errors.Unreachable,
        "timed out",
        "No answer came in time: a firewall drops the calls, or LeadSquared is very slow.",
        "Open the host in a browser on this computer. If that does not answer either, ask whoever runs the network.",
    ),
    Remedy(
        errors.Unreachable,
        "",
        "The connection broke off.",
        "Try again; if it stays, ask whoever runs the network.",
    ),
    Remedy(
        errors.NotFound,
        "/v2/",
        "The host answers, but is not LeadSquared's API.",
        "Set LSQ_API_URL to the API host of your region, without a path.",
    ),
    Remedy(
        errors.NotFound,
        "",
        "The host answers, but has no reports.",
        "Set LSQ_ANALYTICS_URL to the reports' host of your region, or ask LeadSquared which one is yours.",
    ),
    Remedy(
        errors.Throttled,
        "",
        "The account has used its calls, also by other programs.",
        "Set LSQ_RATE_LIMIT and LSQ_DAILY_LIMIT to what the plan allows and the other programs leave.",
    ),
    Remedy(
        errors.UnexpectedAnswer,
        "",
        "Something other than LeadSquared answered: a sign-in page, a proxy or a gateway.",
        "Compare the host with the table of regions; open it in a browser on this computer to see who answers.",
    ),
    Remedy(
        errors.HostFailed,
        "",
        "LeadSquared has a failure of its own.",
        "Wait, and ask LeadSquared's support if it stays.",
    ),
    Remedy(
        errors.Rejected,
        "",
        "LeadSquared understood the call and refuses it.",
        "The text says which part; a field that the account no longer has is the usual cause.",
    ),
)

_API_HOST = re.compile(r"(?<![\w.-])api(?:-[a-z0-9]+)?\.leadsquared\.com", re.IGNORECASE)


def remedy(error: LeadSquaredError) -> Remedy | None:
    """The row that fits a failure best; None where the administrator can do nothing about it."""
    said = str(error)
    return next((one for one in REMEDIES if isinstance(error, one.kind) and one.seen in said), None)


def right_host(error: LeadSquaredError) -> str | None:
    """The API host that LeadSquared names when it refuses keys of another region (section 1 of the wire notes)."""
    found = _API_HOST.search(str(error)) if isinstance(error, errors.Unauthorized) else None
    return found[0].lower() if found else None
