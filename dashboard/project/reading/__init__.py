"""From the bytes of a project's files to checked objects: every rule of the data, each with its place and a hint.

Bytes go in; articles, places and events come out, with a `Problem` for everything that breaks a rule.
The rest of `project` and the rooms above may import it; it writes nothing.
"""
