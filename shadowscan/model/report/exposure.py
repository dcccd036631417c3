"""Parts of the report document: what may have gone out, in ranges."""

from pydantic import Field

from shadowscan.model.frozen import Frozen


class NumberRange(Frozen):
    """A 90 % range: 5 %, 50 % and 95 % quantile of what the evidence allows."""

    low: int
    likely: int
    high: int


class DataClassRange(Frozen):
    """Sensitive items of one kind of data."""

    name: str
    items: NumberRange


class ExposureRow(Frozen):
    """What may have gone out through one tool, or all; None where the evidence supports no estimate."""

    service: str | None = Field(description="id in the catalogue; None: all tools together")
    department: str | None = Field(default=None, description="of the people file; empty: people in none; None: of all")
    name: str
    grade: str = Field(description="A: method, URL and bytes of requests; B: bytes of connections; C: names only")
    reason: str
    volume: NumberRange | None = Field(description="bytes of new content: text and files, each counted once")
    pasted: NumberRange | None = Field(description="bytes of it pasted into web chats")
    tokens: NumberRange | None = Field(description="tokens of its text")
    prompts: NumberRange | None = Field(description="requests of people and programs, an agent's own calls left out")
    files: NumberRange | None
    sensitive_prompts: NumberRange | None
    sensitive_files: NumberRange | None
    sensitive: NumberRange | None = Field(description="prompts and files")
    classes: tuple[DataClassRange, ...] = Field(default=(), description="sensitive items by what they mainly hold")
    file_types: tuple[tuple[str, int], ...] = Field(
        default=(), description="endings of the names of files sent, and how many were seen; most first"
    )
    labelled: int = Field(default=0, description="requests that the vendor's own data-loss label marked")
    not_covered: tuple[str, ...] = Field(default=(), description="tools seen by name only, in no range")


class ExposureReport(Frozen):
    """The exposure of each tool and of all; the total is no sum of the ends of its parts."""

    total: ExposureRow
    tools: tuple[ExposureRow, ...]
    departments: tuple[ExposureRow, ...] = Field(default=(), description="of people whose department is known")
    priors: str | None = Field(default=None, description="the user's file of prior knowledge; None: the built-in alone")
