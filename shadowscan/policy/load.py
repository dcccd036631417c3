"""Reading a policy file, and writing one to start from."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from shadowscan.errors import UsageError
from shadowscan.policy.judge import Policy
from shadowscan.policy.model import PolicyFile, Rule
from shadowscan.yamlfile import read_model

TEMPLATE = """\
# The policy for AI services, read by `shadowscan report --policy FILE` (or SHADOWSCAN_POLICY).
# Rules are tried from top to bottom; the first that fits decides. Check it with `shadowscan policy explain URL`.
# Service ids and categories: `shadowscan signatures list`. The narrower rule comes first (chat yes, uploads no).

version: 1

# What holds for use that no rule fits: approved, tolerated, prohibited or unreviewed.
default: unreviewed

rules:
  # - verdict: prohibited
  #   services: [microsoft-365-copilot]
  #   scope: {activities: [file_upload]}
  # - verdict: approved
  #   services: [microsoft-365-copilot]
  #   data_classes: [source code]
  #   owner: IT Workplace
  #   ticket: SEC-101
  #   approved_on: 2026-01-15
  #   review_by: 2027-01-15
  #   expires: 2028-01-15
  #   note: licensed for all staff, data stays in the tenant
  # - verdict: approved
  #   categories: [code-assistant]
  #   scope:
  #     departments: [Development]
  #     networks: [10.20.0.0/16]
  # - verdict: tolerated
  #   categories: [writing-translation]
  # - verdict: prohibited
  #   services: [deepseek]
  #   note: no processing agreement
"""


def load_policy(path: Path | None, aliases: Mapping[str, str] = MappingProxyType({})) -> Policy:
    """Read a policy; None gives the empty one. UsageError says what is wrong, where, and what is allowed.

    ``aliases`` are former ids of services: a rule that names one speaks of the service it became.
    """
    if path is None:
        return Policy(PolicyFile())
    content = read_model(path, "policy", PolicyFile)
    rules = tuple(_with_ids(rule, aliases) for rule in content.rules)
    return Policy(content.model_copy(update={"rules": rules}), str(path))


def _with_ids(rule: Rule, aliases: Mapping[str, str]) -> Rule:
    return rule.model_copy(update={"services": tuple(aliases.get(name, name) for name in rule.services)})


def schema_text() -> str:
    """Return the JSON Schema of policy files, as published in ``docs/policy.schema.json``."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **PolicyFile.model_json_schema()}
    return json.dumps(schema, indent=1)


def write_template(path: Path) -> None:
    """Write a commented policy; UsageError if the file is there already."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(TEMPLATE)
    except FileExistsError as error:
        raise UsageError("is there already", where=str(path), hint="name another file") from error
    except OSError as error:
        raise UsageError("can't be written", reason=error.strerror or "", where=str(path)) from error
