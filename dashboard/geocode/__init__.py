"""Choosing the place a name means, and asking online geocoders where a person has opted in."""
