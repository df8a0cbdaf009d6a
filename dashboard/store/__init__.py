"""Where projects live. `csv_files` reads and writes the plain files a person owns; nothing else writes them."""
