"""Rules about the source that the compiler does not hold."""
