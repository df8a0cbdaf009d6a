"""Rows of a table changed in their places: the others keep their bytes, whatever the file looks like."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.project import table_text
from dashboard.project.reading.csv_text import parse_csv
from dashboard.project.table_text import RowChange, read_table
from dashboard.tables import PLACE_COLUMNS

CELL = st.text(st.characters(exclude_categories=("Cs",)), max_size=12) | st.sampled_from(
    ["", "007", "NA", 'a "b"', "x,y", "x;y", "a\nb", "a\r\nb", " x ", "1.50", "پشاور", "\u2028", "\ufeff", '""']
)
COLUMNS = ["place_id", "name", "my code", "note"]


@st.composite
def files(draw):
    """The bytes of a places.csv with some habits of other programs, and the cells of its rows."""
    separator, end = draw(st.sampled_from(",;\t")), draw(st.sampled_from(["\n", "\r\n"]))
    mark = draw(st.sampled_from(["", "\ufeff"]))
    rows = [[f"p{n}", *draw(st.lists(CELL, min_size=3, max_size=3))] for n in range(draw(st.integers(1, 5)))]
    written = [_written(row, separator, draw(st.booleans())) + end for row in rows]
    for _ in range(draw(st.integers(0, 2))):  # blank lines and rows of the wrong width
        written.insert(draw(st.integers(0, len(written))), draw(st.sampled_from([end, f"short{separator}row{end}"])))
    if draw(st.booleans()):
        written[-1] = written[-1].removesuffix(end)
    return mark + separator.join(COLUMNS) + end + "".join(written), rows


def _written(cells, separator, all_quoted):
    return separator.join(
        '"' + cell.replace('"', '""') + '"' if all_quoted or _is_odd(cell) else cell for cell in cells
    )


def _is_odd(cell):
    return any(character in cell for character in '",;\t\r\n') or cell != cell.strip()


@pytest.fixture(autouse=True)
def whole(monkeypatch):
    """A last row that is short is taken for what somebody typed, though the file is new."""
    monkeypatch.setattr(table_text, "HALF_SAVED_SECONDS", 0.0)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files(), st.randoms(use_true_random=False), CELL)
def test_a_changed_row_is_read_as_changed_and_every_other_byte_stays(file, chance, text):
    written, rows = file
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "places.csv"
        path.write_bytes(written.encode())
        table = read_table(Path(folder), "places")
        number = chance.randrange(len(rows))
        row_id = f"p{number}"
        before = table.rows[row_id]
        changed = table.with_changes(
            [RowChange(table="places", row_id=row_id, before=before, after=before | {"note": text})]
        )
    old, new = table.text, changed.text
    assert changed.data().startswith(old.head.encode())
    at = table.data_row(row_id).record
    assert new.records[:at] + new.records[at + 1 :] == old.records[:at] + old.records[at + 1 :]
    again = parse_csv(changed.data(), "places.csv", PLACE_COLUMNS)
    cells = [list(row.cells.values()) for row in again.rows]
    assert cells == [row if n != number else [*row[:3], text] for n, row in enumerate(rows)]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files(), CELL)
def test_a_row_that_is_added_and_taken_away_again_leaves_the_file_as_it_was(file, text):
    written, rows = file
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "places.csv").write_bytes(written.encode())
        table = read_table(Path(folder), "places")
    new = {"place_id": "p00", "name": text}
    added = table.with_changes([RowChange(table="places", row_id="p00", before=None, after=new)])
    assert added.rows["p00"]["name"] == text
    assert len(added.rows) == len(rows) + 1
    gone = added.with_changes([RowChange(table="places", row_id="p00", before=new, after=None)])
    assert gone.data().rstrip(b"\r\n") == table.data().rstrip(b"\r\n")
    assert list(gone.rows) == list(table.rows)
