"""What if: networks, organisations or states stop, or a country closes its border."""

__all__: list[str] = []
