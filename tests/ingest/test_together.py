"""Files that are parsed and committed together give what each gives by itself, whatever lies beside it."""

import gzip
from collections.abc import Sequence
from pathlib import Path

import pytest

from shadowscan.ingest.inputs import Status
from tests.ingest.bench import Bench
from tests.ingest.squidlog import text, write
from tests.ingest.test_kill import stored

SAMPLES = Path(__file__).parents[2] / "samples" / "formats"
NAMES = ("squid", "fortinet-fortigate", "iis-legacy", "bind", "generic-csv")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Path]:
    """Small files as a folder of exports has them: several of a format, mixed ones, and some that are no sound log."""
    place = tmp_path_factory.mktemp("logs")
    samples = {name: (SAMPLES / name / "sample.log").read_bytes() for name in NAMES}
    for name, content in samples.items():
        write(place / f"{name}.log", content)
        write(place / f"{name}-again.log", content.replace(b"1", b"2"))
    for part in range(4):
        write(place / f"proxy-{part}", text(range(part * 20, part * 20 + 25)))
    write(place / "proxy-2-copy.log", text(range(40, 65)))
    write(place / "proxy-1-grown.log", text(range(20, 48)))
    write(place / "torn.log", text(range(100, 120))[:-30])
    write(place / "mixed.log", samples["squid"] + samples["bind"] + b"no record of anything\n" + text(range(200, 210)))
    write(place / "noise.log", b"".join(b"word %d of a letter\n" % number for number in range(30)))
    write(place / "binary.log", bytes(range(256)) * 4)
    write(place / "empty.log", b"")
    (place / "packed.log.gz").write_bytes(gzip.compress(text(range(300, 330))))
    (place / "damaged.log.gz").write_bytes(gzip.compress(text(range(400, 430)))[:-40])
    return sorted(place.iterdir())


def test_a_folder_at_once_is_the_same_as_file_by_file(tmp_path: Path, files: Sequence[Path]) -> None:
    at_once, one_by_one = Bench(tmp_path / "folder.duckdb"), Bench(tmp_path / "files.duckdb")
    together = at_once.scan(*files)
    assert together == one_by_one.scan(*files, apart=True)
    unsound = [Path(result.name).stem for result in together if result.status is not Status.READ]
    assert unsound == ["binary", "damaged.log", "empty", "noise", "proxy-2-copy"]
    assert stored(at_once.path) == stored(one_by_one.path)
    with at_once.database.read() as session:
        assert session.rows("SELECT count(DISTINCT committed) < 10 FROM ledger") == [(True,)]
