"""The derivation of one finding: every step from the lines of the inputs to the ranges and the severity."""

from pydantic import Field

from shadowscan.model.finding import Finding
from shadowscan.model.frozen import Frozen
from shadowscan.model.report import ExposureRow, NumberRange, SightingRow, ToolVerdict


class InputLines(Frozen):
    """What one input contributed."""

    file: str
    log: str = Field(description="format of the log")
    events: int
    first_line: int | None = Field(description="of these events; None: only sums are kept of them")
    last_line: int | None


class VisitSums(Frozen):
    """The use with each visit counted once."""

    people: int
    requests: int
    lookups: int
    blocked: int
    prompts: int
    uploads: int
    bytes_out: int | None


class Factor(Frozen):
    """A prior that the estimate was read with: 90 % range."""

    name: str = Field(description="in priors.yaml; see docs/exposure.md")
    low: float
    likely: float
    high: float
    unit: str


class ContentStep(Frozen):
    """From the bytes of one kind of traffic to content."""

    client: str = Field(description="web, api, agent, upload or telemetry")
    grade: str
    prompts: int = Field(description="requests to prompt endpoints")
    uploads: int = Field(description="requests to upload endpoints")
    connections: int = Field(description="connections, and requests of which no more is known")
    bytes_out: int
    content: NumberRange | None = Field(description="bytes of new content; None: no bytes seen, or no content")
    factors: tuple[Factor, ...]


class Ruling(Frozen):
    """What the policy says of the use of one service."""

    service: str
    verdict: ToolVerdict


class Derivation(Frozen):
    """Every step; the middle ones are empty for a finding that rests on no use of a known service."""

    finding: Finding
    inputs: tuple[InputLines, ...]
    views: tuple[SightingRow, ...]
    visits: VisitSums | None
    content: tuple[ContentStep, ...]
    exposure: ExposureRow | None = Field(description="ranges of all use that the finding is about")
    rulings: tuple[Ruling, ...]
