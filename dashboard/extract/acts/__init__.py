"""The acts in a sentence: their kind, who did them, how many died, in whose words; patterns are in ``rules.txt``.

A sentence goes in; acts come out, each with its type, its score and how the article presents it.
`events` may import it; it knows words, but neither dates nor places.
"""
