"""The program's verbs: taking articles in, reading events from them, placing rows, and checking a project.

Articles or rows go in; pending events, placed rows and reports come out, in one process or on a cluster.
The command line and the pages may import it; it joins `extract`, `geocode` and `store`, which do not know each other.
"""
