"""Choosing the place a name means, and asking online geocoders where a person has opted in.

What needs geopy (`dashboard.geocode.online`, `dashboard.geocode.answers`) is imported only by those who use it.
"""

from dashboard.geocode.cues import country_votes
from dashboard.geocode.evidence import Context, distance_km
from dashboard.geocode.resolve import OwnPlaces, Resolution, kind_of, precision_for, resolve

__all__ = ["Context", "OwnPlaces", "Resolution", "country_votes", "distance_km", "kind_of", "precision_for", "resolve"]
