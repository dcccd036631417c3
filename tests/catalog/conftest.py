"""A catalogue of our own for most tests, the built-in one for the rest; no test touches the user's directories."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shadowscan.catalog import Catalog, load_catalog
from shadowscan.catalog.matcher import Matcher

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session", autouse=True)
def _own_directories(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(home / "cache"))
        patch.setenv("XDG_DATA_HOME", str(home / "data"))
        yield


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The built-in catalogue."""
    return load_catalog(())


@pytest.fixture(scope="session")
def matcher(catalog: Catalog) -> Matcher:
    """The built-in catalogue's matcher."""
    return Matcher(catalog)


WriteSignatures = Callable[..., Path]


@pytest.fixture
def signatures(tmp_path: Path) -> WriteSignatures:
    """Write signature files (relative name -> text) into a directory of their own."""

    def write(files: dict[str, str], name: str = "signatures") -> Path:
        for relative, text in files.items():
            path = tmp_path / name / relative
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path / name

    return write
