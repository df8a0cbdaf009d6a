"""The pages: they ask the store, and show. The only rooms, with app.py, that know Streamlit.

What a reader clicks and types goes in; the page comes out, and decisions are handed on to `dashboard.review`.
Only `dashboard.app` imports it; the command line starts it as a process of its own.
"""
