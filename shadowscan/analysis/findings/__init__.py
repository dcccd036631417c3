"""Findings: one small module a kind, an explicit list of kinds, and what people decided on each."""

from shadowscan.analysis.findings.collect import findings_of
from shadowscan.analysis.findings.kinds import RULES
from shadowscan.analysis.findings.rule import Found, Rule, Scene

__all__ = ["RULES", "Found", "Rule", "Scene", "findings_of"]
