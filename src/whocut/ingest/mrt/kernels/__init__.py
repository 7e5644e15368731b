"""The fast reader's compiled part; importing a module of it loads numba."""
