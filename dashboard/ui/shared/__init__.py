"""What several pages share: the opened project, the view in the URL, cards, the reader, wording, and taking turns.

Events and counts go in; pieces of a page come out.
Every page may import it; it imports no page.
"""
