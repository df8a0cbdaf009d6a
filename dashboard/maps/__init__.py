"""The map, with the letters and colours of each type of event: the only room that knows folium.

Marks or pins go in; layers made of constants, numbers and escaped text come out, and what a click on the map means.
The rooms above may import it; it knows no store and no project.
"""
