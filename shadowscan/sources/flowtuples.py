"""Azure flow logs: one record holds the tuples of many flows; each becomes a record of its own.

Source: https://learn.microsoft.com/azure/network-watcher/nsg-flow-logs-overview and vnet-flow-logs-overview.
"""

import json
from collections.abc import Iterator
from typing import Any

MARK = b'"flowTuples"'


def one_a_record(record: str) -> list[str]:
    """Return a record for each flow tuple of a record; the record itself where it has none, or is no such JSON.

    A tuple bears its own time, so that of the record (when it was written) is left out.
    """
    try:
        content = json.loads(record)
        kept = {name: content[name] for name in ("category", "operationName", "resourceId") if name in content}
        found = [json.dumps({**kept, **flow}, ensure_ascii=False) for flow in _flows(content)]
    except (ValueError, TypeError, AttributeError, RecursionError):
        return [record]
    return found or [record]


def _flows(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield rule and tuple of each flow of a network security group's, or a virtual network's, record."""
    for flow in record.get("properties", {}).get("flows", []):
        yield from _tuples(flow.get("rule"), flow.get("flows", []))
    for flow in record.get("flowRecords", {}).get("flows", []):
        for group in flow.get("flowGroups", []):
            yield from _tuples(group.get("rule"), [group])


def _tuples(rule: str | None, groups: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for group in groups:
        for content in group.get("flowTuples", []):
            yield {"rule": rule, "flowTuples": [content]}
