"""Single files, opened and written safely: plain files only, wholly old or wholly new, none if writing is off.

A path and perhaps bytes go in; bytes come out, or an error that is a sentence.
Every room that touches a project's disk may import it, and writes in no other way; it knows nothing of tables.
"""
