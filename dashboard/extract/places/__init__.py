"""Recognises toponyms: names of the gazetteer, weighed with the evidence of a recogniser and of the words around.

A text, the gazetteer and perhaps a language model go in; toponyms with offsets and roles come out, not yet resolved.
The packages above may import it. `events` may not: it receives the toponyms once they are located.
"""
