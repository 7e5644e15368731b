"""One edition: everything the pages read, computed once, in one immutable file."""
