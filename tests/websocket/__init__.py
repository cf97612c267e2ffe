"""Tasks of kind "websocket", from outside: a real daemon and servers that do as their test says."""
