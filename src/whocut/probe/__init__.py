"""Our own measurement client; it writes OONI-format JSON."""
