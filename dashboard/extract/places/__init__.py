"""Which words of a text name places: names of the gazetteer, weighed with what a recogniser and the words around say.

A text, the gazetteer and perhaps a language model go in; toponyms with offsets and roles come out, not yet placed.
The rooms above may import it. `events` may not: it is given the places once they have been located.
"""
