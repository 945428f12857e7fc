"""How to get connected, for an administrator: the steps, each region's hosts, and what each failure means."""

import streamlit as st

from components.page.remedies import REMEDIES, remedy, right_host
from components.shell import frame, words
from components.shell.widgets import CLOSE, pair
from lsq_api.contract.errors import LeadSquaredError, NotConnected
from lsq_api.host.addresses import REGIONS

REGION = "setup_region"
"""Key of the choice of a region."""
_FILE = """[connections.leadsquared]
api_url = "https://{api}"
access_key = "YOUR_ACCESS_KEY"
secret_key = "YOUR_SECRET_KEY"
rate_limit = "10/5"  # your plan's calls in 5 seconds, less what other programs need
"""


def guide(*, expanded: bool) -> None:
    """Draw the steps to connect LeadSquared or own data."""
    with st.expander("Connect LeadSquared or your own files", icon=":material/power:", expanded=expanded):
        _leadsquared()
        st.markdown("**Your own files**")
        if frame.can_add():
            to_add_data()
            st.text("Drop them there. Or, for all who start the dashboard on this machine:")
        st.text("Set LSQ_DATA to a folder with leads, activities, users and activity_types as CSV or Parquet:")
        st.code("LSQ_DATA=path/to/folder make run", language="bash")
    with st.expander("What a failure means", icon=":material/troubleshoot:"):
        st.dataframe(
            {
                "Failure": [f"{one.kind.__name__}{f': {one.seen}' if one.seen else ''}" for one in REMEDIES],
                "It means": [one.means for one in REMEDIES],
                "What to do": [one.do for one in REMEDIES],
            },
            hide_index=True,
            row_height=70,
            alt="Failures of the connection, what each means and what to do",
        )


def _leadsquared() -> None:
    st.markdown("**LeadSquared**")
    st.text("1. The host goes by the region of your account, which is in LeadSquared's address when you are signed in.")
    names = {region.name: region for region in REGIONS}
    region = names[st.selectbox("Region", list(names), index=2, key=REGION, width=260)]
    with st.container(gap=CLOSE):
        pair("You sign in at", region.app)
        pair("API host", region.api)
        pair("Reports' host", region.analytics)
    st.text(
        "2. Access key and secret key are in LeadSquared under Settings, API and Webhooks. What their user may see is "
        "what the dashboard shows. Write the keys as they are: $ needs no escape."
    )
    st.text("3. Both go into .streamlit/secrets.toml beside app.py, a file for the dashboard's own user alone:")
    st.code(_FILE.format(api=region.api), language="toml")
    st.text(
        "Or set LSQ_API_URL, LSQ_ACCESS_KEY, LSQ_SECRET_KEY and LSQ_RATE_LIMIT in the environment, which wins; in a "
        "shell put the keys in single quotes, so that it leaves $ alone. Start the dashboard again after that."
    )
    st.text("4. Come back here and test the connection.")


def to_add_data() -> None:
    """Draw the link to the page on which files are added."""
    st.page_link("pages/add_data.py", label=frame.ADD_DATA, icon=":material/upload_file:")


def explained(error: LeadSquaredError) -> None:
    """Draw what a failure means and what to do about it."""
    found, host = remedy(error), right_host(error)
    if found:
        pair("It means", found.means)
        pair("What to do", found.do)
    if host:
        pair("Right host", f"LeadSquared says that these keys belong to {host}: set LSQ_API_URL to https://{host}")


def instead(error: LeadSquaredError) -> None:
    """Draw the steps to connect in place of a page; they are open where the settings themselves are at fault."""
    st.caption(words.plain("Nothing else of this page can be shown until there is a connection."))
    guide(expanded=isinstance(error, NotConnected))
