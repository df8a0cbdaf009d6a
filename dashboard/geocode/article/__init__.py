"""One article as the context of the names in it: which places all of them mean together, and at which an event is.

The toponyms and the text of an article go in; a place for each name comes out, with the reason, or none.
`dashboard.ingest` and `geocode.rows` may import it; it builds on `resolve` and knows no rows.
"""
