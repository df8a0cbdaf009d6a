"""From the text of an article to unplaced events: pure functions over strings, with rule tables beside them.

Text goes in; sentences, dates, place names and acts come out, and finally events at places the caller supplies.
`dashboard.ingest`, the command line and the pages may import it. Inside, `events` and `places` build on `acts` and
`dates`, and these on `text`.
"""
