"""Cubes: events counted in advance into a folder, so that a map of any number of them opens at once.

Events go into `make`, which writes the counts; `store` answers from them like any other store.
`opening` and the rooms above may import it; `spark` does not, though it may be the engine that does the counting.
"""
