"""Any order of what happens to log files, against a model that knows every line written."""

import gzip
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from tests.ingest.squidlog import expected, line
from tests.watch.bench import Watched

LOGS = ("proxy/access.log", "fw.log", "sub/dir/small.log")
WHICH = st.sampled_from(LOGS)


class Rotation(RuleBasedStateMachine):
    """Loggers write, rotate, compress, lose and bring back their files while a watcher comes and goes.

    Left out is what can't be guaranteed: lines that vanish before anybody could look.
    """

    @initialize()
    def begin(self) -> None:
        self.place = Path(tempfile.mkdtemp())
        self.watched = Watched(self.place)
        self.written: list[int] = []
        self.torn: dict[Path, bytes] = {}
        """By file: what is still to come of its last line."""
        self.rotated: list[Path] = []
        self.numbers = iter(range(1, 1_000_000))

    def _path(self, log: str) -> Path:
        path = self.watched.folder / log
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def _append(self, path: Path, data: bytes) -> None:
        with path.open("ab") as file:
            file.write(data)

    def _end_line(self, path: Path) -> None:
        if rest := self.torn.pop(path, b""):
            self._append(path, rest)

    @rule(log=WHICH, count=st.integers(1, 40))
    def write(self, log: str, count: int) -> None:
        path = self._path(log)
        self._end_line(path)
        numbers = [next(self.numbers) for _ in range(count)]
        self.written += numbers
        self._append(path, b"".join(line(number).encode() + b"\n" for number in numbers))

    @rule(log=WHICH, share=st.floats(0.01, 1.0))
    def write_a_part(self, log: str, share: float) -> None:
        path = self._path(log)
        self._end_line(path)
        number = next(self.numbers)
        self.written.append(number)
        whole = line(number).encode() + b"\n"
        cut = max(1, int(len(whole) * share) - 1)
        self._append(path, whole[:cut])
        self.torn[path] = whole[cut:]

    @rule(log=WHICH)
    def rotate_by_name(self, log: str) -> None:
        """The logger may still hold the renamed file and end its line there."""
        path = self._path(log)
        if not path.exists():
            return
        target = path.with_name(f"{path.name}.{len(self.rotated) + 1}")
        path.rename(target)
        if path in self.torn:
            self.torn[target] = self.torn.pop(path)
        self.rotated.append(target)

    @rule(log=WHICH, between=st.booleans())
    def rotate_by_copy(self, log: str, between: bool) -> None:
        path = self._path(log)
        self._end_line(path)
        if not path.exists():
            return
        target = path.with_name(f"{path.name}.{len(self.rotated) + 1}")
        shutil.copyfile(path, target)
        self.rotated.append(target)
        if between:
            self.watched.step(0.1)
        path.write_bytes(b"")

    @rule(log=WHICH, share=st.floats(0, 1))
    def copy_seen_halfway(self, log: str, share: float) -> None:
        """A copy that takes its time is seen before it is whole."""
        path = self._path(log)
        self._end_line(path)
        if not path.exists():
            return
        target = path.with_name(f"{path.name}.{len(self.rotated) + 1}")
        content = path.read_bytes()
        target.write_bytes(content[: int(len(content) * share)])
        self.watched.step(0.1)
        target.write_bytes(content)
        self.rotated.append(target)

    @precondition(lambda self: self.rotated)
    @rule(data=st.data(), seen=st.booleans())
    def compress(self, data: st.DataObject, seen: bool) -> None:
        path = data.draw(st.sampled_from(self.rotated))
        if not path.exists() or path.suffix == ".gz":
            return
        self._end_line(path)
        packed = gzip.compress(path.read_bytes())
        target = path.with_name(path.name + ".gz")
        target.write_bytes(packed[: len(packed) // 2])
        if seen:
            self.watched.step(0.1)
        target.write_bytes(packed)
        path.unlink()
        self.rotated.append(target)

    @precondition(lambda self: self.rotated)
    @rule(data=st.data())
    def delete_after_reading(self, data: st.DataObject) -> None:
        path = data.draw(st.sampled_from(self.rotated))
        self._end_line(path) if path.exists() else None
        self.watched.drain()
        path.unlink(missing_ok=True)
        self.rotated.remove(path)

    @precondition(lambda self: self.rotated)
    @rule(data=st.data())
    def bring_back(self, data: st.DataObject) -> None:
        """An old file appears again under another name."""
        path = data.draw(st.sampled_from(self.rotated))
        if path.exists() and path not in self.torn:
            shutil.copyfile(path, self._path(f"restored/{path.name}"))

    @rule(seconds=st.sampled_from([0.0, 0.5, 6.0, 61.0]))
    def look(self, seconds: float) -> None:
        self.watched.step(seconds)

    @rule()
    def restart(self) -> None:
        self.watched.restart()

    @rule(jump=st.sampled_from([-86_400, -3600, 3600, 86_400]))
    def clock_jumps(self, jump: int) -> None:
        from datetime import timedelta

        self.watched.clock.wall += timedelta(seconds=jump)

    @rule()
    def check(self) -> None:
        for path in list(self.torn):
            self._end_line(path)
        self.watched.drain()
        counted = self.watched.counted()
        assert counted.events == len(self.written)
        assert counted.services == expected(self.written)
        assert counted.rejected == 0

    def teardown(self) -> None:
        if hasattr(self, "watched"):
            self.check()
            self.watched.watcher.close()
            shutil.rmtree(self.place, ignore_errors=True)


def _play(examples: int, steps: int) -> None:
    quietly = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Rotation, settings=quietly)
    print(f"{examples} runs of {steps} steps")


def test_every_line_counts_once_whatever_happens_to_the_files() -> None:
    _play(4, 12)


@pytest.mark.soak
def test_every_line_counts_once_over_thousands_of_steps() -> None:
    _play(60, 50)
