"""What the estimator is told: one person's use of one service through one kind of view, in sums that add up."""

from dataclasses import dataclass, field
from enum import StrEnum


class ClientClass(StrEnum):
    """What sits at the client's end; each relates bytes to content in its own way."""

    WEB = "web"
    """A chat in a browser or an app: sends the new message, much chatter around it."""
    API = "api"
    """An SDK or script: little around the content, but the conversation so far with each call."""
    AGENT = "agent"
    """A coding agent: tens of kilobytes of instructions and the whole session with each call."""
    UPLOAD = "upload"
    """A host that takes files."""
    TELEMETRY = "telemetry"
    """Hosts and requests that carry no content: telemetry, sign-in, static files."""


class Grade(StrEnum):
    """How much a log shows of what went out."""

    A = "A"
    """Method, URL and bytes of each request."""
    B = "B"
    """Bytes of a connection (or an unknown request) and its host."""
    C = "C"
    """The name only, or no bytes sent: no estimate of volume."""


GRADE_REASONS: dict[Grade, str] = {
    Grade.A: "each request is seen with method, URL and bytes sent",
    Grade.B: "bytes sent are known for whole connections only: content, overhead and telemetry are mixed",
    Grade.C: "only names were seen, or no bytes sent: the logs can't support an estimate of volume",
}


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sums over requests (or connections) of one kind; bytes are those the client sent."""

    count: int = 0
    bytes: int = 0
    low: float = 0.0
    """10 % quantile of the sizes: what even a small one weighs."""
    least: float = 0.0
    """Smallest size but for side calls (below a quarter of the median: titles, token counts)."""
    fresh: int = 0
    """Sum of growth over the request before, in time; a smaller request than the one before counts whole."""
    runs: int = 0
    """How often a request was smaller than the one before (and the first): few of many say the history is re-sent."""
    linked: int = 0
    """Sum of growth over the next smaller one of a few requests before: ``fresh`` where sessions interleave."""
    links: int = 0
    """How often none of the few requests before was smaller or equal."""
    sizeable: int = 0
    """How many sent at least ``SIZEABLE`` bytes."""
    large: int = 0
    """How many sent at least ``LARGE`` bytes."""
    large_bytes: int = 0


SIZEABLE = 10_000
"""Below this size an upload request may as well announce or confirm a file as carry one."""
LARGE = 256 * 1024
"""From this size on a request or connection hardly holds typed text alone."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """One person, service, client class and grade of evidence."""

    service: str
    who: str
    client: ClientClass
    grade: Grade
    department: str = ""
    prompts: Sizes = field(default_factory=Sizes)
    """Requests to prompt endpoints (grade A; grade C where URLs but no bytes are known: the count only)."""
    uploads: Sizes = field(default_factory=Sizes)
    """Requests to upload endpoints, likewise."""
    connections: Sizes = field(default_factory=Sizes)
    """Grade B: connections, or requests whose activity is unknown."""
    bytes_in: int = 0
    packets: bool = False
    """The bytes were counted as IP packets: acknowledgements of what came in are among them."""
    counted: bool = False
    """Another log shows the requests behind these connections, but not their bytes: prompts and files count there."""
    labelled_sensitive: int = 0
    """Requests that the vendor's own data-loss label marked."""
    file_types: tuple[tuple[str, int], ...] = ()
    """Endings of uploaded file names (lower case, no dot) and how many."""
