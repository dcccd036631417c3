import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from shadowscan.catalog import builtin_directory
from shadowscan.catalog.places import shipped_directory, updates_directory
from shadowscan.catalog.update import install_update
from shadowscan.errors import UsageError
from tests.catalog.conftest import WriteSignatures
from tests.catalog.samples import ALL, SOURCES

NEWER = ALL | {"catalogue.yaml": SOURCES.replace("2026-11-23", "2031-01-01", 1)}


@pytest.fixture(autouse=True)
def _own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def as_zip(files: dict[str, str], path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def as_tar(files: dict[str, str], path: Path) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
    return path


def test_a_newer_catalogue_comes_into_force(signatures: WriteSignatures, tmp_path: Path) -> None:
    assert builtin_directory() == shipped_directory()
    for source in (
        signatures(NEWER),
        as_zip({f"top/{k}": v for k, v in NEWER.items()}, tmp_path / "c.zip"),
        as_tar(NEWER, tmp_path / "c.tgz"),
    ):
        done = install_update(source)
        assert (done.released, done.services) == ("2031-01-01", 5)
        assert builtin_directory() == done.directory


def test_an_older_catalogue_does_not_replace_the_shipped_one(signatures: WriteSignatures) -> None:
    older = ALL | {"catalogue.yaml": SOURCES.replace("2026-11-23", "2020-01-01", 1)}
    install_update(signatures(older))
    assert builtin_directory() == shipped_directory()


def test_what_breaks_a_rule_changes_nothing(signatures: WriteSignatures, tmp_path: Path) -> None:
    install_update(signatures(NEWER))
    before = builtin_directory()
    broken = NEWER | {"x.yaml": "id: 1\n"}
    unsourced = NEWER | {"catalogue.yaml": 'released: "2032-01-01"\nsources: {}\n'}
    bad = tmp_path / "bad.zip"
    bad.write_bytes(b"PK\x03\x04 cut short")
    for source in (as_zip(broken, tmp_path / "b.zip"), as_zip(unsourced, tmp_path / "u.zip"), bad, tmp_path / "none"):
        with pytest.raises(UsageError):
            install_update(source)
        assert builtin_directory() == before
    assert not list(updates_directory().glob("incoming-*"))


@pytest.mark.parametrize("name", ["../evil.yaml", "/evil.yaml", "a/../../evil.yaml", "C:/evil.yaml", "..\\evil.yaml"])
def test_a_name_that_leads_outside_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="outside"):
        install_update(as_tar(NEWER | {name: "x: 1\n"}, tmp_path / "c.tar.gz"))
    assert not list(tmp_path.rglob("evil.yaml"))


def test_links_and_devices_in_an_archive_are_ignored(tmp_path: Path) -> None:
    path = as_tar(NEWER, tmp_path / "c.tar.gz")
    with tarfile.open(tmp_path / "d.tar", "w") as archive:
        for name, text in NEWER.items():
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
        link = tarfile.TarInfo("search/link.yaml")
        link.type = tarfile.SYMTYPE
        link.linkname = "/etc/passwd"
        archive.addfile(link)
    assert install_update(path).version == install_update(tmp_path / "d.tar").version


def test_an_archive_without_a_catalogue_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no catalogue\.yaml"):
        install_update(as_zip({"a.yaml": "x: 1\n"}, tmp_path / "c.zip"))
