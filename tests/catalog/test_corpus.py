"""The shared examples and benign hosts: skipped where they are absent."""

import csv
import gzip
from pathlib import Path

import pytest
import yaml

from shadowscan.catalog import parse_input
from shadowscan.catalog.matcher import Matcher

SHARED = Path(__file__).parents[3] / "shared" / "catalog"
REVIEWED = Path(__file__).parent / "reviewed_benign.yaml"

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="no shared catalogue facts beside this repository")


def test_every_example_request_is_recognised_with_its_activity(matcher: Matcher) -> None:
    wrong = []
    with (SHARED / "example_urls.tsv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            one = parse_input(f"{row['method']} {row['url']}")
            found = matcher.match(host=one.host, method=one.method, path=one.path, query=one.query, port=one.port)
            if (found.service, found.activity) != (row["service_id"], row["activity"]):
                wrong.append((row["method"], row["url"], found.service, found.activity))
    assert wrong == []


def test_benign_hosts_have_no_verdict_beyond_the_reviewed_ones(matcher: Matcher) -> None:
    reviewed = yaml.safe_load(REVIEWED.read_text(encoding="utf-8"))["hosts"]
    assert all(entry["reason"] for entry in reviewed)
    suffixes = tuple(f".{entry['suffix']}" for entry in reviewed)
    with gzip.open(SHARED / "benign_hosts.txt.gz", "rt", encoding="utf-8") as stream:
        hosts = stream.read().split()
    labels = matcher.label_hosts(hosts)
    verdicts = [host for host, label in zip(hosts, labels, strict=True) if label.verdict == "service"]
    assert [host for host in verdicts if not f".{host}".endswith(suffixes)] == []
    unused = [suffix for suffix in suffixes if not any(f".{host}".endswith(suffix) for host in verdicts)]
    assert unused == []
    assert sum(label.verdict == "candidate" for label in labels) < len(hosts) / 2000
