"""What only the simulator knows."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Self


@dataclass(slots=True)
class Truth:
    """What really went out: bytes of new content (each counted once) and numbers of things."""

    typed: int = 0
    pasted: int = 0
    read: int = 0
    """Bytes that a program or agent gave by itself: documents, files of the project, output of commands."""
    uploaded: int = 0
    prompts: int = 0
    files: int = 0
    sensitive_prompts: int = 0
    sensitive_files: int = 0

    @property
    def volume(self) -> int:
        """Bytes of content in all."""
        return self.typed + self.pasted + self.read + self.uploaded

    @property
    def sensitive(self) -> int:
        """Sensitive prompts and files."""
        return self.sensitive_prompts + self.sensitive_files

    def __add__(self, other: Self) -> "Truth":
        return Truth(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    def as_dict(self) -> dict[str, Any]:
        """Plain data for truth.json."""
        return asdict(self) | {"volume": self.volume, "sensitive": self.sensitive}
