"""Choosing the place a name means, and asking online geocoders where a person has opted in.

A name and its context go in, an article (`article_context`) or the words around it; one place with the reason comes
out, or none, the same whoever asks. The rooms above may import it; it knows neither `extract` nor `store`. Only
`dashboard.geocode.online` needs geopy.
"""

from dashboard.geo import distance_km
from dashboard.geocode.cues import country_votes
from dashboard.geocode.own_places import OwnPlaces
from dashboard.geocode.resolve import Resolution, precision_for, resolve
from dashboard.geocode.scoring import Context

__all__ = ["Context", "OwnPlaces", "Resolution", "country_votes", "distance_km", "precision_for", "resolve"]
