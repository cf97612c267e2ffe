"""A private machine for tests: bus, daemon, clients and the watch over their processes."""
