"""The maps, with the letters and colours of each type of event: the only package that uses folium.

Marks or pins go in; layers made of constants, numbers and escaped text come out (`layers` for the large map, `picking`
for the small one), and what a click on a map means. The scripts in `static` draw: `conflictmap_symbols.js` the signs,
`conflictmap_reaches.js` rings and outlines, `conflictmap_layout.js` decides which signs join, `conflictmap_picking.js`
is the small map. The packages above may import it; it knows no store or project.
"""
