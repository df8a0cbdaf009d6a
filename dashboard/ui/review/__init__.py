"""The page on which a person decides on one pending event at a time, and what other pages borrow from it.

`page` lays it out, `verdict` has the buttons and keys, `place_chooser` the candidates and the small map.
A pending event goes in; candidates, fields, buttons and keys come out, and a decision is passed on to be saved.
`ui.pages`, `ui.explore` and `ui.places` may import it; it imports `ui.shared` and no other page.
"""
