"""The generated parts of docs/findings.md: every kind with its rule, and the frameworks it is relevant to."""

from pathlib import Path

from docs.generate import replace
from shadowscan.analysis.findings import RULES

PAGE = Path(__file__).with_name("findings.md")


def kinds() -> str:
    """Return one section a kind: when it is raised, its severities, the next step."""
    parts = []
    for rule in RULES:
        severities = [f"| {severity.value} | {when} |" for severity, when in rule.severities.items()]
        parts += [
            f"### `{rule.kind}`",
            f"{rule.title}: {rule.raised}.",
            "\n".join(["| severity | when |", "|---|---|", *severities]),
            f"Next step: {rule.next_step}.",
        ]
    return "\n\n".join(parts)


def mapping() -> str:
    """Return the table of kinds and the entries of frameworks relevant to them."""
    rows = ["| kind | relevant to |", "|---|---|"]
    for rule in RULES:
        entries = "<br>".join(f"{one.framework} {one.id} {one.name}" for one in rule.relevant)
        rows.append(f"| `{rule.kind}` | {entries} |")
    return "\n".join(rows)


def main() -> None:
    """Write the generated parts anew."""
    replace(PAGE, "kinds", kinds())
    replace(PAGE, "mapping", mapping())
