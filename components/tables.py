"""Tables of leads."""

from datetime import datetime

import pandas as pd
import streamlit as st

from components import words
from components.frame import Asked

FIELDS = (
    "FirstName",
    "LastName",
    "EmailAddress",
    "ProspectStage",
    "OwnerId",
    "CreatedOn",
    "ProspectActivityDate_Max",
    "EngagementScore",
    "Source",
    "ProspectID",
)
"""The fields of a list until the viewer chooses others."""


def leads(asked: Asked, found: pd.DataFrame) -> None:
    """A page of leads: who, where, whose, since when. Times are the viewer's."""
    shown = readable(asked, found)
    top = pd.to_numeric(found["EngagementScore"], errors="coerce").max()
    st.dataframe(
        shown,
        hide_index=True,
        height=min(38 + 35 * max(len(shown), 1), 38 + 35 * 15),
        column_config={
            "Came in": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm"),
            "Last activity (any)": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm"),
            "Engagement": st.column_config.ProgressColumn(
                format="%d", min_value=0, max_value=float(top) if top and top > 0 else 100.0
            ),
        },
        alt=f"{len(shown)} leads not contacted",
        placeholder="–",
    )


def readable(asked: Asked, found: pd.DataFrame) -> pd.DataFrame:
    """The columns a manager reads, named for people: names instead of IDs, times in the viewer's zone."""
    name = (found["FirstName"].fillna("") + " " + found["LastName"].fillna("")).str.strip()
    name = name.where(name != "", found["EmailAddress"]).fillna("Lead " + found["ProspectID"].str[:8])
    zone = str(asked.zone)
    return pd.DataFrame(
        {
            "Name": name,
            "Stage": found["ProspectStage"],
            "Owner": [
                asked.directory.user_label(owner) if isinstance(owner, str) else None for owner in found["OwnerId"]
            ],
            "Came in": found["CreatedOn"].dt.tz_convert(zone),
            "Waiting": [_age(created, asked.now) for created in found["CreatedOn"]],
            "Last activity (any)": found["ProspectActivityDate_Max"].dt.tz_convert(zone),
            "Engagement": found["EngagementScore"],
            "Source": found["Source"],
        }
    ).dropna(axis="columns", how="all")


def _age(created: pd.Timestamp, now: datetime) -> str | None:
    return None if pd.isna(created) else words.age(created.to_pydatetime(), now)
