"""Entry of the page: `streamlit run dashboard/app.py`."""

import streamlit as st

st.set_page_config(page_title="Conflict map", layout="wide")
st.title("Conflict map")
