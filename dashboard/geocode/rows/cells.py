"""The cells of a row that say how exactly it is placed and why: which of them a step of the program may write. Pure."""

from dashboard.geocode import place_basis
from dashboard.geocode.old_reasons import is_programs
from dashboard.model import GeoPrecision, Place, PlaceBasis, Status
from dashboard.tables import Row, contradicts, precision_of

_ONE_REASON = (PlaceBasis.COORDINATES,)
"""What gives every place the same reason."""


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


def write_choice(row: Row, place_id: str, basis: PlaceBasis | None, reason: str) -> None:
    """Write what the program chose, and why. The same choice as before keeps the reason that stands there.

    Where nothing says who wrote that, in a row without place_basis, a person's own words stay.
    """
    before, written = row.get("place_basis", "").strip().casefold(), row.get("place_reason", "").strip()
    is_same = before == (basis or "") and (row.get("place_id", "").strip() == place_id or basis in _ONE_REASON)
    is_kept = is_same if before else not is_programs(written)
    if not (written and is_kept):
        row["place_reason"] = reason
    row |= {"place_id": place_id, "place_basis": basis.value if basis else ""}
