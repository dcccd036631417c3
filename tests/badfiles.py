"""Folders of files with one mistake each; the first line says what must be told: ``# expected: LINE: TEXT``."""

from pathlib import Path

from shadowscan.errors import ExitCode
from tests.commandline import Ran


def bad_files(folder: Path) -> list[Path]:
    """Every file of a folder."""
    return sorted(folder.iterdir())


def check_told(path: Path, ran: Ran) -> None:
    """The command ended as a usage error that names file, line, the value found and what is allowed."""
    line, _, expected = path.read_text("utf-8").splitlines()[0].removeprefix("# expected: ").partition(": ")
    assert (ran.code, ran.out) == (ExitCode.USAGE, "")
    told = " ".join(ran.err.split()).replace(" reason: ", ": ").replace(" what to do: ", " (")
    assert f"{path}:{line}: " in told
    assert expected.rstrip(")") in told, told
