"""What small helpers of the settings and state files promise."""

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from shadowscan.durations import Duration, duration
from shadowscan.errors import UsageError
from shadowscan.files import replace_file


class _Settings(BaseModel):
    every: Duration


@pytest.mark.parametrize(
    ("text", "seconds"), [("30s", 30), ("15m", 900), ("24h", 86_400), ("7d", 604_800), (" 2w ", 1_209_600)]
)
def test_a_duration_is_a_number_and_a_unit(text: str, seconds: int) -> None:
    assert duration(text) == timedelta(seconds=seconds) == _Settings.model_validate({"every": text}).every


@pytest.mark.parametrize("text", ["", "7", "d", "-1h", "1.5h", "1 y", "99999999999d"])
def test_anything_else_is_refused_with_the_allowed_forms(text: str) -> None:
    with pytest.raises(UsageError, match="30s, 15m, 24h"):
        duration(text)
    with pytest.raises(ValidationError, match="30s, 15m, 24h"):
        _Settings.model_validate({"every": text})


def test_a_file_is_replaced_whole_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_bytes(b"old")
    replace_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["state.json"]


def test_a_file_that_cannot_be_written_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.mkdir()
    with pytest.raises(OSError, match="directory"):
        replace_file(path, b"new")
    assert [entry.name for entry in tmp_path.iterdir()] == ["state.json"]
