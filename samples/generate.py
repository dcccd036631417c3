"""Writes the samples: ``python -m samples.generate [--out DIRECTORY]``.

``company/`` is the demo's folder, ``formats/<id>/sample.log`` with ``expected.ndjson`` a small sample a format,
``truth.json`` what is in them. The same bytes every time: one seed, no clock, gzip with the last day's time.
"""

import argparse
import gzip
import io
import json
from datetime import timedelta
from pathlib import Path

from samples.files import LogFile, company, formats
from samples.fortnight import DAYS, FIRST_DAY, Fortnight
from samples.truth import truth
from samples.world import people

HERE = Path(__file__).parent
_CLOSED = int((FIRST_DAY + timedelta(days=DAYS)).timestamp())
"""When the logs were packed: lines without a year keep theirs however late the repository is cloned."""


def generate(out: Path) -> None:
    """Write all sample files below ``out``."""
    visits = Fortnight().play()
    folder, samples = company(visits), formats(visits)
    for file in folder:
        _write(out / "company" / file.path, file)
    for file in samples:
        path = out / "formats" / file.path
        _write(path, file)
        path.with_name("expected.ndjson").write_bytes(_expected(file))
    (out / "people.csv").write_text(_staff(), encoding="utf-8")
    facts = json.dumps(truth(visits, folder, samples), indent=1, sort_keys=True)
    (out / "truth.json").write_bytes(facts.encode() + b"\n")


def _staff() -> str:
    """The people file: everybody with department, and the device nobody else uses."""
    rows = [f"{person.login},{person.department},{person.device}" for person in people()]
    return "\n".join(
        ["# The sample company's people; `make demo` reports with them.", "user,department,aliases", *rows, ""]
    )


def _write(path: Path, file: LogFile) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    data = "".join(f"{record.text}\n" for record in file.records).encode("utf-8", "surrogateescape")
    path.write_bytes(_compressed(data) if path.suffix == ".gz" else data)


def _compressed(data: bytes) -> bytes:
    target = io.BytesIO()
    with gzip.GzipFile("", "wb", 9, target, mtime=_CLOSED) as stream:
        stream.write(data)
    return target.getvalue()


def _expected(file: LogFile) -> bytes:
    lines = (
        json.dumps({"line": number} | record.fields) + "\n"
        for number, record in enumerate(file.records, start=1)
        if record.fields is not None
    )
    return "".join(lines).encode()


def main() -> None:
    """Read the command line and write the files."""
    parser = argparse.ArgumentParser(description="Write the sample logs of a small fictitious company.")
    parser.add_argument("--out", type=Path, default=HERE, help="where to write (default: the samples folder)")
    generate(parser.parse_args().out)


if __name__ == "__main__":
    main()
