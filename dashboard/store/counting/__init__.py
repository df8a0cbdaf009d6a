"""From rows to counts to marks: groups of like events, their counts by day, and the marks that represent them.

Columns of the compact table go in; counts and marks come out. It queries no engine.
The rooms of the store above it may import it; it knows the table's codes and how its rows are ordered.
"""
