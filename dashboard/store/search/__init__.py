"""Searching the words of events: an index of them on the disk (SQLite), and what is asked of it.

Texts in batches go in; the rows in which all words of a question stand come out.
The rooms of the store above it and the review queue may import it.
"""
