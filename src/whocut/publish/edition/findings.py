"""Findings, ready for pages."""

__all__ = ["FindingPages"]


class FindingPages:
    """Findings, ready for pages."""
