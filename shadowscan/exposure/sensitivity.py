"""How much of it was sensitive, and of what kind: surveys' shares, outweighed by what the log itself says."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from shadowscan.exposure.content import Content
from shadowscan.exposure.draws import Draws, Sampler
from shadowscan.exposure.group import Group
from shadowscan.exposure.priors import Weight


@dataclass(frozen=True, slots=True)
class Sensitive:
    """Draws of sensitive items of one group."""

    prompts: Draws
    files: Draws
    classes: dict[str, Draws]

    @property
    def items(self) -> Draws:
        """Prompts and files."""
        return self.prompts + self.files


def sensitive_of(group: Group, content: Content, sampler: Sampler) -> Sensitive:
    """Return sensitive prompts and files: count x share, as a draw of whole items."""
    tilt = _transfer(group.key.department, sampler) * _weight(sampler.priors.departments, group.key.department)
    prompts = np.minimum(sampler.quantity("sensitive_prompts", group.key.department) * tilt, 1.0)
    kinds = _file_tilt(group, sampler)
    files = np.minimum(sampler.quantity("sensitive_files", group.key.department) * np.sqrt(tilt) * kinds, 1.0)
    found = _sensitive_prompts(group, content.prompts, prompts, sampler)
    drawn = sampler.random(f"files|{group.key}").poisson(content.files * files)
    found_files = np.minimum(drawn, np.ceil(content.files)).astype(np.float64)
    return Sensitive(found, found_files, _classes(found, found_files, group, sampler))


def _sensitive_prompts(group: Group, prompts: Draws, share: Draws, sampler: Sampler) -> Draws:
    """Count x share; where the vendor's own labels mark items, those that are right and the ones they miss."""
    labelled = float(group.labelled_sensitive)
    if labelled:
        share = share * sampler.quantity("label_missed")
    drawn = sampler.random(f"items|{group.key}").poisson(np.maximum(prompts - labelled, 0.0) * share)
    found: Draws = drawn + labelled * sampler.quantity("label_precision")
    return found


def _transfer(department: str, sampler: Sampler) -> Draws:
    """How this company and this department differ from the surveys' mean."""
    return sampler.quantity("surveys_transfer") * sampler.quantity("department_spread", department)


def _weight(weights: dict[str, Weight], name: str) -> float:
    found = weights.get(name.strip().lower())
    return found.factor if found else 1.0


def _file_tilt(group: Group, sampler: Sampler) -> float:
    """Mean factor of the file types seen; 1 where none is known."""
    total = sum(group.file_types.values())
    if not total:
        return 1.0
    weighed = sum(_weight(sampler.priors.file_types, kind) * count for kind, count in group.file_types.items())
    return weighed / total


def _classes(prompts: Draws, files: Draws, group: Group, sampler: Sampler) -> dict[str, Draws]:
    """Split the items by class: as the surveys do, but for what a department or a file type is known to hold."""
    weights = {
        name: sampler.spread(weight, f"class {name}", group.key.department)
        for name, weight in sampler.priors.classes.items()
    }
    total = np.sum(list(weights.values()), axis=0)
    tells = sampler.quantity("kind_tells", group.key.department)
    department = _held({group.key.department.strip().lower(): 1}, sampler.priors.departments)
    kinds = _held(group.file_types, sampler.priors.file_types)
    left = 1.0 - tells * sum(department.values()), 1.0 - tells * sum((kinds or department).values())
    return {
        name: prompts * (left[0] * weight / total + tells * department.get(name, 0.0))
        + files * (left[1] * weight / total + tells * (kinds or department).get(name, 0.0))
        for name, weight in weights.items()
    }


def _held(seen: Mapping[str, int], weights: Mapping[str, Weight]) -> dict[str, float]:
    """Data class -> share of what was seen that is known for it."""
    total, shares = sum(seen.values()), dict[str, float]()
    for name, number in seen.items():
        weight = weights.get(name)
        if weight and weight.holds:
            shares[weight.holds] = shares.get(weight.holds, 0.0) + number / total
    return shares
