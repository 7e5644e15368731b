"""Real daemons of the lab: how each is configured, started, known to be ready, and stopped."""
