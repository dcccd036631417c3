"""The kinds of findings, in the order in which the documentation explains them."""

from shadowscan.analysis.findings import use
from shadowscan.analysis.findings.rule import Rule

RULES: tuple[Rule, ...] = (use.PROHIBITED, use.UNAPPROVED)
