"""The desk: reports that only case workers can read, replies of named parties, corrections."""
