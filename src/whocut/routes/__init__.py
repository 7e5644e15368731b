"""Routes: who carries a country, who left, and what if others follow."""

__all__: list[str] = []
