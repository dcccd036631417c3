"""How long a report takes on a large database: 10 M AI events of 5,000 people over a year.

    python -m benchmarks.report [--events 10000000] [--people 5000] [--db FILE]

Fills a database through the store, as scans do (unless the file is there), then runs whole commands in processes of
their own. The events are drawn: sessions of a person with a tool, seen by a proxy that looks inside TLS, a part of them
by a firewall and the DNS resolver, too.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchmarks.measure import run
from shadowscan.catalog import load_catalog
from shadowscan.catalog.matcher import Matcher
from shadowscan.ingest.label import Labeller
from shadowscan.model.events import EVENT_COLUMNS
from shadowscan.simulate.tools import TOOLS, Kind
from shadowscan.store.commit import commit
from shadowscan.store.database import Database
from shadowscan.store.labels import VERDICT, note_catalog
from shadowscan.store.ledger import begin_run
from shadowscan.store.records import Batch, FileFacts, Load, Mark, Progress, Stretch
from shadowscan.store.schema import LABEL_COLUMNS

START = np.datetime64("2025-06-02T00:00:00", "us")
DAYS = 365
CHUNK = 250_000
"""Events of one ledger entry."""
SESSION = 40.0
"""Mean number of requests of a session."""
ALSO_SEEN = {"flow": ("fortinet-fortigate@1", 0.3, 0.15), "dns": ("cisco-umbrella-dns@1", 0.5, 0.1)}
"""Views beside the proxy's: format, share of sessions, share of their requests that show there."""
SHARES = {
    Kind.PROMPT: 0.2,
    Kind.PREPARE: 0.08,
    Kind.UPLOAD: 0.01,
    Kind.TELEMETRY: 0.3,
    Kind.STATIC: 0.36,
    Kind.HISTORY: 0.05,
}
MEDIANS = {Kind.PROMPT: 6000.0, Kind.UPLOAD: 200_000.0}
ARROW = {
    "TIMESTAMP": pa.timestamp("us"),
    "VARCHAR": pa.string(),
    "BIGINT": pa.int64(),
    "INTEGER": pa.int32(),
    "DOUBLE": pa.float64(),
}
LABELS = VERDICT
ROLLUP = ("ts", "kind", "host", "user", "device", "action", "bytes_out", "bytes_in")
SAID = (*("host", "method", "url_path", "user_agent"), *LABELS)

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of request of one tool, and what the catalogue says of it."""

    tool: int
    share: float
    median: float
    columns: dict[str, str | None]


def shapes() -> list[Shape]:
    """Return every kind of request of every tool of the simulator."""
    matcher, found = Matcher(load_catalog()), []
    for number, tool in enumerate(TOOLS):
        for kind, share in SHARES.items():
            if where := tool.addresses.get(kind):
                request = {"host": where.host, "method": where.method, "path": where.path, "user_agent": tool.agent}
                match = matcher.match(**request, query=None, port=443)
                columns = {name: getattr(match, name) for name in LABELS} | request | {"url_path": where.path}
                found.append(Shape(number, share, MEDIANS.get(kind, 1500.0), columns))
    return found


class Year:
    """A year of a company, drawn chunk by chunk in order of time."""

    def __init__(self, people: int, seed: int = 1) -> None:
        self._random = np.random.default_rng(seed)
        self._shapes = shapes()
        self._favourites = self._random.integers(0, len(TOOLS), (people, 3))
        zeal = self._random.lognormal(0, 0.8, people)
        self._zeal = zeal / zeal.sum()
        self._people = pa.array([f"user{number:05d}" for number in range(people)])
        self._devices = pa.array(
            [f"10.{number // 62500}.{number // 250 % 250}.{number % 250}" for number in range(people)]
        )

    def chunk(self, begin: float, end: float, size: int) -> pa.Table:
        """Return so many events between two shares of the year: the columns of ``events`` but ledger_id."""
        session, person, which, at = self._requests(begin, end, size)
        views = [("http", "proxysg@1", np.arange(len(at)))]
        for kind, (log, sessions, share) in ALSO_SEEN.items():
            seen = (self._random.random(session.max() + 1) < sessions)[session] & (self._random.random(len(at)) < share)
            views.append((kind, log, np.flatnonzero(seen)))
        return pa.concat_tables([self._view(kind, log, rows, person, which, at) for kind, log, rows in views])

    def _requests(self, begin: float, end: float, size: int) -> tuple[Numbers, Numbers, Numbers, Numbers]:
        random = self._random
        lengths = random.geometric(1 / SESSION, int(size * 0.9 / SESSION))
        count = len(lengths)
        who = random.choice(len(self._zeal), count, p=self._zeal)
        tool = self._favourites[who, random.integers(0, 3, count)]
        day = np.floor(random.uniform(begin * DAYS, end * DAYS, count))
        second = (day * 86_400 + random.uniform(8, 18, count) * 3600) * 1_000_000
        session = np.repeat(np.arange(count), lengths)
        pauses = random.exponential(40e6, len(session))
        at = np.cumsum(pauses) - np.repeat(np.cumsum(pauses)[np.cumsum(lengths) - lengths], lengths) + second[session]
        which = np.zeros(len(session), dtype=np.int64)
        for number in range(len(TOOLS)):
            mine = np.array([index for index, shape in enumerate(self._shapes) if shape.tool == number])
            weights = np.array([self._shapes[index].share for index in mine])
            rows = np.flatnonzero(tool[session] == number)
            which[rows] = random.choice(mine, len(rows), p=weights / weights.sum())
        return session, who[session], which, at.astype(np.int64)

    def _view(self, kind: str, log: str, rows: Numbers, person: Numbers, which: Numbers, at: Numbers) -> pa.Table:
        """What one kind of device tells of these requests."""
        random, count = self._random, len(rows)
        named = {
            name: pa.array([shape.columns.get(name) for shape in self._shapes], pa.string()).take(pa.array(which[rows]))
            for name in SAID
        }
        medians = np.array([shape.median for shape in self._shapes])[which[rows]]
        sent = (medians * random.lognormal(0, 0.7, count)).astype(np.int64)
        known: dict[str, pa.Array] = {
            **named,
            "ts": pa.array(START + at[rows].astype("timedelta64[us]")),
            "kind": pa.array([kind] * count),
            "format": pa.array([log] * count),
            "user": self._people.take(pa.array(person[rows])),
            "src_ip": self._devices.take(pa.array(person[rows])),
            "action": pa.array(["allowed"] * count),
            "bytes_out": pa.array(sent),
            "bytes_in": pa.array(sent * 4),
            "line": pa.array(rows),
            "byte_offset": pa.array(rows * 300),
        }
        hidden = {"method", "url_path", "user_agent", "activity", "client_kind", "user"} if kind != "http" else set()
        if kind == "dns":
            hidden |= {"bytes_out", "bytes_in"}
        columns = [
            (name, ARROW[sql]) for name, sql in (*LABEL_COLUMNS[1:], *((c.name, c.sql_type) for c in EVENT_COLUMNS))
        ]
        return pa.table(
            {
                name: known[name].cast(kind_) if name in known and name not in hidden else pa.nulls(count, kind_)
                for name, kind_ in columns
            }
        )


def fill(path: Path, events: int, people: int) -> None:
    """Write the database, a ledger entry a chunk."""
    year, chunks = Year(people), -(-events // CHUNK)
    labeller = Labeller(load_catalog())
    with Database(path).write() as session:
        note_catalog(session, version=labeller.catalog.version, common=labeller.common)
    progress = Progress(None, FileFacts("year.log", "log", "none", None, None))
    for number in range(chunks):
        told = year.chunk(number / chunks, (number + 1) / chunks, min(CHUNK, events - number * CHUNK))
        with Database(path).write() as session:
            record = begin_run(session, command="benchmark", version="0", catalog="0")
            batch = _batch(told, number, labeller)
            commit(session, record, Load([Stretch(progress, batch, Mark())], labeller.fresh_hosts()))


def _batch(told: pa.Table, number: int, labeller: Labeller) -> Batch:
    count = len(told)
    labeller.interesting(told.append_column("_hit", pa.nulls(count, pa.bool_())))
    rolled = told.append_column("device", told["src_ip"]).select(ROLLUP)
    keys = pa.array(np.arange(count, dtype=np.uint64) + np.uint64(number * 2 * CHUNK))
    return Batch(
        from_offset=number * CHUNK * 300,
        to_offset=(number + 1) * CHUNK * 300,
        first_line=number * CHUNK + 1,
        next_line=(number + 1) * CHUNK + 1,
        sha256="",
        lines=count,
        events=rolled.append_column("_n", told["line"]).append_column("_key", keys),
        ai_events=told,
        rejects=pa.table({}),
        skips={},
        formats={"proxysg@1": count},
        filled={},
        used=count,
        skipped=0,
        rejected=0,
    )


COMMANDS = {
    "report": ["report"],
    "report, JSON": ["report", "--output", "json"],
    "one tool": ["report", "--service", "anthropic-claude"],
    "one tool of one person": ["report", "--service", "anthropic-claude", "--user", "user00007"],
    "last 30 days": ["report", "--since", "2026-05-01"],
}


def measured(path: Path) -> Iterator[str]:
    """Run each command; one line of a table each."""
    yield "| command | wall s | CPU s | peak MB |"
    yield "|---|--:|--:|--:|"
    for name, arguments in COMMANDS.items():
        done = run([str(Path(sys.executable).with_name("shadowscan")), *arguments, "--db", str(path)])
        if done.exit_code:
            raise SystemExit(done.last_words)
        yield f"| {name} | {done.wall_s:.1f} | {done.cpu_s:.1f} | {done.peak_bytes / 1e6:,.0f} |"


def main() -> None:
    """Fill, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--people", type=int, default=5000)
    parser.add_argument("--db", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = chosen.db or Path(folder) / "report.duckdb"
        if not path.exists():
            fill(path, chosen.events, chosen.people)
        print("\n".join(measured(path)))


if __name__ == "__main__":
    main()
