"""Write the generated parts of the documentation: what stands between ``begin:`` and ``end:`` marks.

Run by ``make docs``. The commands shown are really run, on the sample company.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
SHADOWSCAN = str(Path(sys.executable).with_name("shadowscan"))


def main() -> None:
    """Write every generated part anew."""
    from docs import findings, formats
    from shadowscan.report.json import json_schema

    formats.main()
    findings.main()
    (ROOT / "docs/report.schema.json").write_text(json_schema(), encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SHADOWSCAN_DB"] = str(Path(folder) / "shadowscan.duckdb")
        demo = run("--config", "samples/shadowscan.yaml", "scan", "samples/company", "--top", "12")
        evidence = run("evidence", "--service", "deepseek", "--limit", "2")
    readme = ROOT / "README.md"
    replace(readme, "demo", block(steady(demo.replace(f"{folder}/", ""))))
    replace(readme, "evidence", block("$ shadowscan evidence --service deepseek --limit 2\n" + evidence))
    replace(readme, "commands", commands())
    (ROOT / "docs/commands.md").write_text(reference(), encoding="utf-8")
    for name, command in (("policy", "policy"), ("config", "config"), ("people", "people"), ("networks", "people")):
        which = [name] if command == "people" else []
        (ROOT / f"docs/{name}.schema.json").write_text(run(command, "schema", *which), encoding="utf-8")


def steady(text: str) -> str:
    """Return a report without what differs from run to run."""
    text = re.sub(r"Use to report +[\d,]+ days", "Use to report         … days", text)
    text = re.sub(r"(catalogue +)[0-9a-f]{16}", r"\1…", text)
    return re.sub(r"(generated +)\S+ \S+ UTC", r"\1…", text)


def run(*arguments: str) -> str:
    """Return what a command prints, 100 columns wide."""
    environment = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1"}
    command = [SHADOWSCAN, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout


def block(text: str) -> str:
    """Return text as a fenced block without trailing blanks."""
    lines = [line.rstrip() for line in text.rstrip().splitlines()]
    return "```text\n" + "\n".join(lines) + "\n```"


def commands() -> str:
    """Return the table of all commands with the first line of their help."""
    rows = ["| command | what it does |", "|---|---|"]
    for name, text in _commands(()):
        rows.append(f"| `shadowscan {name}` | {text} |")
    return "\n".join(rows)


def reference() -> str:
    """Return the page that shows the help of every command."""
    names = [()] + [tuple(name.split()) for name, _ in _commands(())]
    parts = [f"## shadowscan {' '.join(name)}".rstrip() + "\n\n" + block(run(*name, "--help")) for name in names]
    title = "# Commands\n\nWhat `--help` says of each; written by `make docs`. Exit codes: [operations](operations.md)."
    return "\n\n".join([title, *parts]) + "\n"


def _commands(group: tuple[str, ...]) -> list[tuple[str, str]]:
    listing = run(*group, "--help").split("Commands:")
    found: list[tuple[str, str]] = []
    for line in listing[1].split("\n\n")[0].splitlines() if len(listing) > 1 else []:
        if entry := re.match(r"  ([a-z]\S*) ", line):
            name = (*group, entry[1])
            inner = _commands(name)
            found += inner or [(" ".join(name), _summary(name))]
    return found


def _summary(name: tuple[str, ...]) -> str:
    paragraphs = run(*name, "--help").split("\n\n")
    return " ".join(paragraphs[1].split())


def replace(path: Path, part: str, text: str) -> None:
    """Put text between the marks of a part."""
    begin, end = f"<!-- begin: {part} -->", f"<!-- end: {part} -->"
    before, rest = path.read_text(encoding="utf-8").split(begin)
    after = rest.split(end)[1]
    path.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
