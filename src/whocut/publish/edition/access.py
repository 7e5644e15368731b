"""What measurements say, ready for pages."""

__all__ = ["AccessPages"]


class AccessPages:
    """What measurements say, ready for pages."""
