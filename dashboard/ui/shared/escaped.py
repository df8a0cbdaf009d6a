"""Text and badges as HTML for `st.html`, with external text escaped."""

from html import escape

from dashboard.maps.palette import TYPE_STYLE
from dashboard.model import EventType
from dashboard.safetext import display_text


def badge(kind: EventType, *, hollow: bool = False) -> str:
    """The round badge with the letter of an event type, as HTML."""
    classes = f"badge{' hollow' if hollow else ''} type-{kind}"
    return f"<span class='{classes}' aria-hidden='true'>{TYPE_STYLE[kind].letter}</span>"


def html_text(text: str) -> str:
    """External text for `st.html`: cleaned for display and escaped."""
    return escape(display_text(text))
