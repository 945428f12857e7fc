"""The engine's one mapping of operators, against the contract's table."""

from lsq_api.contract.operators import TABLE
from lsq_api.server.query.operators import TESTS


def test_mapping__covers_just_what_is_asked_of_columns() -> None:
    """An operator that is accepted and not mapped is a failure of the server's own; activity codes are no column."""
    assert set(TESTS) == {row.symbol for row in TABLE if row.leads or row.users}
