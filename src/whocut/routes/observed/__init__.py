"""Observed routes: who carries a country in a RIB, and which adjacencies broke, from MRT."""
