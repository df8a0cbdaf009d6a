"""One row of a CSV file as text: quoted only where needed, with the file's own line ends."""

import re
from collections.abc import Iterable, Sequence

NEEDS_QUOTES = re.compile(r'[,"\r\n]')


def quoted_cell(cell: str) -> str:
    """The cell inside quotes."""
    return '"' + cell.replace('"', '""') + '"'


def line_end(record: str) -> str:
    """The line end of a row's text: LF, CRLF, CR, or nothing at the end of a file."""
    return record[len(record.rstrip("\r\n")) :]


def format_record(cells: Sequence[str], separator: str = ",", end: str = "\n") -> str:
    """The cells as the text of one row, in a file with this separator and line end.

    Does not use csv.writer, which (up to Python 3.12) leaves a lone CR unquoted, so it would be read as a new row.
    """
    if len(cells) == 1 and not cells[0]:
        return f'""{end}'
    return separator.join(quoted_cell(c) if separator in c or NEEDS_QUOTES.search(c) else c for c in cells) + end


def format_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A whole file, with commas and LF."""
    return "".join(map(format_record, [header, *rows]))
