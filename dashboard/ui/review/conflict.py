"""A conflicting edit: the row as it was, as it is now, and as the reviewer wants it, side by side."""

from collections.abc import Callable

import streamlit as st

from dashboard.errors import RowConflictError
from dashboard.ui.shared.escaped import html_text

CELL_CHARACTERS = 160
_TITLES = ("as you saw it", "as it is now", "as you want it")


def show_conflict(
    conflict: RowConflictError, *, on_keep: Callable[[], None], on_mine: Callable[[], None] | None
) -> None:
    """Draw the three versions and the buttons that resolve the conflict; without ``on_mine``, only one of them."""
    by = (conflict.theirs or {}).get("reviewed_by", "")
    who = html_text(by) if by and by != (conflict.base or {}).get("reviewed_by", "") else "Somebody else"
    what = "deleted this row" if conflict.theirs is None else "changed this row"
    with st.container(border=True, key="conflict"):
        st.html(
            f"<p class='conflict' role='alert'><b>{who} {what} while you looked at it.</b> Nothing was saved. "
            f"This is what differs:</p>{_table(conflict)}"
        )
        with st.container(horizontal=True):
            st.button("Keep what stands there now", key="conflict-keep", on_click=on_keep, shortcut="K")
            if on_mine and conflict.theirs is not None:
                st.button("Save mine all the same", key="conflict-mine", on_click=on_mine)


def _table(conflict: RowConflictError) -> str:
    versions = [row for row in (conflict.base, conflict.theirs, conflict.yours) if row is not None]
    every = dict.fromkeys(column for row in versions for column in row)
    columns = [column for column in every if len({row.get(column, "") for row in versions}) > 1]
    titles = zip((conflict.base, conflict.theirs, conflict.yours), _TITLES, strict=True)
    head = "".join(f"<th>{title}</th>" for title in ("", *(title for row, title in titles if row is not None)))
    rows = "".join(
        f"<tr><th>{html_text(column)}</th>"
        + "".join(f"<td dir=auto>{html_text(row.get(column, '')[:CELL_CHARACTERS])}</td>" for row in versions)
        + "</tr>"
        for column in columns
    )
    return f"<table class='events'><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
