"""Place names without the internet: the embedded index, countries, peoples, seats and wide areas, tables beside them.

A name, a code or a point goes in; candidate places, countries and outlines come out. Nothing here chooses among them.
`countries` reads what a list of events calls a country; names in running text are looked up in `index`, and
`extract.places` weighs them.
Every package may import it; it imports only what all packages share, such as `dashboard.model`.
"""
