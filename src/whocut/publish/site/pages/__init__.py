"""One module a kind of page: a pure function from an edition and what was asked to a page."""
