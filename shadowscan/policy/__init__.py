"""The policy: which use of AI services is approved, tolerated or prohibited, as an ordered list of rules.

The first rule that fits decides. Judging happens when a report is made, so a changed policy changes what past
traffic means without reading any log again.
"""

from shadowscan.policy.explain import Step, explain
from shadowscan.policy.judge import CONDITIONS, Judgement, Policy, Use
from shadowscan.policy.load import load_policy, schema_text, write_template
from shadowscan.policy.model import PolicyFile, Rule, Scope
from shadowscan.policy.names import Known, unknown_names

__all__ = [
    "CONDITIONS",
    "Judgement",
    "Known",
    "Policy",
    "PolicyFile",
    "Rule",
    "Scope",
    "Step",
    "Use",
    "explain",
    "load_policy",
    "schema_text",
    "unknown_names",
    "write_template",
]
