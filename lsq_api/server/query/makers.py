"""Who creates the store's activities (`contract/makers.py`): two passes over them, grouped by the engine."""

from collections import defaultdict
from functools import lru_cache

import ibis

from lsq_api.contract.makers import ActivityMakers, Made, Maker, at_all_hours
from lsq_api.server.query.engine import Engine, Row
from lsq_api.server.query.statement import COMPILED, Schema, Statement, compiled


@lru_cache(COMPILED)
def _by_hour(schema: Schema) -> Statement:
    """How many activities each user created in each hour of the day, in UTC; without those of nobody."""
    found = schema.table("activities")
    found = found.filter(found["CreatedBy"].notnull(), found["CreatedOn"].notnull())
    grouped = found.group_by(By=found["CreatedBy"], Hour=found["CreatedOn"].hour())
    return compiled(grouped.aggregate(Count=found.count()), schema.dialect)


@lru_cache(COMPILED)
def _by_code(schema: Schema) -> Statement:
    """How many activities of each code each user created; NULL is nobody."""
    found = schema.table("activities")
    found = found.filter(found["ActivityEvent"].notnull())
    grouped = found.group_by(Code=found["ActivityEvent"], By=ibis.coalesce(found["CreatedBy"], ""))
    return compiled(grouped.aggregate(Count=found.count()), schema.dialect)


def makers(engine: Engine) -> Row:
    """The extension's call: who creates activities, and what made those of each code."""
    hours: dict[str, list[int]] = defaultdict(lambda: [0] * 24)
    for row in engine.rows(_by_hour(engine.schema)):
        hours[row["By"].casefold()][int(row["Hour"])] += row["Count"]  # some engines extract it as a decimal
    always = {user: at_all_hours(counts) for user, counts in hours.items()}
    codes: dict[str, set[int]] = defaultdict(set)
    made: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in engine.rows(_by_code(engine.schema)):
        user = row["By"].casefold()
        place = 2 if not user else 1 if always.get(user) else 0
        made[row["Code"]][place] += row["Count"]
        codes[user].add(row["Code"])
    return ActivityMakers(
        users={
            user: Maker(sum(counts), always[user], tuple(sorted(codes[user])) if always[user] else ())
            for user, counts in hours.items()
        },
        codes={code: Made(*counts) for code, counts in made.items()},
    ).wire()
