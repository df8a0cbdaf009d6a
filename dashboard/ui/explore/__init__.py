"""The main page: map, timeline, filters and passages, all showing one choice of events.

The view in the URL, a click or the slider go in; the panes come out, the map first.
Only `dashboard.ui.pages` may import it; it may use `ui.review` for incidents.
"""
