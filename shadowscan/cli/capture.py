"""`shadowscan capture`: events of a live interface, printed, spooled for `watch`, or kept as packets."""

from collections import Counter
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    from shadowscan.errors import Problem

_SPOOL_BYTES, _SPOOL_AFTER = 64 << 20, timedelta(hours=1)
EPILOG = """\b
Examples:
  shadowscan capture -i eth0 --spool /var/spool/shadowscan     (with `shadowscan watch /var/spool/shadowscan`)
  shadowscan capture -i eth0 --filter "not port 22" --seconds 60 > events.ndjson
  shadowscan capture -i mirror0 --write packets/ --write-mb 100 --keep 20

The one right it needs is CAP_NET_RAW. Content is never part of an event; files of --write hold all of it.
"""


def capture(
    interface: Annotated[str, typer.Option("--interface", "-i", help="Interface to listen on.")],
    bpf: Annotated[str | None, typer.Option("--filter", help="Packets to take, as in pcap-filter(7).")] = None,
    spool: Annotated[
        Path | None, typer.Option("--spool", help="Write events to synced files of this folder, for `scan` or `watch`.")
    ] = None,
    write: Annotated[Path | None, typer.Option("--write", help="Keep the packets too, as pcap files here.")] = None,
    write_mb: Annotated[int, typer.Option("--write-mb", min=1, help="Size of a pcap file, MB.")] = 100,
    keep: Annotated[
        int | None, typer.Option("--keep", min=1, help="Keep so many pcap files; the oldest make room. Else all.")
    ] = None,
    seconds: Annotated[float | None, typer.Option("--seconds", min=0, help="End after this time.")] = None,
    packets: Annotated[int | None, typer.Option("--packets", min=1, help="End after so many packets.")] = None,
    buffer_mb: Annotated[int, typer.Option("--buffer-mb", min=4, help="Room for packets not yet read, MB.")] = 64,
    promiscuous: Annotated[
        bool, typer.Option("--promiscuous/--own-only", help="Take packets for others as well (mirror ports need it).")
    ] = True,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Errors only.")] = False,
) -> None:
    """Read packets from an interface until stopped: the events of `parse`, as they happen.

    A flow is reported when it has ended, and every minute while it goes on. Packets lost for want of room are
    counted and make the exit code 3.
    """
    from shadowscan.capture.live import Bounds, capture_live
    from shadowscan.capture.pcapfiles import PcapFiles
    from shadowscan.capture.ring import PacketRing
    from shadowscan.cli.console import say, tell
    from shadowscan.cli.stopping import stop_signal
    from shadowscan.errors import ExitCode
    from shadowscan.ingest.events import packet_events

    tally = Counter[str]()
    with ExitStack() as stack:
        stopped = stack.enter_context(stop_signal())
        ring = stack.enter_context(PacketRing(interface, bpf=bpf, promiscuous=promiscuous, ring_bytes=buffer_mb << 20))
        put = _sink(spool, stack)
        files = None if write is None else PcapFiles(write, ring.link, file_bytes=write_mb << 20, keep=keep)
        if not quiet:
            say(f"shadowscan: capturing on {interface}")
        for batch in capture_live(ring, stopped, bounds=Bounds(seconds, packets), files=files):
            put(packet_events(batch))
            tally.update(
                packets=batch.packets, not_ip=batch.not_ip, damaged=batch.damaged, events=len(batch.events),
                problems=len(batch.problems),
            )  # fmt: skip
            for problem in batch.problems:
                tell(problem)
        tally["lost"] = ring.counts()[1]
    if tally["lost"]:
        tell(_lost(tally["lost"], interface))
    if not quiet:
        say(_summary(tally))
    raise typer.Exit(ExitCode.INCOMPLETE if tally["lost"] or tally["problems"] else ExitCode.COMPLETE)


def _sink(spool: Path | None, stack: ExitStack) -> "Callable[[pa.Table], None]":
    """Where events go: to stdout, or durably to the newest file of a folder."""
    from shadowscan.cli.eventwriters import NdjsonWriter
    from shadowscan.cli.jsonlines import ndjson
    from shadowscan.errors import SourceError
    from shadowscan.listen.spool import Spool

    if spool is None:
        return stack.enter_context(NdjsonWriter(None)).write
    folder, files = spool, Spool(
        spool, rotate_bytes=_SPOOL_BYTES, rotate_after=_SPOOL_AFTER, kind="events", suffix=".ndjson"
    )  # fmt: skip
    stack.callback(files.close)

    def put(events: "pa.Table") -> None:
        lines = [line.encode() for part in events.to_batches() for line in ndjson(part)]
        try:
            if lines:
                files.write(lines)
        except OSError as error:
            raise SourceError("can't write events", reason=error.strerror or "", where=str(folder)) from error

    return put


def _lost(packets: int, interface: str) -> "Problem":
    from shadowscan.errors import Problem

    hint = "give a larger --buffer-mb, or a --filter that leaves out what isn't wanted"
    return Problem(f"{packets:,} packets lost", "no room was left for them", interface, hint)


def _summary(tally: Counter[str]) -> str:
    others = (f"{tally['not_ip']:,} not IP", f"{tally['damaged']:,} damaged", f"{tally['lost']:,} lost")
    return f"shadowscan: {tally['packets']:,} packets ({', '.join(others)}), {tally['events']:,} events"
