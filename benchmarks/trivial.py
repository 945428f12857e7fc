"""The floor to compare with: one form, one chart, one table, and numbers made on the spot."""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

st.set_page_config(layout="wide")
with st.sidebar, st.form("filters"):
    factor = st.number_input("Factor", 1, 1_000, int(st.query_params.get("factor", "1")), key="factor")
    applied = st.form_submit_button("Apply")
page = st.pagination(20, key="page")
numbers = [factor * page * number for number in range(1, 11)]
st.metric("Not contacted", f"{sum(numbers):,}")
st.plotly_chart(go.Figure(go.Bar(x=numbers)), key="chart")
st.dataframe(pd.DataFrame({"number": numbers, "twice": [2 * number for number in numbers]}))
