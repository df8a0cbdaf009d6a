"""Date phrases, and the days they mean. To add a kind of phrase, start in `rules`.

A text and its day of publication go in; spans with a first and a last day, a precision and a reason come out.
`events` and `places` may import it; it knows words, but neither acts nor places.
"""
