"""OONI Web Connectivity of every version."""
