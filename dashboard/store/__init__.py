"""Counting and listing events, wherever they come from: the only room with engines (DuckDB, Spark, SQLite's search).

A path goes in through `opening`; out comes a store, which answers filters with counts, marks and events.
`counts` answers for a view: `queries` counts groups of events, `counting` makes marks and clusters of the groups.
`dashboard.ingest`, the command line and the pages may import it; it reads projects and changes none.
"""
