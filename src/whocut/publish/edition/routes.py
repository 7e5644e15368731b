"""Who carries a country, and what a withdrawal leaves, ready for pages."""

__all__ = ["RoutePages"]


class RoutePages:
    """Who carries a country, and what a withdrawal leaves, ready for pages."""
