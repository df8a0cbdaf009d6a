"""Apache Spark: articles to events, and events to cubes, on many cores and machines.

Files go in, with the steps to run on them; Parquet comes out that `sources` can read, whole or not at all.
`dashboard.ingest` and the command line may import it; the steps are arguments, so it knows no rule of extraction.
It may import `sources` and what lies below that in the store, and neither `cube` nor `extract` nor `geocode`.
"""
