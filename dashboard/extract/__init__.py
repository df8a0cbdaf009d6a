"""From the text of an article to unplaced events: pure functions over strings, rule tables beside them."""
