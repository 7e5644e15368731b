"""Observation to signal to verdict."""
