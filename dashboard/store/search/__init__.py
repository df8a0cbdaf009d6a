"""Searching the words of events: an index on the disk (SQLite), and the queries of it.

Texts in batches go in; the rows that contain all words of a query come out.
The rooms of the store above it and the review queue may import it.
"""
