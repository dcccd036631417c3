"""What every part of a report is made with."""

from dataclasses import dataclass, field

from shadowscan.catalog import Catalog
from shadowscan.exposure import Priors, default_priors
from shadowscan.people import Directory
from shadowscan.policy import Policy


@dataclass(frozen=True, slots=True)
class Context:
    """What a report is made with, beside the database."""

    catalog: Catalog
    policy: Policy
    directory: Directory
    version: str
    command: str
    database: str
    priors: Priors = field(default_factory=default_priors)
    priors_file: str | None = None
    old_policy: Policy | None = None
    """A policy to compare with."""
