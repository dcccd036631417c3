"""Queries that several inputs ask for at once are run as one: a run costs 10 to 50 ms, however few lines it is given.

What is done with an input's lines is written down for that input alone, as steps that ask for a query and go on with
its answer. So an input gives the same whether it is read by itself or with a thousand others.
"""

from collections import defaultdict
from collections.abc import Callable, Generator, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import pyarrow as pa

from shadowscan.store.scratch import QueryError


@dataclass(frozen=True, slots=True)
class Ask:
    """A query over lines that gives one row for each of them, with its ``_n``."""

    key: Hashable
    """Equal for queries that are the same but for their lines."""
    lines: pa.Table
    run: Callable[[pa.Table], pa.Table]
    """Rows may come in any order; QueryError if a value stops it."""


Result = TypeVar("Result")
Steps = Generator[Ask, pa.Table, Result]


def alone(steps: Steps[Result]) -> Result:
    """Take the steps of one input."""
    return together([steps])[0]


def together(inputs: Sequence[Steps[Result]]) -> list[Result]:
    """Take the steps of several inputs side by side; no ``_n`` may occur in two of them."""
    walks = [_Walk(steps) for steps in inputs]
    while asking := [walk for walk in walks if walk.ask]:
        groups = defaultdict[Hashable, list[_Walk[Result]]](list)
        for walk in asking:
            groups[walk.ask.key if walk.ask else None].append(walk)
        for group in groups.values():
            answers = _answers([walk.ask for walk in group if walk.ask])
            for walk, answer in zip(group, answers, strict=True):
                walk.go_on(answer)
    return [walk.result for walk in walks]


class _Walk(Generic[Result]):
    """How far one input has come."""

    result: Result

    def __init__(self, steps: Steps[Result]) -> None:
        self._steps = steps
        self.ask: Ask | None = None
        self.go_on(None)

    def go_on(self, answer: pa.Table | QueryError | None) -> None:
        """Give the answer that was asked for; at the beginning nothing was."""
        try:
            if isinstance(answer, QueryError):
                self.ask = self._steps.throw(answer)
            else:
                self.ask = self._steps.send(answer)
        except StopIteration as end:
            self.ask, self.result = None, end.value


def _answers(asks: Sequence[Ask]) -> list[pa.Table | QueryError]:
    """Run one query for all; where a value stops it, for either half."""
    try:
        if len(asks) == 1:
            return [asks[0].run(asks[0].lines)]
        lines = pa.concat_tables([ask.lines for ask in asks]).combine_chunks()
        rows = asks[0].run(lines).sort_by("_n")
    except QueryError as error:
        if len(asks) == 1:
            return [error]
        half = len(asks) // 2
        return _answers(asks[:half]) + _answers(asks[half:])
    answers, start = list[pa.Table | QueryError](), 0
    for ask in asks:
        answers.append(rows.slice(start, len(ask.lines)))
        start += len(ask.lines)
    return answers
