"""Rewriting a table while keeping the exact text of the rows that did not change."""

from collections.abc import Sequence
from itertools import islice

from dashboard.project.reading.csv_records import format_record, line_end
from dashboard.project.reading.csv_text import BYTE_ORDER_MARK, CsvText, header_names
from dashboard.tables import COLUMNS, STATED_COLUMNS, Row


def whole_table(text: CsvText, name: str, before: Sequence[Row], after: Sequence[Row]) -> str:
    """The file's text with other rows, normalised to commas and no byte order mark.

    Unchanged rows keep every byte, unless the columns change. Rows of the wrong width keep their place.
    """
    columns, header = _columns_to_write(text, name, before, after)
    end = line_end(text.head) or "\n"
    as_typed = _as_typed(text, before, columns)
    cells = (tuple(row.get(column, "") for column in columns) for row in after)
    good = (as_typed.get(row) or format_record(row, end=end) for row in cells)
    lines: list[str] = []
    blanks = [""] * (len(columns) - len(text.columns))
    for place, record in text.rows_of_wrong_width():
        lines += islice(good, max(place - len(lines), 0))
        if blanks or text.separator != ",":
            typed = text.cells_of(record)
            lines.append(format_record(typed if len(typed) < len(text.columns) else [*typed, *blanks], end=end))
        else:
            lines.append(text.records[record])
    lines += good
    return "".join([_head(text, header, end), *(line if line_end(line) else line + end for line in lines)])


def _head(text: CsvText, header: Sequence[str], end: str) -> str:
    is_ours = header_names(text) == list(header) and not text.head.startswith(BYTE_ORDER_MARK)
    return text.head if is_ours and line_end(text.head) else format_record(header, end=end)


def _as_typed(text: CsvText, before: Sequence[Row], columns: Sequence[str]) -> dict[tuple[str, ...], str]:
    """The cells of each old row -> its text; empty if the columns or the separator change."""
    if text.separator != "," or list(columns) != list(text.columns):
        return {}
    return {
        tuple(row[column] for column in columns): text.records[data.record]
        for row, data in zip(before, text.rows, strict=True)
    }


def _columns_to_write(
    text: CsvText, name: str, before: Sequence[Row], after: Sequence[Row]
) -> tuple[list[str], list[str]]:
    """Keys and names of the columns: the file's own first, then those of the table that are needed.

    A file that gets its first event_id becomes one of the program's own, which have every column except those that only
    rows written by a person need.
    """
    known, rare = COLUMNS[name], STATED_COLUMNS if name == "events" else ()
    strange = {column for row in after for column in row} - set(known) - set(text.columns)
    if strange:
        raise ValueError(f"{name} has no column {', '.join(sorted(strange))}")
    becomes_ours = "event_id" not in text.columns and any(row.get("event_id") for row in after)
    everything = not text.columns or becomes_ours
    new = [
        column for column in known
        if column not in text.columns
        and ((everything and column not in rare) or any(row.get(column) for row in after))
    ]  # fmt: skip
    return [*text.columns, *new], [*text.header, *new]
