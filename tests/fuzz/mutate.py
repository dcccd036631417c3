"""Lines that no device wrote: samples damaged at random, and what attackers and full disks leave in logs."""
# ruff: noqa: E501 - a table of junk

import random
import re
from collections.abc import Sequence
from pathlib import Path

SAMPLES = Path(__file__).parents[2] / "samples" / "formats"
JUNK = (
    "\0", "\\", "'", '"', "|", "=", "\t", ",", "{", "}", "[", "]", ";", "(", "%", "::", "-1", "0x", "nan", "Infinity", "é", "\u202e",
    "99999999999999999999", "-9223372036854775808", "253402300800000000", "1e999", "1e18", "2026-13-45T99:99:99", "<999>", "1.2.3.4.5",
    "fe80::1%eth0", "a" * 3000, '"' * 300, "9" * 400, "\\x", "=" * 200,
)  # fmt: skip
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def sample_lines(format_id: str) -> list[str]:
    """Lines of a format's sample; none if it has no sample."""
    path = SAMPLES / format_id / "sample.log"
    if not path.exists():
        return []
    return [line for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]


def mutated(line: str, dice: random.Random, others: Sequence[str]) -> str:
    """Return the line after up to six random damages."""
    for _ in range(dice.randint(1, 6)):
        at, length = dice.randint(0, len(line)), dice.randint(1, 30)
        damage = dice.randrange(5)
        if damage == 0:
            line = line[:at] + dice.choice(JUNK) + line[at:]
        elif damage == 1:
            line = line[:at] + line[at + length :]
        elif damage == 2:
            line = line[: at + length] + line[at:]
        elif damage == 3 and (numbers := list(_NUMBER.finditer(line))):
            number = dice.choice(numbers)
            line = line[: number.start()] + dice.choice(JUNK) + line[number.end() :]
        elif others:
            other = dice.choice(others)
            line = line[:at] + other[dice.randint(0, len(other)) :]
    return line.replace("\n", " ").replace("\r", " ").encode("utf-8", "replace").decode()
