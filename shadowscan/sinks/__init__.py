"""Alerts: which findings are told (``choose``), kept until delivered (``outbox``), and by what way (the sinks)."""
