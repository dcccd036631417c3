"""How much of it was sensitive, and of what kind: surveys' shares, outweighed by what the log itself says."""

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
    random = sampler.random(f"items|{group.key}")
    found = random.poisson(content.prompts * prompts).astype(np.float64)
    labelled = group.labelled_sensitive * sampler.quantity("label_precision")
    found = np.maximum(found, labelled)
    found_files = np.minimum(random.poisson(content.files * files), np.ceil(content.files)).astype(np.float64)
    return Sensitive(found, found_files, _classes(found + found_files, group, sampler))


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


def _classes(items: Draws, group: Group, sampler: Sampler) -> dict[str, Draws]:
    weights = {
        name: sampler.spread(weight, f"class {name}", group.key.department)
        for name, weight in sampler.priors.classes.items()
    }
    total = np.sum(list(weights.values()), axis=0)
    return {name: items * weight / total for name, weight in weights.items()}
