"""Plays the sample company in fast motion: ``python -m samples.play FOLDER [--seconds 60]``.

Every log of ``samples/company`` grows below the folder as it did over the fortnight, all at once; the proxy rotates
when its next file begins.
"""

import argparse
import gzip
import re
import time
from collections.abc import Iterator
from pathlib import Path

COMPANY = Path(__file__).parent / "company"
STEPS = 10
"""Pieces a second that each log is written in."""
_ROTATED = re.compile(r"(\.\d+)?(\.gz)?$")


def logs() -> dict[Path, list[bytes]]:
    """Return the parts of each log, the oldest first, by the path it has while it is written to."""
    found: dict[Path, list[bytes]] = {}
    for path in sorted(COMPANY.rglob("*"), reverse=True):
        if path.is_file():
            name = path.relative_to(COMPANY)
            content = path.read_bytes()
            plain = gzip.decompress(content) if path.suffix == ".gz" else content
            found.setdefault(name.with_name(_ROTATED.sub("", name.name)), []).append(plain)
    return found


def write(path: Path, parts: list[bytes], steps: int) -> Iterator[None]:
    """Write a log in so many steps, which end anywhere in a line; rotate where its next part begins."""
    total = sum(map(len, parts))
    for number, part in enumerate(parts):
        if number:
            path.rename(path.with_name(f"{path.name}.{len(parts) - number}"))
        pieces = max(1, steps * len(part) // max(1, total))
        for piece in range(pieces):
            with path.open("ab") as file:
                file.write(part[len(part) * piece // pieces : len(part) * (piece + 1) // pieces])
            yield


def play(folder: Path, seconds: int) -> None:
    """Write all logs side by side within so many seconds."""
    writers = []
    for name, parts in logs().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        writers.append(write(path, parts, seconds * STEPS))
    while writers:
        writers = [writer for writer in writers if next(writer, writer) is not writer]
        time.sleep(1 / STEPS)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=int, default=60)
    arguments = parser.parse_args()
    play(arguments.folder, arguments.seconds)
