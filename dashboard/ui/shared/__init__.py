"""What several pages share: the opened project, style, notices, the view in the URL, cards, the reader, words, turns.

Events and counts go in; pieces of a page come out.
Every page may import it; it imports no page.
"""
