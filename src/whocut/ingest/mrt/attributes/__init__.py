"""Path attributes of BGP, and what RFC 7606 makes of broken ones."""
