"""Which format are these lines? Answered on a sample, with the evidence."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from shadowscan.formats.library import FormatLibrary
from shadowscan.formats.patterns import needed_text
from shadowscan.formats.spec import FormatSpec

SAMPLE_LINES = 400
_PROBED = 50
"""Lines of the sample, spread evenly, held against every format; if one claims all, it comes first for the others."""
MARK_CHARS = 4_096
"""How far into a line its marks are looked for: Python's patterns backtrack, a hostile line must not cost minutes."""


_NAMED = 5
"""Words of a mark that are named where a line lacks them."""
_SYNTAX = re.compile(r"\\.|\(\?[a-zA-Z]+\)|\[[^\]]*\]|\{[^}]*\}")
_WORD = re.compile(r"[A-Za-z_]{3,}")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One format's standing in a sample."""

    spec: FormatSpec
    share: float
    """Share of the sample's non-blank lines that the format claims, 0..1."""
    why_not: str = ""
    """For a format that claims nothing: the first thing its lines lack."""


@lru_cache(maxsize=2048)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def marked(spec: FormatSpec, text: str) -> bool:
    """Tell whether the text bears all of the format's marks and none that it excludes."""
    return (
        all(needed_text(pattern) in text for pattern in spec.detect)
        and all(_compiled(pattern).search(text) for pattern in spec.detect)
        and not any(_compiled(pattern).search(text) for pattern in spec.exclude)
    )


def claims(spec: FormatSpec, line: str) -> bool:
    """Tell whether a line is a record of the format (the same patterns the engine checks in SQL).

    A format whose columns the file's header names claims no line by itself.
    """
    return (
        bool(spec.detect)
        and not spec.reader.header
        and marked(spec, line[:MARK_CHARS])
        and (not spec.payload or len(line) > MARK_CHARS or _compiled(spec.payload).search(line) is not None)
    )


def classify(formats: Iterable[FormatSpec], line: str) -> FormatSpec | None:
    """Return the first format that claims the line: of a library, the most demanding one."""
    return next((spec for spec in formats if claims(spec, line)), None)


def _possible(library: FormatLibrary, texts: Sequence[str]) -> list[FormatSpec]:
    """Formats whose marks are texts that the sample holds: most are ruled out for all of its lines at once."""
    whole = "\n".join(line[:MARK_CHARS] for line in texts)
    return [spec for spec in library if all(needed_text(pattern) in whole for pattern in spec.detect)]


def detect(library: FormatLibrary, lines: Sequence[str]) -> list[Candidate]:
    """Return the formats that claim lines of the sample, by share; at least one line each."""
    texts = [line for line in lines if line.strip()]
    formats = _possible(library, texts)
    step = max(1, len(texts) // _PROBED)
    found = {number: classify(formats, texts[number]) for number in range(0, len(texts), step)}
    first = found.get(0)
    only = first if all(spec is first for spec in found.values()) else None
    for number, line in enumerate(texts):
        if number not in found:
            found[number] = only if only and claims(only, line) else classify(formats, line)
    counts = Counter(spec.id for spec in found.values() if spec)
    return [Candidate(library.get(name), count / len(texts)) for name, count in counts.most_common()]


def nearest(library: FormatLibrary, lines: Sequence[str]) -> Candidate | None:
    """Return the format that comes closest to claiming the sample, and what the lines lack for it."""
    texts = [(number, line[:MARK_CHARS]) for number, line in enumerate(lines, 1) if line.strip()][:50]
    best: tuple[float, FormatSpec, str] | None = None
    for spec in library:
        lacking = [[number for number, line in texts if not _compiled(mark).search(line)] for mark in spec.detect]
        score = 1 - sum(map(len, lacking)) / (len(lacking) * len(texts)) if lacking and texts else 0.0
        if score and (best is None or score > best[0]):
            missed = ((found[0], mark) for mark, found in zip(spec.detect, lacking, strict=True) if found)
            number, mark = next(missed, (texts[0][0], ""))
            best = (score, spec, f"line {number} has {_in_words(mark)}")
    return Candidate(best[1], best[0], best[2]) if best else None


def _in_words(mark: str) -> str:
    """Say what a line lacks that doesn't bear a mark: text that the pattern needs, else the words it knows."""
    text = needed_text(mark).strip(' "=[]')
    if _WORD.search(text):
        return f'no "{text}"'
    words = dict.fromkeys(_WORD.findall(_SYNTAX.sub(" ", mark)))
    named = ", ".join(list(words)[:_NAMED]) + (" ..." if len(words) > _NAMED else "")
    return f"none of {named}" if len(words) > 1 else f'no "{named}"' if words else "another layout than its records"


def is_bare(spec: FormatSpec, lines: Sequence[str]) -> bool:
    """Tell whether in the sample each record of the format starts with its line, so no header need be cut off."""
    if not spec.payload:
        return True
    matches = [_compiled(spec.payload).search(line[:MARK_CHARS]) for line in lines if claims(spec, line)]
    return bool(matches) and all(match is not None and match.start(1) == 0 for match in matches)
