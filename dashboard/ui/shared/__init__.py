"""Shared by several pages: the opened project, style, notices, the view in the URL, cards, reader, wording, queueing.

Events and counts go in; pieces of a page come out.
Every page may import it; it imports no page.
"""
