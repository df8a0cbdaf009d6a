"""The cells of a row that say how exactly it is placed and why: which of them a step of the program may write. Pure."""

from dashboard.geocode import place_basis
from dashboard.geocode.old_reasons import is_programs
from dashboard.model import GeoPrecision, Place, PlaceBasis, Status
from dashboard.tables import Row, contradicts, precision_of


def is_reviewed(row: Row) -> bool:
    status = row.get("status", "").strip().casefold()
    return status in {kind.value for kind in Status if kind.is_reviewed}


def keeps_no_place(row: Row) -> bool:
    """A person looked and left the row without a place: it says how sure that is, or why there is none.

    Rows that came reviewed from elsewhere, and were never looked up, say neither.
    """
    is_placeless = not row.get("place_id", "").strip()
    said = any(row.get(column, "").strip() for column in ("geo_precision", "place_reason"))
    return is_reviewed(row) and is_placeless and said


def derive_precision(row: Row, place: Place, found: GeoPrecision | None = None) -> None:
    """Leave the precision to the place, but for what the words alone tell (Kandahar Airfield is near Kandahar).

    What a person wrote stays, unless the place cannot be so.
    """
    derived = precision_of(place.feature_code, place.radius_km)
    written = row.get("geo_precision", "").strip().casefold()
    is_ours = written == GeoPrecision.NEAR and place_basis.basis_of(row) is PlaceBasis.WITHIN
    if is_ours or (written in set(GeoPrecision) and contradicts(GeoPrecision(written), place)):
        row["geo_precision"] = ""
    if found not in (None, derived) and not row.get("geo_precision", "").strip():
        row["geo_precision"] = found.value


def give_reason(row: Row, reason: str) -> None:
    """Write why, unless a person's own words stand there."""
    before = row.get("place_reason", "").strip()
    if not before or is_programs(before):
        row["place_reason"] = reason
