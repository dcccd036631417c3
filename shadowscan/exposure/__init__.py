"""What may have gone out: from traffic to ranges of content, prompts, files and sensitive items, with a grade."""

from shadowscan.exposure.derive import Derived, derive
from shadowscan.exposure.estimate import Estimates, estimate, estimate_groups
from shadowscan.exposure.group import Group, Key, Pool, group
from shadowscan.exposure.priors import Priors, default_priors, load_priors
from shadowscan.exposure.result import Exposure, Range
from shadowscan.exposure.traffic import LARGE, SIZEABLE, ClientClass, Grade, Sizes, Traffic

__all__ = [
    "LARGE",
    "SIZEABLE",
    "ClientClass",
    "Derived",
    "Estimates",
    "Exposure",
    "Grade",
    "Group",
    "Key",
    "Pool",
    "Priors",
    "Range",
    "Sizes",
    "Traffic",
    "default_priors",
    "derive",
    "estimate",
    "estimate_groups",
    "group",
    "load_priors",
]
