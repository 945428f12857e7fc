"""What the benchmarks ask of an account: of every lead, so that nothing is a small answer."""

from lsq_api.contract.conditions import ActivityFilter
from lsq_api.contract.report import AggregateOutput, Function, NotContacted, NotContactedFilter

NEVER = NotContactedFilter(activities=(ActivityFilter(values=("999999",), operator="in"),))
"""An activity that nobody has: every lead matches."""


def counted(field: str) -> NotContacted:
    """How many leads wait, by a field."""
    return NotContacted(filter=NEVER, output=AggregateOutput(group_by=field, function=Function.COUNT, field="Score"))
