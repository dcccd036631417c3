"""The generated parts of docs/formats.md are those that the code gives now."""

import re
from pathlib import Path

import pytest

from docs.formats import PAGE, PARTS
from shadowscan.formats.library import load_library
from shadowscan.ingest.examine import examine
from shadowscan.sources import Source, discover


@pytest.mark.parametrize("name", PARTS)
def test_a_generated_part_is_up_to_date(name: str) -> None:
    part = PAGE.read_text(encoding="utf-8").split(f"<!-- begin: {name} -->\n")[1].split(f"\n<!-- end: {name} -->")[0]
    assert part == PARTS[name](), "write it anew: make docs"


def test_the_walk_through_works(tmp_path: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    (tmp_path / "formats").mkdir()
    example = re.findall(r"(?ms)^```yaml\n(.*?)^```", text)[0]
    (tmp_path / "formats" / "acme-edge.yaml").write_text(example, encoding="utf-8")
    (tmp_path / "edge.log").write_text(re.findall(r"(?m)^<134>.*$", text)[0] + "\n", encoding="utf-8")
    (source,) = discover([str(tmp_path / "edge.log")])
    assert isinstance(source, Source)
    found = examine(source, load_library([tmp_path / "formats"]))
    assert [standing.format for standing in found.standings] == ["acme-edge"]
    expected = {
        "src_ip": "10.1.2.3",
        "user": "alice",
        "host": "api.openai.com",
        "url_path": "/v1/responses",
        "method": "POST",
        "status": 200,
        "bytes_out": 5120,
        "bytes_in": 830,
        "action": "allowed",
        "dst_port": 443,
        "kind": "http",
    }
    assert {name: found.first[0][name] for name in expected} == expected
