"""Joins the acts, dates and located toponyms of an article into events, one for each incident and place.

An article and its located toponyms go in; statements come out, each with the sentence that describes its event best.
The packages above may import it; it builds on `text`, `dates` and `acts`, and does not look for places itself.
"""
