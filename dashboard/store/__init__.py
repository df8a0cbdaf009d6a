"""Counting and listing events, wherever they come from: the only room with engines (DuckDB, SQLite, Spark).

A path goes in through `opening`; out comes a store, which answers filters with counts, marks and events.
`dashboard.ingest`, the command line and the pages may import it; it reads projects and changes none.
"""
