"""Entry point of the page: `conflictmap run`, or `streamlit run dashboard/app.py`.

The server imports this file once, for the app that answers requests; then Streamlit runs it as a script for every
reader.
"""

import sys

import streamlit as st

if __name__ == "__main__":
    from dashboard.ui import pages

    pages.run_page()
else:
    from starlette.middleware import Middleware

    from dashboard.errors import SettingsError
    from dashboard.ui.serving.guard import Guard, enter
    from dashboard.ui.serving.loops import keep_no_files_open

    keep_no_files_open()
    try:
        access = enter()
    except SettingsError as error:
        sys.exit(f"Error: {error}")
    app = st.App(__file__, middleware=[Middleware(Guard, access=access)])
