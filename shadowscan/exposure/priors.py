"""Prior knowledge in one versioned YAML file, every number with its source; users override it with their own file."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from shadowscan.errors import UsageError
from shadowscan.yamlfile import line_of, load_yaml, located

DEFAULT_PATH = Path(__file__).with_name("priors.yaml")

_Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Quantity(BaseModel):
    """A positive quantity known as a 90 % range: 5 %, 50 % and 95 % quantile."""

    model_config = ConfigDict(frozen=True, extra="forbid")

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


class Weight(BaseModel):
    """How much likelier than on average something is sensitive."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    factor: _Positive
    source: str = Field(min_length=1)
    year: int = Field(ge=1990, le=2100)
    caveat: str = Field(min_length=1)


class Priors(BaseModel):
    """All prior knowledge of the estimator."""

    model_config = ConfigDict(frozen=True, extra="forbid")

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
    return _read(DEFAULT_PATH)


def load_priors(path: Path | None = None) -> Priors:
    """Return the default priors, overridden entry by entry by the user's file.

    UsageError (file:line, value, what is allowed) for a wrong file or a quantity that does not exist.
    """
    defaults = default_priors()
    if path is None:
        return defaults
    own = _read(path)
    unknown = [name for name in own.quantities if name not in defaults.quantities]
    if unknown:
        raise UsageError(
            f"no quantity {unknown[0]!r}",
            where=f"{path}:{line_of(path, ('quantities', unknown[0]))}",
            hint=f"known: {', '.join(defaults.quantities)}",
        )
    return Priors(
        version=1,
        quantities=defaults.quantities | own.quantities,
        classes=defaults.classes | own.classes,
        departments=defaults.departments | own.departments,
        file_types=defaults.file_types | own.file_types,
    )


def _read(path: Path) -> Priors:
    data = load_yaml(path)
    if not isinstance(data, dict):
        raise UsageError("not a priors file", reason="a mapping is expected", where=f"{path}:1")
    try:
        return Priors.model_validate(data)
    except ValidationError as error:
        raise located("priors", path, error) from error
