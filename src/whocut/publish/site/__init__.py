"""The site: pages rendered on the server, complete without JavaScript."""
