"""Acts, dates and located places of an article joined into events, one for each incident and place.

An article and its located toponyms go in; statements come out, each with the sentence that tells its event best.
The rooms above may import it; it stands on `text`, `dates` and `acts`, and looks for no places itself.
"""
