"""A person's verbs: deciding on events, correcting places, joining incidents, and what to look at next.

A decision and the reviewer's name go in; the rows that would change come out, and are saved under that name.
The command line and the pages may import it; it knows no screen.
"""
