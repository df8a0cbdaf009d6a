"""The sources of a store's rows: a project's CSV files, or Parquet with the rules of reading in SQL.

A folder or a pattern goes in; rows for the compact table come out, and single events, articles and problems on request.
`cube`, `spark`, `opening` and the rooms above may import it; `store.event_table` knows it only as an interface.
"""
