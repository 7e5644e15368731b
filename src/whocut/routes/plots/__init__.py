"""Charts as SVG files: no script, no reference to anything outside, readable without colour."""
