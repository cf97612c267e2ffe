"""The user service under a real systemd."""
