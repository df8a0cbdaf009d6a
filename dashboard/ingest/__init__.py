"""The program's actions: adding articles, reading events from them, geocoding rows, and checking a project.

Articles or rows go in; pending events, geocoded rows and reports come out, in one process or on a cluster.
The command line and the pages may import it; it joins `extract`, `geocode` and `store`, which are independent.
"""
