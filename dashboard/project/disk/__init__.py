"""Single files, opened and written safely: plain files only, replaced atomically, none if writing is forbidden.

A path and perhaps bytes go in; bytes come out, or an error that is a sentence.
Every room that touches a project's disk may import it, and writes in no other way; it knows nothing of tables.
"""
