"""whocut: who cut it off the Internet, where, how, since when, and on what stated ground."""

__all__ = ["__version__"]

__version__ = "0.1.0"
