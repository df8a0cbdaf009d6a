"""A text taken apart: sentences, clauses, words with their forms (`inflection`) and how they are
put (`mood`), and the word lists that the rules share.

A string goes in; spans come out, each with exact offsets into that string.
All of `dashboard.extract` may import it; it imports none of the other packages there.
"""
