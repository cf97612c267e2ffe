"""Servers that tests upload to: scripted answers, an IETF resumable one, nginx with DAV, and some from npm."""
