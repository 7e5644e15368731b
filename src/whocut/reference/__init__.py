"""Dated snapshots that judgment leans on: roots, prefixes, suffixes, bogons, fingerprints."""
