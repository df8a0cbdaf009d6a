"""Online geocoders, for people who have opted in: asked slowly, once for each name, and never trusted.

A name goes in; places come out, from this machine's cache if it was asked before, or an error that says what failed.
The rooms above may import it, and do so only when somebody asks online: it alone needs geopy.
"""
