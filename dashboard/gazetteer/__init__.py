"""Place names without the internet: the embedded index, countries, peoples, seats and wide areas, tables beside them.

A name, a code or a point goes in; candidate places, countries and outlines come out, and nothing here chooses.
Every room may import it; it knows only the words that all rooms share, such as those of `dashboard.model`.
"""
