"""Log formats as data: one YAML per vendor, the few readers they name, detection, inference.

This package produces SQL text and never runs it; the caller owns the connection.
"""
