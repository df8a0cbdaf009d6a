"""The server around the pages: starting Streamlit with the data preloaded, and the guard before every route.

A command line or a request goes in; a running page, or a refusal, comes out.
Only `dashboard.app` imports it, and `conflictmap run` starts it by name; no page needs it.
"""
