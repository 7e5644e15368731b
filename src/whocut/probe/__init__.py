"""Our own measurement client; writes OONI Web Connectivity records."""
