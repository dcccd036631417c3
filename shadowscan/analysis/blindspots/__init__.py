"""Blind spots: what the inputs can't show, computed from them, with what each hides and what to collect next."""

from shadowscan.analysis.blindspots.collect import blind_spots_of

__all__ = ["blind_spots_of"]
