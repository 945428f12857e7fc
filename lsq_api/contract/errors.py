"""Everything that can go wrong between the dashboard and a host.

    LeadSquaredError                 any failure of a call; `str()` is for the log, free of keys
    ├── NotConnected                 the settings are unusable (no host, half a pair of keys, unknown file)
    ├── UnreadableData               the files of own data have a fault; names file, line, column and value
    ├── NotAsked                     the call was not made, so as to stay within the plan's limit
    │   ├── Busy                     no permit for it in time: other calls use up the limit
    │   ├── BudgetSpent              the calls of the day are made
    │   └── GivenUp                  whoever wanted the answer cancelled
    ├── Unreachable                  no answer: DNS, refused, reset, time-out
    ├── HostError                    the host answered with an error (status, MX type, message)
    │   ├── Unauthorized             401: wrong or disabled keys, wrong region
    │   ├── Rejected                 the request itself is at fault (400, or an MX validation body): never retried
    │   ├── NotFound                 404 or 405: no such call at this address
    │   ├── Throttled                over the limit of calls (429, or its body under another status)
    │   └── HostFailed               any other 5xx: a gateway, a failure of the host's own
    ├── UnexpectedAnswer             a 200 that is not what the contract says
    │   └── Garbled                  a 200 that is no whole JSON: cut off, or a gateway's page
    ├── Incomplete                   a paged answer whose rows do not add up to its TotalCount
    └── Costly                       nothing is wrong: the answer takes many calls, and nobody has agreed to them yet

Source: "HTTP Response Codes" of the report's page; the envelope and its types are section 8 of the wire notes.
"""

from dataclasses import dataclass

# `ExceptionType` values of the envelope.
MANDATORY_MISSING = "MXMandatoryAttributeMissingException"
INVALID_INPUT = "MXInvalidInputException"
UNKNOWN_ATTRIBUTE = "MXUnknownAttributeException"
INVALID_ACCESS = "MXInvalidAccessDetailsException"
UNAUTHORIZED_ACCESS = "MXUnAuthorizedAccessException"
RATE_LIMIT = "MXAPIRateLimitExceededException"
UNKNOWN_API = "MXUnknownAPIException"
TIMEOUT = "MXTimeoutException"
# Without the MX prefix on purpose: a failure of the host's own may pass on a second try, an MX type never does.
INTERNAL = "InternalServerError"


@dataclass(frozen=True)
class Envelope:
    """The body of every error: `{"Status": "Error", "ExceptionType": …, "ExceptionMessage": …}`."""

    type: str
    message: str

    def wire(self) -> dict[str, str]:
        """The envelope as it is sent."""
        return {"Status": "Error", "ExceptionType": self.type, "ExceptionMessage": self.message}

    @classmethod
    def read(cls, body: object) -> "Envelope | None":
        """The envelope in a decoded body, whatever its status was; None where the body is not one."""
        named = {str(key).lower(): value for key, value in body.items()} if isinstance(body, dict) else {}
        if str(named.get("status")).lower() != "error" and "exceptiontype" not in named:
            return None
        return cls(str(named.get("exceptiontype") or ""), str(named.get("exceptionmessage") or ""))


class LeadSquaredError(Exception):
    """Any failure of a call; see the tree at the top of this file."""


class NotConnected(LeadSquaredError):
    """The settings cannot be used; the message names the setting and what is allowed."""


class UnreadableData(LeadSquaredError):
    """Own data cannot be read; the message names the place."""


class NotAsked(LeadSquaredError):
    """The call was not made."""


class Busy(NotAsked):
    """No leave for a call came in time."""


class BudgetSpent(NotAsked):
    """The calls of the day are made."""


class GivenUp(NotAsked):
    """The answer is not wanted any more."""


class Unreachable(LeadSquaredError):
    """The host gave no answer. `passing` says whether a second try can help."""

    def __init__(self, message: str, *, passing: bool = True) -> None:
        self.passing = passing
        super().__init__(message)


class HostError(LeadSquaredError):
    """The host answered with an error.

    `status` is the HTTP status, `envelope` the MX body where there was one, `call` the path without its query,
    `retry_after` the seconds after which the host wants to be asked again, where it said so.
    """

    retry_after: float | None = None

    def __init__(self, call: str, status: int, envelope: Envelope | None = None) -> None:
        self.call, self.status, self.envelope = call, status, envelope
        said = f": {envelope.type}: {envelope.message}" if envelope else ""
        super().__init__(f"{call} answered {status}{said}")


class Unauthorized(HostError):
    """401. `right_host` is the host the keys belong to, where the message names it (section 1)."""

    right_host: str | None = None


class Rejected(HostError):
    """The request is at fault; asking again would give the same answer."""


class NotFound(HostError):
    """404 or 405."""


class Throttled(HostError):
    """More calls than the account may make. `limit` is how many calls in how many seconds, where the host said so."""

    limit: tuple[int, int] | None = None


class HostFailed(HostError):
    """5xx without a validation body."""


class UnexpectedAnswer(LeadSquaredError):
    """A success whose body is not what the contract says; names keys seen, never values."""


class Garbled(UnexpectedAnswer):
    """A success whose body is no whole JSON."""


class Incomplete(LeadSquaredError):
    """Rows and `TotalCount` of a paged answer differ."""


class Costly(LeadSquaredError):
    """An answer that takes more calls than a screen may make unasked: `calls` (`at_least` so many), and seconds.

    `request` is what was asked, as the client takes it.
    """

    def __init__(self, request: object, calls: int = 0, seconds: float = 0.0, *, at_least: bool = False) -> None:
        self.request, self.calls, self.seconds, self.at_least = request, calls, seconds, at_least
        super().__init__(f"needs {'at least' if at_least else 'about'} {calls:,} calls, about {seconds:,.0f} s")
