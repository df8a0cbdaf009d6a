"""Whether this process may change a project. Every door through which a project is written asks here first."""

from dashboard.errors import ReadOnlyError

_reasons: list[str] = []


def forbid_writing(why: str) -> None:
    """From now on and as long as this process lives, no project is changed; ``why`` is the sentence that says so."""
    _reasons.append(why)


def refuse_if_read_only() -> None:
    """Raise `ReadOnlyError` if this process may not change a project."""
    if _reasons:
        raise ReadOnlyError(f"{_reasons[0]} Nothing was saved.")
