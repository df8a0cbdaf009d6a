"""Phrases that tell dates, and the days they mean. A new kind of phrase begins in `rules`.

A text and its day of publication go in; spans with a first and a last day, a grain and a reason come out.
`events` and `places` may import it; it knows words, but neither acts nor places.
"""
