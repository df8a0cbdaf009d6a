"""Place names without the internet: the embedded index, countries, peoples, seats and wide areas, tables beside them.

A name, a code or a point goes in; candidate places, countries and outlines come out, and nothing here chooses.
`countries` reads what a list of events calls a country; names in running text are looked up in `index`, and
`extract.places` weighs them.
Every room may import it; it knows only the words that all rooms share, such as those of `dashboard.model`.
"""
