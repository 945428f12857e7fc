"""Parts that the bodies of several look-ups share."""

from pydantic import Field

from lsq_api.contract.lookups import V2_PAGE_SIZE
from lsq_api.contract.wire import CommaNames, Wire


class SearchPaging(Wire):
    """A page of an answer; `index` counts from 1."""

    index: int = Field(1, alias="PageIndex", ge=1)
    size: int = Field(V2_PAGE_SIZE, alias="PageSize", ge=1, le=V2_PAGE_SIZE)

    @property
    def offset(self) -> int:
        """How many rows are before the page."""
        return (self.index - 1) * self.size


class SearchColumns(Wire):
    """The attributes to return."""

    names: CommaNames = Field(alias="Include_CSV")
