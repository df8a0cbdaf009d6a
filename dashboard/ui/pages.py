"""All pages and the frame around them: one run of a page, for one reader."""

import streamlit as st

from dashboard.errors import DashboardError
from dashboard.safetext import escape_markdown
from dashboard.ui import about, sources
from dashboard.ui.explore import page as explore
from dashboard.ui.places import page as places
from dashboard.ui.review import page as review
from dashboard.ui.review import session
from dashboard.ui.shared import opened, view_state


def run_page() -> None:
    """Draw the page that the URL names."""
    st.set_page_config(page_title="Conflict map", layout="wide", initial_sidebar_state="collapsed")
    explore_page = st.Page(explore.show_map_page, title="Map", default=True)
    sources_page = st.Page(sources.show_sources_page, title="Sources", url_path="sources")
    review_page = st.Page(review.show_review_page, title="Review", url_path="review")
    places_page = st.Page(places.show_places_page, title="Places", url_path="places")
    about_page = st.Page(about.show_about_page, title="About this map", url_path="about")
    current = st.navigation([explore_page, sources_page, review_page, places_page, about_page], position="hidden")
    if event_id := session.requested_event():
        st.switch_page(review_page, query_params={"event": event_id})
    title = ""
    try:
        current.run()
        title = f"Data: {escape_markdown(opened.store().title)} · "
    except DashboardError as error:  # a file was changed or removed while the page was open
        st.error(escape_markdown(str(error)))
    with st.container(horizontal=True, key="footer"):
        # The view is passed as parameters of the link: pages only know each other by their URL.
        st.page_link(explore_page, label="Map", query_params=view_state.last_params())
        st.page_link(review_page, label="Review")
        st.page_link(places_page, label="Places")
        st.page_link(sources_page, label="Sources")
        st.page_link(about_page, label="About this map")
        st.caption(f"{title}Places © GeoNames (CC BY 4.0) · Boundaries: Natural Earth · Map: Leaflet")
