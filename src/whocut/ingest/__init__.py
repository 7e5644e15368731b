"""Bytes to observations: every record parsed, or refused with a reason and its offset."""
