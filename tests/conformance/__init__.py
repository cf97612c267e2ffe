"""Conformance with RFC 6455 and RFC 7692: an echo client on the daemon's channel before the adversary."""
