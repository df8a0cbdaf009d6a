"""The fields for correcting an event's date, type, assertion and other cells, and the changes made in them."""

from collections.abc import Mapping

import streamlit as st

from dashboard.model import Assertion, DateBasis, EventType
from dashboard.tables import EventRow, Row
from dashboard.taxonomy import kinds, sub_types, title_of

_DATES = ("date_start", "date_end")
_WORDS = {
    "title": "Title",
    "actor1": "Actor",
    "actor2": "Other actor",
    "claimed_by": "Who says so (empty: the publisher)",
    "fatalities_low": "Deaths, at least",
    "fatalities_high": "Deaths, at most",
    "fatalities_text": "Deaths, in the words",
}
_KIND = ("event_type", "sub_event_type", "assertion")
_BASIS_WORDS = {
    "": "not known",
    DateBasis.STATED.value: "stated",
    DateBasis.WEEKDAY.value: "a weekday",
    DateBasis.INFERRED.value: "between dated events",
    DateBasis.INHERITED.value: "from the paragraph",
    DateBasis.PUBLICATION.value: "the day of publication",
}
_ASSERTION_WORDS = {
    Assertion.REPORTED.value: "reported",
    Assertion.CLAIMED.value: "claimed by somebody",
    Assertion.DENIED.value: "denied",
    Assertion.THREATENED.value: "threatened",
    Assertion.PLANNED.value: "planned",
    Assertion.BACKGROUND.value: "background",
}


def show_correction_fields(row: Row, subject: str) -> None:
    """Draw the fields. Every ``subject``, an event's id and its row's version, gets new widgets."""
    with st.container(horizontal=True, key="dates-corrected"):
        _text("date_start", "From", row, subject, placeholder="2025-10-29, 2025-10 or 2025")
        _text("date_end", "To (empty: the same)", row, subject)
        _choice("date_basis", "The text gives the date as", _BASIS_WORDS, row, subject)
    with st.container(horizontal=True, key="kind-corrected"):
        kind = _choice("event_type", "Type", {kind.value: title_of(kind) for kind in EventType}, row, subject)
        _choice("sub_event_type", "Sub-type", _sub_types(kind), row, subject)
        _choice("assertion", "Told as", _ASSERTION_WORDS, row, subject)
    with st.expander("Actors, speaker, deaths, title"), st.container(horizontal=True, key="words-corrected"):
        for column, label in _WORDS.items():
            _text(column, label, row, subject)


def changed_cells(row: Row, subject: str, who: str) -> dict[str, str]:
    """The changes made in the fields: column -> new text. Also for callbacks, which run before the fields are drawn."""
    texts = {column: _value(column, row, subject) for column in (*_DATES, "date_basis", *_KIND, *_WORDS)}
    changed = {column: text for column, text in texts.items() if text != _shown_text(column, row)}
    if any(column in changed for column in _DATES):
        # The precision follows from the new dates, and the program's reason applied to the old ones.
        changed |= {"date_precision": "", "date_reason": f"read by {who}" if texts["date_start"] else ""}
    return changed


def _sub_types(kind: str) -> dict[str, str]:
    if kind not in set(EventType):
        return {"": "none"}
    return {"": "none"} | {sub: kinds()[EventType(kind), sub].title for sub in sub_types(EventType(kind))}


def _shown_text(column: str, row: Row) -> str:
    """The cell as the field shows it: an empty type is other, an empty assertion is reported."""
    text = EventRow(row).cell(column)
    defaults = {"event_type": EventType.OTHER.value, "assertion": Assertion.REPORTED.value}
    if column in defaults:
        return text.casefold() or defaults[column]
    return text if column in (*_DATES, "date_basis", "sub_event_type") else row.get(column, "")


def _value(column: str, row: Row, subject: str) -> str:
    value = st.session_state.get(_key(column, subject))
    return _shown_text(column, row) if value is None else str(value)


def _key(column: str, subject: str) -> str:
    return f"correct-{column}-{subject}"


def _text(column: str, label: str, row: Row, subject: str, placeholder: str = "") -> None:
    st.text_input(label, _shown_text(column, row), key=_key(column, subject), placeholder=placeholder, max_chars=2000)


def _choice(column: str, label: str, words: Mapping[str, str], row: Row, subject: str) -> str:
    """A choice among the keys of ``words``, shown as their values; another value of the cell is kept as an option."""
    shown = _shown_text(column, row)
    options = [*words] if shown in words else [*words, shown]
    return st.selectbox(
        label,
        options,
        index=options.index(shown),
        key=_key(column, subject),
        format_func=lambda key: words.get(key, key),
    )
