"""The policy file: rules, each with the services it speaks of, the use it is limited to, and who decided."""

from datetime import date
from itertools import pairwise
from typing import Literal

from pydantic import Field, model_validator

from shadowscan.model.actors import ActorKind
from shadowscan.model.addresses import Network
from shadowscan.model.report import Verdict
from shadowscan.yamlfile import FileModel

UNKNOWN = "unknown"
"""Stands in ``activities`` for use of which the logs don't show the activity."""


class Scope(FileModel):
    """What use a rule is limited to: every list that is given must hold one of the use's values."""

    people: tuple[str, ...] = Field(default=(), description="user names, as reports show them")
    departments: tuple[str, ...] = Field(default=(), description="of the people file")
    roles: tuple[str, ...] = Field(default=(), description="of the people file")
    kinds: tuple[ActorKind, ...] = Field(
        default=(), description="who acts: a person, a program's account, a server ..."
    )
    sites: tuple[str, ...] = Field(default=(), description="of the networks file")
    networks: tuple[Network, ...] = Field(default=(), description="address ranges of the client, in CIDR notation")
    activities: tuple[str, ...] = Field(
        default=(), description="activities of the catalogue; unknown: where the logs don't show it"
    )
    hosts: tuple[str, ...] = Field(
        default=(), description="hosts, for a tenant that has its own; * stands for any characters"
    )

    @property
    def limits(self) -> bool:
        """Whether anything is left out."""
        return self != Scope()


class Rule(FileModel):
    """One rule of the policy."""

    verdict: Verdict = Field(description="approved, tolerated, prohibited or unreviewed")
    services: tuple[str, ...] = Field(default=(), description="ids of the catalogue")
    categories: tuple[str, ...] = Field(default=(), description="categories of the catalogue")
    scope: Scope = Field(default=Scope(), description="what use the rule is limited to; all use if left out")
    data_classes: tuple[str, ...] = Field(default=(), description="classes of data that may be given to the service")
    owner: str = Field(default="", description="who answers for the decision")
    ticket: str = ""
    approved_on: date | None = Field(default=None, description="when the decision was taken")
    review_by: date | None = Field(default=None, description="use after this day is use under an overdue approval")
    expires: date | None = Field(default=None, description="the last day on which the rule holds")
    note: str = ""

    @model_validator(mode="after")
    def _names_something(self) -> "Rule":
        if not self.services and not self.categories and not self.scope.limits:
            raise ValueError("a rule needs services, categories or a scope")
        return self

    @model_validator(mode="after")
    def _dates_in_order(self) -> "Rule":
        names = ("approved_on", "review_by", "expires")
        stated = [(found, name) for name in names if (found := getattr(self, name))]
        for (before, earlier), (after, later) in pairwise(stated):
            if after < before:
                raise ValueError(f"{later} {after} is before {earlier} {before}")
        return self


class PolicyFile(FileModel):
    """The whole policy file."""

    version: Literal[1] = Field(default=1, description="of this file format")
    default: Verdict = Field(default=Verdict.UNREVIEWED, description="for use that no rule fits")
    rules: tuple[Rule, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _empty_rules(cls, data: object) -> object:
        """An empty ``rules:`` (all lines commented out) is an empty list."""
        if isinstance(data, dict) and data.get("rules", ()) is None:
            return {**data, "rules": ()}
        return data
