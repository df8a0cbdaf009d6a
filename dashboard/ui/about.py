"""The page on what the map shows, where its data comes from, and which hosts it may contact."""

import streamlit as st

from dashboard.gazetteer.index import Source
from dashboard.model import EventType
from dashboard.safetext import escape_markdown
from dashboard.settings import Settings
from dashboard.taxonomy import title_of
from dashboard.ui.shared import escaped, opened, style, view_state

_METHOD = """
Every marker stands for events that somebody wrote about, and opens on the sentence that says so. The map shows
what the sources say, not what happened: a claim has a speaker, and nobody's words are taken as the map's own.

- **Dot**: a town, a city or a more exact place. **Ring**: near the named place, drawn as far as the name reaches.
  **Dashed area**: a province, district or region; the event was somewhere in it.
- Events known only for a whole country, at sea, or without any place are not drawn. They stand behind the button
  *off the map*.
- **Hollow**: the place is only named, because something was threatened, planned or denied there. **Small and grey**:
  history that the article recalls. These never share a marker with reported acts.
- **Dashed edge**: nobody has reviewed the event yet. **Faded**: only a part of the time in which it may have happened
  lies in the chosen period.
- Missing is missing. Unknown deaths are not zero, and "in March" is not the 15th.
"""

_BORDERS = """
Countries and provinces come from Natural Earth, which draws borders as they are held, not as they are claimed.
Disputed lines, such as the Line of Control in Kashmir, are dashed. A line on this map is no statement on a claim.
"""


def show_about_page() -> None:
    """Draw the page."""
    style.add_style_sheet()
    view_state.renew_widgets(*view_state.GROUPS)  # Streamlit forgets the widgets of the page that was left
    with st.container(key="about"):
        st.html("<h1 class='headline'>About this map</h1>")
        st.markdown(_METHOD)
        st.markdown("#### Types of event")
        st.html("".join(f"<p class='type'>{escaped.badge(kind)} {title_of(kind)}</p>" for kind in EventType))
        st.markdown("#### Borders")
        st.markdown(_BORDERS)
        st.markdown("#### Where the data comes from")
        st.markdown("\n".join(f"- {escape_markdown(_credit(source))}" for source in opened.gazetteer().sources))
        st.markdown("#### Which hosts this program may contact")
        st.markdown(_hosts(opened.settings()))


def _credit(source: Source) -> str:
    return f"{source.used_for}: {source.credit} ({source.licence}), from {source.package}"


def _hosts(settings: Settings) -> str:
    if settings.geocoder == "none":
        return "None. The map, the place names and the fonts are on this computer."
    return (
        f"The page itself contacts none. The command `conflictmap geocode --online` sends place names to "
        f"{escape_markdown(settings.nominatim_url)}."
    )
