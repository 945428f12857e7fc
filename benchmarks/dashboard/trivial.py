"""The least a Streamlit page with a form, a chart and a table can be: the floor that the dashboard is held against."""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

st.set_page_config(page_title="Trivial", layout="wide")
with st.sidebar, st.form("form"):
    number = st.number_input("Number", 1, 1_000, 1)
    st.form_submit_button("Apply")
page = st.pagination(9, key="page")
st.text(f"Number {number}, page {page}")
figure = go.Figure()
figure.add_bar(y=list(range(10)), x=[number + place for place in range(10)], orientation="h")
st.plotly_chart(figure)
st.dataframe(pd.DataFrame({"row": [page * 50 + place for place in range(50)], "value": number}), height=560)
