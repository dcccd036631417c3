"""Files that grow, overlap, are copied and scanned in any order, against a multiset."""

import shutil
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from tests.ingest.bench import Bench, squid_only
from tests.ingest.squidlog import expected, text, write

NUMBERS = st.lists(st.integers(0, 11), min_size=1, max_size=8)
"""Few distinct lines, so that files overlap and repeat themselves."""
FULL_LINE = len(text([1]))


class Files(RuleBasedStateMachine):
    """The model: over files the maximum of each line, within a file all of them.

    A file's beginning is its own (its first line is found in no other file), as identity by content asks; a line
    is torn only where more of it will come.
    """

    files = Bundle("files")

    @initialize()
    def empty(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.bench = Bench(self.folder / "model.duckdb", squid_only())
        self.content: dict[Path, list[int]] = {}
        self.scanned: dict[Path, list[int]] = {}
        self.stale = False

    @rule(target=files, numbers=NUMBERS)
    def new(self, numbers: list[int]) -> Path:
        name = self.folder / f"{len(self.content)}.log"
        self.content[name] = [100 + len(self.content), *numbers]
        write(name, text(self.content[name]))
        return name

    @rule(file=files, numbers=NUMBERS, torn=st.integers(0, FULL_LINE - 1))
    def grow(self, file: Path, numbers: list[int], torn: int) -> None:
        """Append; a scan meets the file in mid-line and later whole."""
        whole = text([*self.content[file], *numbers])
        if torn:
            file.write_bytes(whole[:-torn])
            self.bench.scan(file)
        self.content[file] += numbers
        file.write_bytes(whole)
        self.scan(file)

    @rule(file=files, compressed=st.booleans())
    def copy(self, file: Path, compressed: bool) -> None:
        self.scan(file)
        self.bench.scan(write(self.folder / f"copy{'.gz' if compressed else ''}", file.read_bytes()))

    @rule(target=files, file=consumes(files))
    def rename(self, file: Path) -> Path:
        target = file.with_suffix(file.suffix + ".1")
        file.rename(target)
        self.content[target] = self.content.pop(file)
        if file in self.scanned:
            self.scanned[target] = self.scanned.pop(file)
        return target

    @rule(file=files)
    def scan(self, file: Path) -> None:
        self.bench.scan(file)
        self.scanned[file] = list(self.content[file])
        self.stale = True

    def _most(self) -> Counter[int]:
        most: Counter[int] = Counter()
        for numbers in self.scanned.values():
            most |= Counter(numbers)
        return most

    @invariant()
    def counts_are_those_of_the_model(self) -> None:
        if not getattr(self, "stale", False):
            return
        most, figures = self._most(), self.bench.figures()
        assert figures.events == most.total()
        assert figures.services == expected(most.elements())
        assert figures.lines == sum(map(len, self.scanned.values()))
        assert figures.rejected == 0
        self.stale = False

    def teardown(self) -> None:
        if getattr(self, "scanned", None):
            report = self.bench.report()
            assert report.totals.events == self._most().total()
            assert {tool.service: tool.requests for tool in report.tools} == expected(self._most().elements())
        shutil.rmtree(self.folder, ignore_errors=True)


TestFiles = Files.TestCase
TestFiles.settings = settings(
    max_examples=12, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck)
)
