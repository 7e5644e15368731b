"""On whom a country or a network depends: hegemony, transit influence, gates, concentration."""

__all__: list[str] = []
