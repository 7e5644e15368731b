"""Charts as geometry: plain numbers that a template draws as SVG, with the table beside it."""
