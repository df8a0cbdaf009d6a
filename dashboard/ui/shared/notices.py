"""Messages of a page: the outcome of the last action, missing data, and problems of the files."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from dashboard.errors import DataError, counted, grouped_problems, problem_line
from dashboard.safetext import escape_markdown
from dashboard.store.store import Store
from dashboard.ui.shared.escaped import html_text

PROBLEMS_SHOWN = 20
_OF_A_CUBE = {
    "cube.old": "The counts are older than the events",
    "cube.alone": "The events are not where they were: no passages",
}
"""Warnings that a reader must see before using counts, by the code of the problem."""


def keep_outcome(page: str, text: str) -> None:
    """Store the outcome of an action, for the page to show until the next one; for callbacks."""
    st.session_state["said"] = (page, text)


def show_outcome(page: str) -> None:
    """Show the outcome of the last action on this page."""
    where, text = st.session_state.get("said", ("", ""))
    if where == page and text:
        st.html(f"<p class='said' role='status'>{html_text(text)}</p>")


@contextmanager
def showing_data_errors() -> Iterator[None]:
    """Show a `DataError` in place of this part of the page, which needs missing or changed files; the rest does not."""
    try:
        yield
    except DataError as error:
        st.error(escape_markdown(str(error)))


def show_problems(store: Store) -> None:
    """Show how many rows were left out, and the problems of the files, if any."""
    project = store.project
    if not project.problems:
        return
    parts = [f"{escape_markdown(name)} could not be read" for name in project.unread]
    parts += [words for code, words in _OF_A_CUBE.items() if any(problem.code == code for problem in project.problems)]
    left_out = sum(project.left_out.values())
    if left_out or not parts:
        parts.append(f"{counted(left_out, 'row was', 'rows were')} left out" if left_out else "No row was left out")
    problems = grouped_problems(project.problems)[:PROBLEMS_SHOWN]
    parts.append(f"{counted(project.all_problems.total, 'note')} on the files")
    with st.expander(" · ".join(parts), icon=":material/warning:", expanded=bool(project.unread)):
        items = "".join(f"<li>{html_text(problem_line(problem, more))}</li>" for problem, more in problems)
        rest = project.all_problems.total - sum(1 + more for _, more in problems)
        more = f"<p>and {rest:,} more. <code>conflictmap check</code> lists them all.</p>" if rest > 0 else ""
        st.html(f"<ul class='problems'>{items}</ul>{more}")
