"""Rows of events.csv that lack a place: what they state about it themselves, and filling the cells that are empty.

Rows and the project's own places go in; what was placed, what was not and why, and the places needed for it come out.
The rooms above may import it; nothing else in `dashboard.geocode` does.
"""
