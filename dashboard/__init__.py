"""A map of the events that news articles report, with the sentence behind every marker.

The packages stand in the order of an event's journey: `gazetteer`, `extract`, `geocode`, `project`, `store`, `ingest`,
`review`, `maps`, `ui`, `cli`. Two have their names kept free, `imports` and `export`; CONTRIBUTING.md has the recipes.
"""

__version__ = "0.1.0"
