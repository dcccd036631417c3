"""A wrong file of people, networks or leases is told by file and line, with the value found and what is allowed."""

from pathlib import Path

import pytest

from tests.badfiles import bad_files, check_told
from tests.commandline import shadowscan

BAD = bad_files(Path(__file__).with_name("bad"))


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.name)
def test_a_wrong_file_is_told(path: Path) -> None:
    kind = path.name.partition("-")[0]
    check_told(path, shadowscan("people", "check", f"--{kind}", path))
