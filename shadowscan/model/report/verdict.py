"""The policy's verdicts, of which most parts of the report document speak."""

from enum import StrEnum


class Verdict(StrEnum):
    """What the policy says of a service."""

    APPROVED = "approved"
    TOLERATED = "tolerated"
    UNREVIEWED = "unreviewed"
    PROHIBITED = "prohibited"

    @property
    def rank(self) -> int:
        """0 (approved) to 3 (prohibited)."""
        return list(Verdict).index(self)
