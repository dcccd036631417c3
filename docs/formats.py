"""The generated parts of docs/formats.md: event columns with their ECS and OCSF names, and all formats."""

from pathlib import Path

from docs.generate import replace
from shadowscan.formats.library import load_library
from shadowscan.formats.sandbox import FUNCTIONS, MACROS
from shadowscan.model.events import EVENT_COLUMNS

PAGE = Path(__file__).with_name("formats.md")
_ELSEWHERE: dict[str, tuple[str, str]] = {
    "ts": ("@timestamp", "time"),
    "kind": ("event.category, network.protocol", "class_uid (4001, 4002, 4003)"),
    "src_ip": ("source.ip", "src_endpoint.ip"),
    "src_port": ("source.port", "src_endpoint.port"),
    "src_host": ("source.domain, host.hostname", "src_endpoint.hostname"),
    "user": ("user.name", "actor.user.name"),
    "dst_ip": ("destination.ip", "dst_endpoint.ip"),
    "dst_port": ("destination.port", "dst_endpoint.port"),
    "proto": ("network.transport", "connection_info.protocol_name"),
    "host": ("url.domain, tls.client.server_name, dns.question.name", "http_request.url.hostname, query.hostname"),
    "url_path": ("url.path", "http_request.url.path"),
    "url_query": ("url.query", "http_request.url.query_string"),
    "method": ("http.request.method", "http_request.http_method"),
    "status": ("http.response.status_code", "http_response.code"),
    "user_agent": ("user_agent.original", "http_request.user_agent"),
    "content_type": ("http.response.mime_type", "http_response.content_type"),
    "referrer": ("http.request.referrer", "http_request.referrer"),
    "file_name": ("file.name", "file.name"),
    "bytes_out": ("source.bytes, http.request.bytes", "traffic.bytes_out"),
    "bytes_in": ("destination.bytes, http.response.bytes", "traffic.bytes_in"),
    "packets_out": ("source.packets", "traffic.packets_out"),
    "packets_in": ("destination.packets", "traffic.packets_in"),
    "duration_s": ("event.duration (ns)", "duration (ms)"),
    "action": ("event.action, event.outcome", "action, disposition"),
    "vendor_app": ("network.application", "app_name"),
    "answers": ("dns.resolved_ip", "answers[].rdata"),
}  # fmt: skip


def columns() -> str:
    """Return the table of event columns."""
    rows = ["| column | type | meaning | ECS 8 | OCSF 1.3 |", "| --- | --- | --- | --- | --- |"]
    for column in EVENT_COLUMNS:
        ecs, ocsf = _ELSEWHERE.get(column.name, ("", ""))
        rows.append(f"| `{column.name}` | {column.sql_type} | {column.meaning} | {ecs} | {ocsf} |")
    return "\n".join(rows)


def formats() -> str:
    """Return the table of built-in formats."""
    rows = ["| id | title | reader | columns |", "| --- | --- | --- | ---: |"]
    for spec in sorted(load_library(), key=lambda spec: spec.id):
        title = spec.title.replace("|", "\\|")
        link = f"[{spec.id}](../shadowscan/formats/vendors/{spec.id}.yaml)"
        rows.append(f"| {link} | {title} | {spec.reader.kind} | {len(spec.columns)} |")
    return "\n".join([f"{len(load_library())} formats.", "", *rows])


def words() -> str:
    """Return the lists of functions and macros that expressions may use."""
    return "\n".join(
        f"{what}: {', '.join(f'`{name}`' for name in sorted(names))}."
        for what, names in (("Macros", MACROS), ("\nDuckDB's functions", FUNCTIONS))
    )


PARTS = {"columns": columns, "formats": formats, "words": words}


def main() -> None:
    """Write the parts anew."""
    for name, part in PARTS.items():
        replace(PAGE, name, part())


if __name__ == "__main__":
    main()
