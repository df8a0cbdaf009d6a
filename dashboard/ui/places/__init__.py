"""The page of doubtful names and of the project's own places: named, renamed, moved, joined.

A name or a place goes in; what a change would do to each row comes out, before anything is saved.
Only `dashboard.ui.pages` may import it; it borrows from `ui.review`.
"""
