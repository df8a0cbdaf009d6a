"""Splits a text into sentences, clauses and words, with the forms of words (`inflection`) and the mood of verbs
(`mood`), and holds the word lists that the rules share.

A string goes in; spans come out, each with exact offsets into that string.
All of `dashboard.extract` may import it; it imports none of the other packages there.
"""
