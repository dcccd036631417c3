"""Every corpus line behind every sort of header: ``python -m benchmarks.headers CORPUS SCORER``.

A relay, a collector or a container puts its header before a record; the record must be read as before. For each form
of header the corpus is written anew, each line with its own header (if it has one) taken off and this one put on,
and scored. A header bears the time of the expected event where the record states none, else a wrong one: the
record's own time wins. Printed as the table of docs/formats.md.
"""

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

from shadowscan.cli.eventwriters import NdjsonWriter
from shadowscan.errors import SourceError
from shadowscan.formats.library import load_library
from shadowscan.formats.syslog import peel
from shadowscan.ingest.events import EventReader
from shadowscan.sources import Source, discover

WRONG = timedelta(hours=-5, minutes=-3)
ISO, BSD, YEAR = "%Y-%m-%dT%H:%M:%S", "%b %e %H:%M:%S", "%b %e %Y %H:%M:%S"
HEADERS: Mapping[str, str] = {
    "none": "",
    "PRI only": "<134>",
    "RFC 3164": f"<134>{BSD} gw-1 ",
    "RFC 3164 without PRI, with a tag": f"{BSD} gw-1 logger[411]: ",
    "RFC 3164 with a year": f"<134>{YEAR} gw-1 : ",
    "RFC 3164 with milliseconds and a zone": f"<134>{BSD}.250 UTC gw-1 ",
    "RFC 3164, its host an IPv6 address": f"<134>{BSD} 2001:db8::7 ",
    "RFC 5424": f"<134>1 {ISO}.250Z gw-1 proxy 411 - - ",
    "RFC 5424 with structured data": f'<134>1 {ISO}Z gw-1 proxy 411 ID7 [origin@32473 ip="192.0.2.4" x="a \\"b\\""] ',
    "RFC 5424 with a byte order mark": f"<134>1 {ISO}Z gw-1 proxy - - - \ufeff",
    "RFC 6587 octet count": f"512 <134>1 {ISO}Z gw-1 proxy 411 - - ",
    "rsyslog, ISO time": f"{ISO}.250000+00:00 gw-1 logger[411]: ",
    "syslog-ng, ISO time": f"<134>{ISO}+00:00 gw-1 ",
    "syslog-ng, chain of hosts": f"{BSD} src@gw-1/192.0.2.4 ",
    "relayed twice": f"<13>{BSD} relay-1 <134>{BSD} gw-1 logger: ",
    "relayed twice without PRI": f"{BSD} 192.0.2.4 {BSD} gw-1 logger: ",
    "Cisco IOS": f"<189>4711: gw-1: *{BSD}.250: ",
    "Kiwi": "%Y-%m-%d %H:%M:%S\tLocal7.Info\t192.0.2.4\t",
    "journald": f"{BSD} gw-1 logger[411]: ",
    "journald, host and program alone": "gw-1 logger[411]: ",
    "Kubernetes CRI": f"{ISO}.250000000Z stdout F ",
    "docker logs": f"{ISO}.250000000Z ",
    "docker compose": "gateway-1  | ",
}
Line = dict[str, Any]


def written(form: str, moment: datetime) -> str:
    """Return a header; ``%e`` is the day padded with a blank, whatever the platform's strftime knows."""
    return moment.strftime(form.replace("%e", f"{moment.day:2d}"))


def events_of(path: Path) -> list[Line]:
    """Parse a file as the command does."""
    target = path.with_suffix(".parsed")
    reader = EventReader(load_library, timezone="UTC")
    for source in discover([str(path)]):
        if isinstance(source, Source):
            with NdjsonWriter(target) as writer:
                try:
                    for events in reader.read(source):
                        writer.write(events)
                except SourceError as error:
                    print(error)
    return [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()] if target.exists() else []


def moments(scorer: Any, expected: list[Line], bare: list[Line]) -> dict[int, datetime]:
    """Line -> the time for its header: the expected one, or a wrong one where the record bears its own."""
    found = {}
    for number, event in scorer.match(expected, bare).items():
        wanted = expected[number]
        stated = scorer.to_ts(wanted.get("ts"))
        if stated is not None:
            own = event is not None and scorer.right("ts", wanted["ts"], event, wanted)
            found[wanted["line"]] = stated + WRONG if own else stated
    return found


def scores(
    corpus: Path, scorer: Any, forms: Mapping[str, str], tell: Callable[[str], None]
) -> Iterator[tuple[str, str, int, int]]:
    """Yield header, format, right fields and expected fields."""
    with tempfile.TemporaryDirectory() as folder:
        for log in sorted(corpus.glob("*/*.log")):
            expected = [json.loads(line) for line in log.with_suffix(".expected.ndjson").read_text().splitlines()]
            records = [peel(line)[1] for line in log.read_text(encoding="utf-8").splitlines()]
            bare = Path(folder) / "bare.log"
            bare.write_text("\n".join(records) + "\n", encoding="utf-8")
            times = moments(scorer, expected, events_of(bare))
            for name, form in forms.items():
                behind = Path(folder) / log.name
                default = datetime.now(UTC) - timedelta(days=1)
                lines = [
                    written(form, times.get(number, default)) + record if record else ""
                    for number, record in enumerate(records, 1)
                ]
                behind.write_text("\n".join(lines) + "\n", encoding="utf-8")
                right, whole, missed = score(scorer, expected, events_of(behind), headed=bool(form))
                for miss in missed[:3]:
                    tell(f"{name}: {log.parent.name}/{log.name}:{miss}")
                yield name, log.parent.name, right, whole


def score(scorer: Any, expected: list[Line], events: list[Line], *, headed: bool) -> tuple[int, int, list[str]]:
    """Return right fields, expected fields, and what was missed; without a header there may be no time."""
    right, whole, missed = 0, 0, []
    for number, event in scorer.match(expected, events).items():
        wanted = expected[number]
        for name in scorer.ORDER:
            if name in wanted and (headed or name != "ts"):
                whole += 1
                if event is not None and scorer.right(name, wanted[name], event, wanted):
                    right += 1
                else:
                    missed.append(
                        f"{wanted['line']} {name} {wanted[name]!r} not {event.get(name) if event else 'read'!r}"
                    )
    return right, whole, missed


def main() -> None:
    """Read the command line, print the table."""
    parser = argparse.ArgumentParser(description="Score the corpus behind headers.")
    parser.add_argument("corpus", type=Path)
    parser.add_argument("scorer", type=Path)
    parser.add_argument("--only", help="part of a header's name")
    parser.add_argument("--misses", action="store_true")
    options = parser.parse_args()
    loader = SourceFileLoader("scorer", str(options.scorer))
    scorer = ModuleType("scorer")
    loader.exec_module(scorer)
    forms = {name: form for name, form in HEADERS.items() if not options.only or options.only in name}
    found: dict[str, dict[str, list[int]]] = {name: {} for name in forms}
    for name, kind, right, whole in scores(options.corpus, scorer, forms, print if options.misses else lambda _: None):
        total = found[name].setdefault(kind, [0, 0])
        total[0] += right
        total[1] += whole
    print("| header | score | formats below 95 % |", "| --- | ---: | --- |", sep="\n")
    for name, kinds in found.items():
        shares = {kind: 100 * right / whole for kind, (right, whole) in kinds.items() if whole}
        low = ", ".join(
            f"{kind} {share:.0f}" for kind, share in sorted(shares.items(), key=lambda one: one[1]) if share < 95
        )
        print(f"| {name} | {sum(shares.values()) / len(shares):.1f} % | {low} |")


if __name__ == "__main__":
    main()
