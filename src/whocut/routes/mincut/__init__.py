"""Minimum sets: whose exit would isolate a country, with the proof or the bound."""

__all__: list[str] = []
