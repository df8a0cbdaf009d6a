"""A project's folder, which belongs to a person: reading it, and changing it without ever leaving it half written.

Files go in and checked objects come out; changed rows go in and become files, with a line in the audit log.
`commit` is the way in for every change, `transaction` saves several files as one, `disk.atomic_files` replaces one.
The rooms above may import it, `extract` and `geocode` only `reading`; it knows no database, no geocoder and no page.
"""
