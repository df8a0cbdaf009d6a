"""The pages: they ask the store, and show. The only rooms, with app.py, that know Streamlit."""
