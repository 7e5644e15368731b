"""Inter-domain routing in small: BIRD routers, collectors that dump MRT, planted changes."""
