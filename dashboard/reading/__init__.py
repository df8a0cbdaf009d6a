"""From the bytes of a project's files to checked objects: every rule of the data, each with its place and a hint."""
