"""What we talk about: ids, failure strings, observations, verdicts, taxonomy, Arrow schemas."""
