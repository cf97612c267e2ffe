"""Servers that tests download from: a scripted one that misbehaves on demand, and nginx, Apache, lighttpd and Caddy."""
