"""Where LeadSquared answers, by region. Source: the table of section 1 of the wire notes."""

from typing import NamedTuple

from lsq_api.host import addresses


class Region(NamedTuple):
    """A region and its API host; the other two hosts follow from it."""

    name: str
    api: str

    @property
    def analytics(self) -> str:
        """Where the reports are."""
        return addresses.analytics(f"https://{self.api}").removeprefix("https://")

    @property
    def app(self) -> str:
        """Where people sign in."""
        return (addresses.web_app(f"https://{self.api}") or "").removeprefix("https://")


REGIONS = (
    Region("Singapore", "api.leadsquared.com"),
    Region("United States", "api-us11.leadsquared.com"),
    Region("India (Mumbai)", "api-in21.leadsquared.com"),
    Region("India (Hyderabad)", "api-in22.leadsquared.com"),
    Region("Ireland", "api-ir31.leadsquared.com"),
    Region("Canada", "api-ca12.leadsquared.com"),
    Region("Middle East", "api-me61.leadsquared.com"),
)
