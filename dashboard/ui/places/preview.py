"""A preview of changes, row by row, before they are saved."""

from collections.abc import Sequence

from dashboard.errors import counted
from dashboard.project.commit import RowChange
from dashboard.tables import ID_COLUMNS
from dashboard.ui.shared.escaped import html_text

ROWS_SHOWN = 8
CELL_CHARACTERS = 120


def preview_html(changes: Sequence[RowChange]) -> str:
    """A table of the cells that would change, old and new. Rows beyond the first few of a table are only counted."""
    parts = []
    for table in dict.fromkeys(change.table for change in changes):
        of_table = [change for change in changes if change.table == table]
        rows = "".join(map(_row_html, of_table[:ROWS_SHOWN]))
        rest = len(of_table) - ROWS_SHOWN
        more = f"<p class='panelhead'>and {counted(rest, 'more row')} like these</p>" if rest > 0 else ""
        parts.append(
            f"<p class='panelhead'><b>{counted(len(of_table), 'row')} of {table}.csv</b></p>"
            f"<table class='events'><tbody>{rows}</tbody></table>{more}"
        )
    return "".join(parts)


def _row_html(change: RowChange) -> str:
    row = change.after or change.before or {}
    name = row.get("title") or row.get("name") or change.row_id
    if change.after is None:
        return f"<tr><th dir=auto>{html_text(name)}</th><td>the row goes</td></tr>"
    old, new = change.before or {}, change.after
    cells = [
        f"{html_text(column)}: <del>{_cell(old.get(column, ''))}</del> → <b>{_cell(new.get(column, ''))}</b>"
        for column in {**old, **new}
        if old.get(column, "") != new.get(column, "") and column != ID_COLUMNS[change.table]
    ]
    if change.before is None:
        point = ", ".join(_cell(new.get(column, "")) for column in ("latitude", "longitude"))
        cells = [f"a new row, at {point} (latitude, longitude)", _cell(new.get("note", ""))]
    return f"<tr><th dir=auto>{html_text(name)}</th><td dir=auto>{'<br>'.join(cells)}</td></tr>"


def _cell(text: str) -> str:
    return html_text(text[:CELL_CHARACTERS]) or "<i>empty</i>"
