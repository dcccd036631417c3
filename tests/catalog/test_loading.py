import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from shadowscan.catalog import load_catalog
from shadowscan.catalog.places import cache_directory
from shadowscan.errors import UsageError
from tests.catalog.conftest import WriteSignatures
from tests.catalog.samples import ACME, ALL


def test_a_catalogue_knows_services_and_their_former_ids(signatures: WriteSignatures) -> None:
    catalog = load_catalog([signatures(ALL)], builtin=False)
    service = catalog.service("acme-bot")
    assert (service.id, service.signature, service.vendor, service.country) == (
        "acme-chat",
        "acme-chat@3",
        "Acme",
        "US",
    )
    assert service.sources == ("notes",)
    assert service.terms[0].value == "30 days"
    with pytest.raises(UsageError, match="no service 'nobody'"):
        catalog.service("nobody")


def test_equal_content_has_an_equal_version_wherever_it_lies(signatures: WriteSignatures) -> None:
    one = load_catalog([signatures(ALL, "one")], builtin=False)
    two = load_catalog([signatures(ALL, "two")], builtin=False)
    other = load_catalog([signatures(ALL | {"shapes.yaml": "shapes: []\n"}, "three")], builtin=False)
    assert one.version == two.version != other.version


def test_the_cached_catalogue_equals_the_read_one(signatures: WriteSignatures) -> None:
    directory = signatures(ALL)
    first = load_catalog([directory], builtin=False)
    again = load_catalog([directory], builtin=False)
    assert again.services == first.services
    assert (again.clients, again.shapes, again.not_ai) == (first.clients, first.shapes, first.not_ai)
    assert again.services is not first.services


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"services": [[1]]}', '{"services": 7}', "\x00" * 50])
def test_a_damaged_cache_is_rebuilt(signatures: WriteSignatures, damage: str) -> None:
    directory = signatures(ALL)
    version = load_catalog([directory], builtin=False).version
    [file] = cache_directory().glob(f"catalogue-*-{version}.json")
    file.write_text(damage, encoding="utf-8")
    assert "acme-chat" in load_catalog([directory], builtin=False).services
    assert json.loads(file.read_text(encoding="utf-8"))["services"]


def test_a_cache_that_cannot_be_written_is_no_obstacle(
    signatures: WriteSignatures, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a directory", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    assert "acme-chat" in load_catalog([signatures(ALL)], builtin=False).services


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        (ACME.replace("role: api}", "role: brain}", 1), "acme.yaml:12", "'web', 'api'"),
        (ACME.replace("activity: history", "activity: dream"), "acme.yaml:20", "'prompt'"),
        (ACME.replace("category: chat-assistant", "category: chat"), "acme.yaml:6", "'chat-assistant'"),
        (ACME.replace("suffix: chat.acme.example", "suffix: Chat.acme.example"), "acme.yaml:11", "lower case"),
        (ACME.replace("suffix: chat.acme.example", "suffix: https://chat.acme.example"), "acme.yaml:11", "no scheme"),
        (
            ACME.replace("suffix: chat.acme.example,", "suffix: a.example, exact: b.example,"),
            "acme.yaml:11",
            "exactly one",
        ),
        (ACME.replace('"/api/{v1|v2}/talk/*"', '"/api/{v1/talk"', 1), "acme.yaml:19", "braces"),
        (ACME + "colour: red\n", "acme.yaml:41", "Extra inputs"),
        (ACME.replace("revision: 3", "revision: 0"), "acme.yaml:2", "greater than or equal to 1"),
        ("id: [unclosed\n", "acme.yaml:2", "not valid YAML"),
        ("just text\n", "acme.yaml:1", "valid dictionary"),
        ("- 1\n", "acme.yaml:1", "valid dictionary"),
        ("!!python/object/apply:os.system [ls]\n", "acme.yaml:1", "not valid YAML"),
    ],
)
def test_a_broken_file_is_named_with_line_and_what_is_allowed(
    signatures: WriteSignatures, text: str, where: str, words: str
) -> None:
    directory = signatures({"chat-assistant/acme.yaml": text})
    with pytest.raises(UsageError) as caught:
        load_catalog([directory], builtin=False)
    assert where in str(caught.value)
    assert words in str(caught.value)


def test_an_id_used_twice_names_both_files(signatures: WriteSignatures) -> None:
    with pytest.raises(UsageError, match=r"used twice.*a\.yaml"):
        load_catalog([signatures({"x/a.yaml": ACME, "x/b.yaml": ACME})], builtin=False)


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        load_catalog([tmp_path / "nowhere"], builtin=False)


def test_a_cached_load_imports_no_pydantic_and_no_yaml(signatures: WriteSignatures) -> None:
    directory = signatures(ALL)
    load_catalog([directory], builtin=False)
    code = (
        "import sys; from pathlib import Path; from shadowscan.catalog import load_catalog; "
        "from shadowscan.catalog.matcher import Matcher; "
        f"Matcher(load_catalog([Path({str(directory)!r})], builtin=False)); "
        "print(sorted({'pydantic', 'yaml', 'numpy', 'duckdb', 'typer', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ)
    assert done.stdout == "[]\n"
