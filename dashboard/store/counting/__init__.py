"""From rows to numbers to signs: groups of alike events, their counts by day, and the marks that stand for them.

Columns of the compact table go in; counts and marks come out. It asks no engine.
The rooms of the store above it may import it; it knows the table's codes and how its rows are ordered.
"""
