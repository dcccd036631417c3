"""The policy: which services are approved, tolerated or prohibited, as an ordered list of rules.

The first rule that fits decides. Judging happens when a report is made, so a changed policy changes what past
traffic means without reading any log again.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from shadowscan.errors import UsageError
from shadowscan.model.report import Verdict
from shadowscan.yamlfile import load_yaml, located

TEMPLATE = """\
# The policy for AI services, read by `shadowscan report --policy FILE` (or SHADOWSCAN_POLICY).
# Rules are tried from top to bottom; the first that fits decides. Check it with `shadowscan policy explain URL`.
# Service ids and categories: `shadowscan signatures list`.

version: 1

# What holds for a service that no rule names: approved, tolerated, prohibited or unreviewed.
default: unreviewed

rules:
  # - verdict: approved
  #   services: [microsoft-365-copilot]
  #   owner: IT Workplace
  #   ticket: SEC-101
  #   approved_on: 2026-01-15
  #   review_by: 2027-01-15
  #   note: licensed for all staff, data stays in the tenant
  # - verdict: tolerated
  #   categories: [writing-translation]
  # - verdict: prohibited
  #   services: [deepseek]
  #   note: no processing agreement
"""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Rule(_Strict):
    """One line of the policy."""

    verdict: Verdict = Field(description="approved, tolerated, prohibited or unreviewed")
    services: tuple[str, ...] = Field(default=(), description="ids of the catalogue")
    categories: tuple[str, ...] = Field(default=(), description="categories of the catalogue")
    owner: str = Field(default="", description="who answers for the decision")
    ticket: str = ""
    approved_on: date | None = None
    review_by: date | None = Field(default=None, description="an approval not reviewed by then is a finding")
    note: str = ""

    @model_validator(mode="after")
    def _names_something(self) -> "Rule":
        if not self.services and not self.categories:
            raise ValueError("a rule needs services or categories")
        return self

    def with_ids(self, aliases: Mapping[str, str]) -> "Rule":
        """Return the rule with former ids of services replaced by those in force."""
        return self.model_copy(update={"services": tuple(aliases.get(name, name) for name in self.services)})

    def fits(self, service: str, category: str) -> bool:
        """Tell whether the rule speaks of the service."""
        return service in self.services or category in self.categories


class PolicyFile(_Strict):
    """The whole policy file."""

    version: int = Field(default=1, ge=1, le=1, description="of this file format")
    default: Verdict = Field(default=Verdict.UNREVIEWED, description="for services that no rule names")
    rules: tuple[Rule, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _empty_rules(cls, data: object) -> object:
        """An empty ``rules:`` (all lines commented out) is an empty list."""
        if isinstance(data, dict) and data.get("rules", ()) is None:
            return {**data, "rules": ()}
        return data


class Judgement(_Strict):
    """A verdict and the rule that gave it."""

    verdict: Verdict
    rule: int | None = Field(description="number of the rule, from 1; None: the default")
    why: str


class Policy:
    """Judges services; without a file everything is unreviewed."""

    def __init__(self, content: PolicyFile, path: str | None = None) -> None:
        self.content = content
        self.path = path

    def judge(self, service: str, category: str) -> Judgement:
        """Return what the policy says of a service, by the first rule that fits."""
        for number, rule in enumerate(self.content.rules, 1):
            if rule.fits(service, category):
                by = f"service {service}" if service in rule.services else f"category {category}"
                details = ", ".join(part for part in (rule.ticket, rule.owner, rule.note) if part)
                return Judgement(
                    verdict=rule.verdict,
                    rule=number,
                    why=f"rule {number} names {by}" + (f" ({details})" if details else ""),
                )
        if self.path is None:
            return Judgement(verdict=Verdict.UNREVIEWED, rule=None, why="there is no policy")
        return Judgement(verdict=self.content.default, rule=None, why="no rule fits: the default")

    def unknown_names(self, services: frozenset[str], categories: frozenset[str]) -> list[str]:
        """Return names in the rules that the catalogue doesn't know, as ``service x`` or ``category y``."""
        rules = self.content.rules
        unknown = [f"service {name}" for rule in rules for name in rule.services if name not in services]
        return unknown + [f"category {name}" for rule in rules for name in rule.categories if name not in categories]


def load_policy(path: Path | None, aliases: Mapping[str, str] = MappingProxyType({})) -> Policy:
    """Read a policy; None gives the empty one. UsageError says what is wrong, where, and what is allowed.

    ``aliases`` are former ids of services: a rule that names one speaks of the service it became.
    """
    if path is None:
        return Policy(PolicyFile())
    raw = load_yaml(path)
    try:
        content = PolicyFile.model_validate(raw)
    except ValidationError as error:
        raise located("policy", path, error) from error
    rules = tuple(rule.with_ids(aliases) for rule in content.rules)
    return Policy(content.model_copy(update={"rules": rules}), str(path))


def write_template(path: Path) -> None:
    """Write a commented policy; UsageError if the file is there already."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(TEMPLATE)
    except FileExistsError as error:
        raise UsageError("is there already", where=str(path), hint="name another file") from error
    except OSError as error:
        raise UsageError("can't be written", reason=error.strerror or "", where=str(path)) from error
