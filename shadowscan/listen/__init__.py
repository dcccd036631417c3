"""Syslog received over UDP, TCP and TLS, spooled to files first; they are read like any other log."""
