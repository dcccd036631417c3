"""Prior knowledge in one versioned YAML file, every number with its source; users override it with their own file."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from shadowscan.errors import UsageError
from shadowscan.yamlfile import FileModel, line_of, nearest, read_model

DEFAULT_PATH = Path(__file__).with_name("priors.yaml")

_Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Quantity(FileModel):
    """A positive quantity known as a 90 % range: 5 %, 50 % and 95 % quantile."""

    low: _Positive
    likely: _Positive
    high: _Positive
    unit: Literal["bytes", "share", "factor", "count"]
    varies: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="share of the (log) variance that differs from service to service (or department to department); "
        "the rest is one unknown shared by all",
    )
    source: str = Field(min_length=1)
    year: int = Field(ge=1990, le=2100)
    caveat: str = Field(min_length=1)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low <= self.likely <= self.high:
            raise ValueError("low <= likely <= high must hold")
        if self.unit == "share" and self.high >= 1:
            raise ValueError("a share is below 1")
        return self


class Weight(FileModel):
    """How much likelier than on average something is sensitive, and what it then mostly holds."""

    factor: _Positive
    holds: str | None = Field(default=None, description="a data class of `classes`")
    source: str = Field(min_length=1)
    year: int = Field(ge=1990, le=2100)
    caveat: str = Field(min_length=1)


class Priors(FileModel):
    """All prior knowledge of the estimator."""

    version: Literal[1]
    quantities: dict[str, Quantity] = Field(default_factory=dict)
    classes: dict[str, Quantity] = Field(default_factory=dict, description="data class: weight among sensitive items")
    departments: dict[str, Weight] = Field(default_factory=dict)
    file_types: dict[str, Weight] = Field(default_factory=dict)

    def __getitem__(self, name: str) -> Quantity:
        return self.quantities[name]


@cache
def default_priors() -> Priors:
    """Return the priors that come with shadowscan."""
    return read_model(DEFAULT_PATH, "priors", Priors)


def load_priors(path: Path | None = None) -> Priors:
    """Return the default priors, overridden entry by entry by the user's file.

    UsageError (file:line, value, what is allowed) for a wrong file, or names that mean nothing.
    """
    defaults = default_priors()
    if path is None:
        return defaults
    own = read_model(path, "priors", Priors)
    merged = Priors(
        version=1,
        quantities=defaults.quantities | own.quantities,
        classes=defaults.classes | own.classes,
        departments=defaults.departments | _lower(own.departments),
        file_types=defaults.file_types | _lower(own.file_types),
    )
    for name, quantity in own.quantities.items():
        _check(path, ("quantities", name), "quantity", name, defaults.quantities)
        if quantity.unit != defaults[name].unit:
            _check(path, ("quantities", name, "unit"), "unit", quantity.unit, (defaults[name].unit,))
    for kind in ("departments", "file_types"):
        for name, weight in getattr(own, kind).items():
            if weight.holds is not None:
                _check(path, (kind, name, "holds"), "data class", weight.holds, merged.classes)
    return merged


def _lower(weights: dict[str, Weight]) -> dict[str, Weight]:
    return {name.lower(): weight for name, weight in weights.items()}


def _check(path: Path, place: tuple[str, ...], what: str, value: str, known: Iterable[str]) -> None:
    allowed = tuple(known)
    if value not in allowed:
        where = f"{path}:{line_of(path, place)}"
        raise UsageError(f"no {what} {value!r} here", where=where, hint=nearest(value, allowed))
