"""What a sentence says was done: the kind of act, who did it, who died, in whose words; patterns in ``rules.txt``.

A sentence goes in; acts come out, each with its type, its weight and the way the article puts it.
`events` may import it; it knows words, but neither dates nor places.
"""
