"""Whether this process may change a project. Every function that writes to a project checks here first."""

from dashboard.errors import ReadOnlyError

_reasons: list[str] = []


def forbid_writing(why: str) -> None:
    """Forbid changes of projects for the rest of this process; ``why`` is the sentence that users see."""
    _reasons.append(why)


def refuse_if_read_only() -> None:
    """Raise `ReadOnlyError` if this process may not change a project."""
    if _reasons:
        raise ReadOnlyError(f"{_reasons[0]} Nothing was saved.")
