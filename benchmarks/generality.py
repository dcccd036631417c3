"""What the general readers make of logs whose format is withheld: ``python -m benchmarks.generality CORPUS SCORER``.

CORPUS and SCORER are the scored corpus and its scoring script. Three ways: every format at hand; for each file
without those that claim a line of it (the others stay, and may claim it wrongly); without any format. Printed as
the tables of docs/formats.md: the score of each way, of each general reader without any format, and the share of
events that came of noise (lines of which the corpus expects nothing: logins, DHCP, system messages, headers).
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from shadowscan.cli.eventwriters import NdjsonWriter
from shadowscan.errors import SourceError
from shadowscan.formats.detect import detect
from shadowscan.formats.headers import header_format
from shadowscan.formats.library import FormatLibrary, load_library
from shadowscan.ingest.events import EventReader
from shadowscan.ingest.examine import sample_of
from shadowscan.sources import Source, discover

WAYS = ("all at hand", "own withheld", "all withheld")


def library_for(source: Source, way: str) -> FormatLibrary:
    """Return the formats that may be used for one file."""
    whole = load_library()
    if way == WAYS[0]:
        return whole
    if way == WAYS[2]:
        return FormatLibrary([])
    lines = sample_of(source)
    own = {candidate.spec.id for candidate in detect(whole, lines)}
    if headed := header_format(whole, lines):
        own.add(headed.id)
    return FormatLibrary(spec for spec in whole if spec.id not in own)


def parse(path: str, way: str) -> None:
    """Print the events of one file."""
    for source in discover([path]):
        if isinstance(source, Source):
            with NdjsonWriter(None) as writer:
                try:
                    for events in EventReader(partial(library_for, source, way), timezone="UTC").read(source):
                        writer.write(events)
                except SourceError as error:
                    print(error, file=sys.stderr)


def score(corpus: Path, scorer: Path, way: str) -> Mapping[str, Any]:
    """Run the scorer over the corpus."""
    command = f"{sys.executable} -m benchmarks.generality --parse {{file}} --way '{way}'"
    result = subprocess.run(
        [sys.executable, str(scorer), str(corpus), "--cmd", command, "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    content: Mapping[str, Any] = json.loads(result.stdout)
    return content


def tables(scores: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the results as Markdown."""
    known = scores[WAYS[0]]["formats"].values()
    events, extra = (sum(one[key] for one in known) for key in ("events", "extra_events"))
    silent = sum(one["lines"] - one["expected_events"] for one in known)
    rows = ["| formats at hand | score |", "| --- | ---: |"]
    rows += [f"| {way} | {content['total']['macro_percent']:.1f} % |" for way, content in scores.items()]
    rows += ["", "| general reader | formats | score |", "| --- | ---: | ---: |"]
    readers: dict[str, list[float]] = {}
    for one in scores[WAYS[2]]["formats"].values():
        readers.setdefault(one["recognised_as"] or "none", []).append(one["percent"])
    rows += [f"| {name} | {len(found)} | {sum(found) / len(found):.1f} % |" for name, found in sorted(readers.items())]
    noise = f"{extra} of {events} events ({extra / events:.1%}) came of the {silent} lines without an expectation"
    return "\n".join([*rows, "", noise])


def main() -> None:
    """Read the command line; print the table, or one file's events."""
    parser = argparse.ArgumentParser(description="Score the general readers.")
    parser.add_argument("corpus", nargs="?", type=Path)
    parser.add_argument("scorer", nargs="?", type=Path)
    parser.add_argument("--parse")
    parser.add_argument("--way", choices=WAYS, default=WAYS[0])
    options = parser.parse_args()
    if options.parse:
        parse(options.parse, options.way)
    elif options.corpus is None or not options.corpus.is_dir():
        print("no corpus here: nothing to score")
    else:
        print(tables({way: score(options.corpus, options.scorer, way) for way in WAYS}))


if __name__ == "__main__":
    main()
