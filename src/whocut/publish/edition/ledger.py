"""The ledger and the law, ready for pages."""

__all__ = ["LedgerPages"]


class LedgerPages:
    """The ledger and the law, ready for pages."""
