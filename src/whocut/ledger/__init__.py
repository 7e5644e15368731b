"""The ledger: documented cut-offs by companies and states alike, and the law of the day."""

__all__: list[str] = []
