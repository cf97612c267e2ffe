"""WebSocket servers (RFC 6455): one whose every bit a test decides about, and real ones."""
