"""The kind of place that a GeoNames feature code means, in a word: the same on cards, in reasons and in lists."""

_KINDS = {
    "PCL": "country",
    "ADM1": "province",
    "ADM2": "district",
    "PPL": "settlement",
    "PPLC": "capital",
    "PPLX": "part of a town",
    "RGN": "region",
    "CONT": "continent",
    "BDRY": "border line",
    "AIRB": "air base",
    "AIRP": "airport",
    "PASS": "mountain pass",
    "MT": "mountain",
    "MTS": "mountains",
    "VAL": "valley",
    "GLCR": "glacier",
    "FRST": "forest",
    "DSRT": "desert",
    "PRK": "park",
    "PEN": "peninsula",
    "ISL": "island",
    "ISLS": "islands",
    "REEF": "reef",
    "SEA": "sea",
    "BAY": "bay",
    "CHN": "channel",
    "STRT": "strait",
    "GULF": "gulf",
    "LK": "lake",
    "LKS": "lakes",
    "STM": "river",
    "CNL": "canal",
    "DAM": "dam",
    "BDG": "bridge",
    "HSP": "hospital",
    "MSQE": "mosque",
    "TMPL": "temple",
}
"""Prefix of a feature code -> a word for people; the longest matching prefix counts."""


def kind_of(feature_code: str) -> str:
    """The kind of a place in a word: "province" for ADM1; "place" if there is no word for it."""
    starts = (feature_code[:length] for length in range(len(feature_code), 1, -1))
    return next((_KINDS[start] for start in starts if start in _KINDS), "place")
