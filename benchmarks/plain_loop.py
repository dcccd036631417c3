"""The loop somebody would write in an afternoon: split each line, count requests and bytes by host and user.

``python plain_loop.py squid|fortigate|eve|zscaler FILE``. Names of AI services are found in a set; nothing is stored.
"""

import csv
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

Fact = tuple[str, str, int]
"""Host, user or client, bytes."""
_AI = {"chatgpt.com", "cdn.oaistatic.com", "claude.ai", "api.openai.com", "api.anthropic.com", "chat.deepseek.com"}
_PAIR = re.compile(r'(\w+)=("[^"]*"|\S*)')


def squid(lines: Iterator[str]) -> Iterator[Fact]:
    for line in lines:
        fields = line.split()
        yield fields[6].split("/")[2], fields[7], int(fields[4])


def fortigate(lines: Iterator[str]) -> Iterator[Fact]:
    for line in lines:
        fields = dict(_PAIR.findall(line))
        yield fields.get("hostname", "").strip('"'), fields["user"], int(fields["sentbyte"])


def eve(lines: Iterator[str]) -> Iterator[Fact]:
    for line in lines:
        event = json.loads(line)
        kind = event["event_type"]
        part = event[kind]
        name = part.get("sni") or part.get("rrname") or part.get("hostname") or ""
        yield name, event["src_ip"], part.get("bytes_toserver", 0)


def zscaler(lines: Iterator[str]) -> Iterator[Fact]:
    for row in csv.reader(lines):
        yield row[3].split("/")[0], row[1], int(row[7])


READERS: dict[str, Callable[[Iterator[str]], Iterator[Fact]]] = {
    "squid": squid,
    "fortigate": fortigate,
    "eve": eve,
    "zscaler": zscaler,
}


def main() -> None:
    kind, path = sys.argv[1:]
    requests: Counter[tuple[str, str]] = Counter()
    volume: Counter[tuple[str, str]] = Counter()
    with Path(path).open(encoding="utf-8") as file:
        for host, who, size in READERS[kind](file):
            requests[host, who] += 1
            volume[host, who] += size
    ai = sum(count for (host, _), count in requests.items() if host in _AI)
    print(f"{sum(requests.values())} lines, {ai} to AI services, {sum(volume.values())} bytes")


if __name__ == "__main__":
    main()
