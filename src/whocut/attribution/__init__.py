"""Findings: competing hypotheses with the evidence for and against each, from all three layers."""
