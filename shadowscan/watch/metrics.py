"""The status as Prometheus metrics, through prometheus-client: as a text file or over HTTP on loopback."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from shadowscan.errors import UsageError
from shadowscan.files import replace_file
from shadowscan.watch.status import SourceStatus, State, WatchStatus

if TYPE_CHECKING:
    from prometheus_client.core import Metric
    from prometheus_client.registry import CollectorRegistry

LOOPBACK = "127.0.0.1"
_LABELS = ("folder", "log")
_COUNTERS: tuple[tuple[str, str], ...] = (
    ("lines", "Lines read since the watcher started"),
    ("events", "Lines that became events, each counted once"),
    ("ai_events", "Events that are AI use, or may be"),
    ("duplicates", "Events that another file had given already"),
    ("skipped", "Lines skipped for a reason"),
    ("rejected", "Lines that were not understood"),
)
_GAUGES: tuple[tuple[str, str], ...] = (
    ("pending", "Files with something not yet read"),
    ("lag_bytes", "Upper bound of the bytes not yet read"),
    ("lag_seconds", "Age of the oldest change not yet read"),
    ("rate", "Lines a second over the last minute"),
    ("silent", "1 if no line came for longer than silent_after"),
    ("drift", "1 if the share of rejected lines has jumped"),
)


class StatusCollector:
    """Makes metrics of the status each time they are asked for."""

    def __init__(self, status: Callable[[], WatchStatus]) -> None:
        self._status = status

    def collect(self) -> "Iterator[Metric]":
        """Yield all metrics."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        status = self._status()
        for name, text in _COUNTERS:
            counter = CounterMetricFamily(f"shadowscan_watch_{name}", text, labels=_LABELS)
            for source in status.sources:
                counter.add_metric(_label(source), getattr(source, name))
            yield counter
        for name, text in _GAUGES:
            gauge = GaugeMetricFamily(f"shadowscan_watch_{name}", text, labels=_LABELS)
            for source in status.sources:
                gauge.add_metric(_label(source), float(getattr(source, name)))
            yield gauge
        yield from self._sinks(status)
        yield CounterMetricFamily("shadowscan_watch_alarms", "Alarms told since the start", value=status.alarms)
        yield GaugeMetricFamily("shadowscan_watch_files", "Files that are watched", value=status.files)
        yield GaugeMetricFamily("shadowscan_watch_database_bytes", "Size of the database", value=status.database_bytes)
        updated = (status.updated - status.updated.min).total_seconds() - _EPOCH
        yield GaugeMetricFamily("shadowscan_watch_updated_seconds", "When this was true (Unix time)", value=updated)
        states = GaugeMetricFamily("shadowscan_watch_state", "1 for what the watcher does now", labels=("state",))
        for state in State:
            states.add_metric((state.value,), float(state is status.state))
        yield states

    def _sinks(self, status: WatchStatus) -> "Iterator[Metric]":
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        labels = ("sink",)
        delivered = CounterMetricFamily("shadowscan_watch_alerts_delivered", "Alerts that a sink took", labels=labels)
        waiting = GaugeMetricFamily("shadowscan_watch_alerts_waiting", "Alerts in the outbox", labels=labels)
        refused = GaugeMetricFamily("shadowscan_watch_alerts_refused", "Alerts a sink never takes", labels=labels)
        latency = GaugeMetricFamily(
            "shadowscan_watch_alert_seconds", "From line seen to alert taken, 95th percentile", labels=labels
        )
        for sink in status.sinks:
            delivered.add_metric((sink.name,), sink.delivered)
            waiting.add_metric((sink.name,), sink.waiting)
            refused.add_metric((sink.name,), sink.refused)
            if sink.latency_p95 is not None:
                latency.add_metric((sink.name,), sink.latency_p95)
        yield from (delivered, waiting, refused, latency)


_EPOCH = 62_135_596_800
"""Seconds from the first day of the calendar to 1970."""


def registry_of(status: Callable[[], WatchStatus]) -> "CollectorRegistry":
    """Return a registry of these metrics alone; UsageError if prometheus-client is not installed."""
    try:
        from prometheus_client import CollectorRegistry
    except ImportError as error:
        raise UsageError(
            "metrics need prometheus-client", hint="install it: pip install 'shadowscan-ai[metrics]'"
        ) from error
    registry = CollectorRegistry()
    registry.register(StatusCollector(status))
    return registry


def write_metrics(path: Path, registry: "CollectorRegistry") -> None:
    """Replace the text file; OSError if that can't be."""
    from prometheus_client import generate_latest

    replace_file(path, generate_latest(registry), 0o644)


def serve_metrics(port: int, registry: "CollectorRegistry") -> None:
    """Answer Prometheus on loopback from a thread of its own; UsageError if the port is taken."""
    from prometheus_client import start_http_server

    try:
        start_http_server(port, addr=LOOPBACK, registry=registry)
    except OSError as error:
        raise UsageError("can't listen for Prometheus", reason=str(error), where=f"{LOOPBACK}:{port}") from error


def _label(source: SourceStatus) -> tuple[str, str]:
    return source.folder, source.name
