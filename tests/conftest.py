"""No test reads or writes the user's own directories or settings."""

from collections.abc import Iterator

import pytest

SETTINGS = (
    "SHADOWSCAN_CONFIG",
    "SHADOWSCAN_DB",
    "SHADOWSCAN_POLICY",
    "SHADOWSCAN_PEOPLE",
    "SHADOWSCAN_NETWORKS",
    "SHADOWSCAN_LEASES",
    "SHADOWSCAN_KEY_FILE",
    "COLUMNS",
    "NO_COLOR",
    "FORCE_COLOR",
)


@pytest.fixture(scope="session", autouse=True)
def _nothing_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
            patch.setenv(name, str(home / name.lower()))
        for name in SETTINGS:
            patch.delenv(name, raising=False)
        yield
