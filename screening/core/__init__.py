"""The pure core: what is asked, what it means, what to do about it.

Nothing here reads a clock, a database, an environment variable or a request: the day is always an argument.
The faces (web pages, command line, exports) stand on this floor and nothing on it knows them.
"""
