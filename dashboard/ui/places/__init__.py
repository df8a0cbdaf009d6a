"""The page of doubtful names and of the project's own places: deciding names, renaming, moving, merging.

A name or a place goes in; what a change would do to each row comes out, before anything is saved.
Only `dashboard.ui.pages` may import it; it borrows from `ui.review`.
"""
