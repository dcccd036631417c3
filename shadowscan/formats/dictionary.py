"""What fields of logs are called: from a field's name to the event columns it may fill.

``dictionary.yaml`` holds the names; values are judged elsewhere (``formats.infer``).
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import yaml

TABLE = Path(__file__).with_name("dictionary.yaml")
_SEPARATORS = re.compile(r"[^0-9a-z]+")
_W3C_SIDE = re.compile(r"[csr]-")
_UNIT = re.compile(r"(?<=\S)\s+[(\[][^)\]]*[)\]]$|\(\d+\)$|\[\d+\](?=\.|$)")
"""What is no part of a name: a unit, H3C's number of a field ("SrcIPAddr(1003)"), an index into a list."""
_LONGEST_NAME = 200
_PARENT_COST = 200
_PREFIX_COST = 50
_GRAMMAR_COST = 1000
_SIDE_COST = 300
_MOST_UNKNOWN = 2
_ENDS = frozenset(["ip", "port", "host", "bytes", "packets"])
"""What an end of a connection has: told by one word, where a parent tells the side."""


@dataclass(frozen=True, slots=True, order=True)
class Meaning:
    """One event column (or helper: url, sni, query, qtype, request_line, date, clock, zone) that a name stands for."""

    rank: int
    """Trust among the names of one column: lower is better."""
    column: str


def normalised(name: str) -> str:
    """Return a name without case and separators: ``Src-IP`` and ``srcIp`` become ``srcip``.

    The sides of W3C names stay apart: ``s-ip`` is the server's, ``sip`` mostly the source's.
    """
    lower = _UNIT.sub("", name).lower()
    side = _W3C_SIDE.match(lower)
    return f"{side[0]}{_SEPARATORS.sub('', lower[side.end() :])}" if side else _SEPARATORS.sub("", lower)


class Dictionary:
    """Names of log fields and their meanings."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.names = tuple(dict.fromkeys(name for names in table["columns"].values() for name in names))
        """Every name of the table."""
        self._exact: dict[str, list[Meaning]] = {}
        for column, names in table["columns"].items():
            for rank, name in enumerate(names):
                self._exact.setdefault(normalised(name), []).append(Meaning(rank, column))
        self._prefixes = tuple(table["prefixes"])
        self._nothing = frozenset(map(normalised, table["nothing"]))
        self._proven = frozenset(table["proven"])
        self._words: dict[str, set[str]] = {}
        for kind, words in {**table["words"], "foreign": table["foreign"]}.items():
            for word in words:
                self._words.setdefault(word, set()).add(kind)
        self._grammar = [(column, frozenset(kinds)) for column, kinds in table["grammar"]]

    @classmethod
    def load(cls) -> Self:
        """Read the built-in table."""
        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        return cls(yaml.load(TABLE.read_bytes(), Loader=loader))  # noqa: S506 - CSafeLoader

    @property
    def repeated(self) -> list[tuple[str, str]]:
        """(name, column) of names that one column lists twice, as they differ in case or separators only."""
        return [
            (name, column)
            for name, meanings in self._exact.items()
            for column, count in Counter(meaning.column for meaning in meanings).items()
            if count > 1
        ]

    def meanings(self, name: str) -> list[Meaning]:
        """Event columns that a field of this name may fill, the best first; nested names are separated by dots."""
        if len(name) > _LONGEST_NAME:
            return []
        name = _UNIT.sub("", name)
        best: dict[str, int] = {}
        for meaning in list(self._by_name(name)) or self._by_words(name):
            best[meaning.column] = min(meaning.rank, best.get(meaning.column, meaning.rank))
        return sorted(Meaning(rank, column) for column, rank in best.items())

    def _by_name(self, name: str) -> Iterator[Meaning]:
        parts = name.split(".")
        for dropped in range(len(parts)):
            whole = normalised(".".join(parts[dropped:]))
            if whole in self._nothing or (dropped and self._is_foreign(parts[dropped - 1])):
                return
            found = self._exact.get(whole, [])
            if not found and (sided := self._by_side(parts[dropped:])):
                yield from sided
                return
            cost = dropped * _PARENT_COST
            yield from (Meaning(meaning.rank + cost, meaning.column) for meaning in found)
            if found:
                return
            yield from self._without_prefix(whole, cost)

    def _without_prefix(self, whole: str, cost: int) -> Iterator[Meaning]:
        for prefix in self._prefixes:
            if whole.startswith(prefix):
                for meaning in self._exact.get(whole[len(prefix) :], []):
                    yield Meaning(meaning.rank + cost + _PREFIX_COST, meaning.column)

    def _by_side(self, parts: Sequence[str]) -> list[Meaning]:
        """Read ``principal.ip`` and ``src.port.number``: a parent tells the side, one word below it of what."""
        below = set().union(*self._kinds(" ".join(parts[1:3])))
        if len(parts) not in {2, 3} or len(below & _ENDS) != 1 or not below <= _ENDS | {"filler"}:
            return []
        return [
            replace(found, rank=found.rank - _GRAMMAR_COST + _SIDE_COST)
            for found in self._by_words(".".join(parts), len(parts))
        ]

    def _is_foreign(self, part: str) -> bool:
        return any("foreign" in kinds for kinds in self._kinds(part))

    def _by_words(self, name: str, steps: int = 2) -> Iterator[Meaning]:
        """Read an unknown name by its words; the innermost steps of a path count."""
        parts = name.split(".")
        kinds = self._kinds(" ".join(parts[-steps:]))
        unknown = sum(not known for known in kinds)
        present = set().union(*kinds)
        if normalised(parts[-1]) in self._nothing:
            return
        hosts: set[str] = set()
        for rank, (column, required) in enumerate(self._grammar):
            most = _MOST_UNKNOWN if column in self._proven else min(1, len(required) - 1)
            about = column == "action" or "foreign" not in present
            if required <= present and unknown <= most and about and not hosts & ({"src_host", "host"} - {column}):
                hosts |= {column} & {"src_host", "host"}  # A name is one end's: the more particular rule stands first.
                yield Meaning(_GRAMMAR_COST + rank + unknown * 100, column)

    def _kinds(self, name: str) -> list[set[str]]:
        """Classes of each word of a name; an unknown word has none."""
        words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)
        return [kinds for word in words if not word.isdigit() for kinds in self._segmented(word.lower())]

    def _segmented(self, word: str) -> list[set[str]]:
        """Cut ``srcport`` into the words it is glued of; a word that can't be cut stands alone, unknown."""
        if word in self._words:
            return [self._words[word]]
        cut: list[list[str] | None] = [[]] + [None] * len(word)
        for end in range(1, len(word) + 1):
            options = [
                [*head, word[start:end]]
                for start in range(end)
                if (head := cut[start]) is not None and len(word[start:end]) > 1 and word[start:end] in self._words
            ]
            cut[end] = min(options, key=len, default=None)
        pieces = cut[-1]
        return [self._words[piece] for piece in pieces] if pieces else [set()]


@lru_cache(maxsize=1)
def dictionary() -> Dictionary:
    """Return the built-in dictionary, read once."""
    return Dictionary.load()


def ranked(names: Sequence[str], column: str) -> list[str]:
    """Those of ``names`` that may fill ``column``, the most trusted first."""
    table = dictionary()
    found = [(meaning.rank, name) for name in names for meaning in table.meanings(name) if meaning.column == column]
    return [name for _, name in sorted(found)]
