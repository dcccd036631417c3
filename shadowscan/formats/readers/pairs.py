"""Pairs of keys and values cut with numpy, many records at once.

It finds what the patterns of ``keyed`` find, several times faster: every ``=`` of the text is looked at once, and
behind those that follow the last bytes of a wanted key the key is compared in full. Values that need more than a
search for their end (escaped quotes) make their record *odd*: the patterns read it.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shadowscan.formats.readers.text import Cut, Halves, Mask, Positions, Text

EQUALS, QUOTE, APOSTROPHE, BACKSLASH, BAR, TAB, SPACE, HASH = b"=\"'\\|\t #"
_SPREAD = np.uint32(0x9E3779B1)
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"
_DIGITS = b"0123456789"
_HEX = re.compile(rb"0?x([0-9A-Fa-f]{2})")


def byte_set(content: Collection[int]) -> Mask:
    """Return a table of the 256 bytes: which are in the set."""
    table = np.zeros(256, np.bool_)
    table[list(content)] = True
    return table


_BLANK = byte_set(b" \t\n\f\r")
_BLANK_BUT_TAB = byte_set(b" \n\f\r")
_WORD = byte_set(_LETTERS + _DIGITS)
_KEY_START = byte_set(_LETTERS)
_KEY = byte_set(_LETTERS + _DIGITS + b".-[]")
_FIELD_END = byte_set([TAB, BAR])
_LOOSE_END = byte_set(b" \t\n\f\r|")


@dataclass(frozen=True, slots=True)
class _Hits:
    """Places of one key, in the order of the text."""

    rows: Positions
    key: Positions
    """Where the key begins."""
    sign: Positions
    """Which ``=`` of the text follows it."""

    def where(self, good: Mask) -> "_Hits":
        kept = np.flatnonzero(good)  # thrice cheaper than to index by the mask
        return self if len(kept) == len(good) else _Hits(self.rows[kept], self.key[kept], self.sign[kept])

    def first(self) -> "_Hits":
        """Keep the first in each record."""
        new = self.rows[1:] != self.rows[:-1]
        return self if new.all() else self.where(np.append(True, new))


class _Signs:
    """Every ``=`` of the text, and those that some wanted key precedes."""

    def __init__(self, text: Text, names: Sequence[str]) -> None:
        self.text = text
        self.at = np.flatnonzero(text.data == EQUALS)
        tails = text.tails(self.at)
        table, self._groups = _endings(names)
        groups = table[_hashed(tails)]
        kept = np.flatnonzero(groups)
        rows, inside = text.rows_of(self.at[kept])
        kept = kept[inside]
        # Signs of one group of keys stand together, so that each key looks at those of its group only.
        order = np.argsort(groups[kept], kind="stable")
        self._kept, self._rows = kept[order], rows[order]
        self._tails = tails[self._kept]
        self._bounds = np.searchsorted(groups[self._kept], np.arange(len(names) + 2))

    def behind(self, name: str) -> _Hits:
        """Return all places of a key."""
        key, text, group = name.encode(), self.text, self._groups[name]
        mine = slice(self._bounds[group], self._bounds[group + 1])
        last = int.from_bytes(key[-4:], "little")
        hit = self._tails[mine] >> np.uint32(max(32 - 8 * len(key), 0)) == last
        sign, rows = self._kept[mine], self._rows[mine]
        if not hit.all():
            sign, rows = sign[hit], rows[hit]
        hits = _Hits(rows, self.at[sign] - len(key), sign)
        good = hits.key >= text.starts[hits.rows]
        for step in range(0, len(key) - 4, 8):
            part = key[step : step + 8]
            mask = np.uint64((1 << 8 * len(part)) - 1)
            good &= text.words(hits.key + step) & mask == int.from_bytes(part, "little")
        return hits if good.all() else hits.where(good)

    def next_key(self, hits: _Hits, begin: Positions, *, bars: bool) -> tuple[Positions, Positions]:
        """Return where the next key after each hit begins, and which are the ends of their records instead.

        A key stands behind a blank, or (``bars``) behind a bar if it is a plain word.
        """
        text = self.text
        limit = text.ends[hits.rows]
        found, left, sign = limit.copy(), np.arange(len(hits.rows)), hits.sign + 1
        while len(left):
            inside = self.at.take(sign, mode="clip") < limit[left]
            inside &= sign < len(self.at)
            if not inside.all():
                left, sign = left[inside], sign[inside]
            at, floor = self.at[sign], begin[left]
            key = text.back_over(_KEY, at, floor)
            real = (key < at) & (key > floor) & _KEY_START[text.data[key]]
            before = text.data[key - 1]
            behind_bar = before == BAR
            if bars and behind_bar.any():
                behind_bar &= text.back_over(_WORD, at, floor) == key
            real &= (_BLANK[before] | behind_bar) if bars else _BLANK[before]
            if real.all():
                found[left] = key
                break
            found[left[real]] = key[real]
            left, sign = left[~real], sign[~real] + 1
        return found, limit


def _hashed(tails: Halves) -> Halves:
    """Sixteen bits out of the three bytes before each sign."""
    return ((tails >> np.uint32(8)) * _SPREAD) >> np.uint32(16)


def _endings(names: Sequence[str]) -> tuple["npt.NDArray[np.uint16]", Mapping[str, int]]:
    """Table of ``_hashed`` values -> the group of wanted keys that may stand there (0: none), and each key's group."""
    table, groups = np.zeros(1 << 16, np.uint16), dict[str, int]()
    for number, name in enumerate(dict.fromkeys(names), 1):
        key = name.encode()[-3:]
        free = 3 - len(key)
        ends = (int.from_bytes(key, "little") << 8 * free) + np.arange(1 << 8 * free, dtype=np.uint32)
        places = _hashed(ends.astype(np.uint32) << np.uint32(8))
        shared = set(table[places].tolist()) - {0}
        table[places] = groups[name] = number
        if shared:
            table[np.isin(table, list(shared))] = number
            groups = {other: number if group in shared else group for other, group in groups.items()}
    return table, groups


def cut_quoted(text: Text, names: Sequence[str], separator: int) -> Cut:
    """``key=value``, ``key="a value"``, ``key=""a value""``: values end at one separator or at the closing quote."""
    signs, values, odd = _Signs(text, names), {}, np.zeros(len(text), np.bool_)
    for name in names:
        hits = signs.behind(name)
        leading = hits.key == text.starts[hits.rows]
        hits = hits.where(leading | (text.data[hits.key - 1] == separator)).first()
        begin, end, strange = _quoted_or_bare(text, hits, signs.at[hits.sign] + 1, separator)
        odd[hits.rows[strange]] = True
        values[name] = _spread(text, hits, begin, end)
    return Cut(values, odd)


def _quoted_or_bare(text: Text, hits: _Hits, begin: Positions, separator: int) -> tuple[Positions, Positions, Mask]:
    """Return begin and end of values, without quotes, and which of them are strange."""
    limit = text.ends[hits.rows]
    lead = np.where(begin < limit, text.data[begin], 0)
    strange = lead == APOSTROPHE
    quoted = lead == QUOTE
    if not quoted.any():
        return begin, text.find(separator, begin, limit), strange
    begin, end = begin + quoted, limit.copy()
    bare, rows = np.flatnonzero(~quoted), np.flatnonzero(quoted)
    end[bare] = text.find(separator, begin[bare], limit[bare])
    stop = limit[rows]
    doubled = _doubly(text, begin[rows], stop, separator)
    begin[rows] += doubled
    close = text.find(QUOTE, begin[rows], stop)
    end[rows] = close
    strange[rows] = (close == stop) | (text.data[close - 1] == BACKSLASH)
    strange[rows] |= doubled & ((close + 1 >= stop) | (text.data[close + 1] != QUOTE))
    return begin, end, strange


def _doubly(text: Text, inner: Positions, stop: Positions, separator: int) -> Mask:
    """Tell which quoted values open with two quotes (Zscaler NSS) and aren't just empty."""
    following = text.data[np.minimum(inner + 1, stop - 1)]
    doubled = (inner + 1 < stop) & (text.data[inner] == QUOTE)
    more: Mask = doubled & (following != QUOTE) & (following != separator)
    return more


def cut_extension(text: Text, names: Sequence[str]) -> Cut:
    """CEF: ``key=a value key=value``; the first key may stand right behind the header's last bar."""
    if (text.data == TAB).any():
        text.translate(b"\t", b" ")
    signs, values = _Signs(text, names), {}
    first = np.searchsorted(signs.at, text.starts)
    for name in names:
        hits = signs.behind(name)
        before = text.data[hits.key - 1]
        inside = hits.key > text.starts[hits.rows]
        good = (before == SPACE) | ((before == BAR) & (hits.sign == first[hits.rows]))
        hits = hits.where(good & inside).first()
        values[name] = _up_to_next_key(signs, hits, bars=False)
    return Cut(values, np.zeros(len(text), np.bool_))


def cut_attributes(text: Text, names: Sequence[str]) -> Cut:
    """LEEF: values end at a tab; in records without any, before the next key."""
    _tabs_for_delimiters(text)
    odd = _holds_escaped_tab(text)
    tabs = np.flatnonzero(text.data == TAB)
    tabbed = text.holding(tabs)
    signs, values = _Signs(text, names), {}
    for name in names:
        hits = signs.behind(name)
        hits = hits.where(hits.key > text.starts[hits.rows])
        before, by_tab = text.data[hits.key - 1], tabbed[hits.rows]
        hits = hits.where((by_tab & _behind_tab(text, hits, before)) | (~by_tab & _LOOSE_END[before])).first()
        by_tab = tabbed[hits.rows]
        of_tabbed = hits.where(by_tab)
        begins, ends = _up_to_next_key(signs, hits.where(~by_tab), bars=True)
        begin = signs.at[of_tabbed.sign] + 1
        begins[of_tabbed.rows] = begin
        ends[of_tabbed.rows] = text.find(TAB, begin, text.ends[of_tabbed.rows])
        values[name] = begins, ends
    return Cut(values, odd)


def _behind_tab(text: Text, hits: _Hits, before: "npt.NDArray[np.uint8]") -> Mask:
    """Tell which keys stand behind a tab or a bar, and blanks."""
    good = _FIELD_END[before]
    unsure = np.flatnonzero(_BLANK_BUT_TAB[before])
    back = text.back_over(_BLANK_BUT_TAB, hits.key[unsure], text.starts[hits.rows[unsure]] + 1)
    good[unsure] = _FIELD_END[text.data[back - 1]]
    return good


def _tabs_for_delimiters(text: Text) -> None:
    """Put tabs in the place of the delimiter that LEEF 2.0 may state in its sixth field: ``^``, ``x7C``, ``0x7C``."""
    first = text.find(BAR, text.starts, text.ends)
    rows = np.flatnonzero((first < text.ends) & (text.data[first - 3] == ord("2")))
    bar, stop = first[rows], text.ends[rows]
    for _ in range(4):
        bar = text.find(BAR, np.minimum(bar + 1, stop), stop)
    begin = np.minimum(bar + 1, stop)
    length = text.find(BAR, begin, stop) - begin
    stated = np.where(
        length <= 4, text.words(begin) & ((np.uint64(1) << (8 * length).astype(np.uint64)) - np.uint64(1)), 0
    )
    for code in np.unique(stated):
        if (byte := _delimiter(int(code).to_bytes(8, "little").rstrip(b"\0"))) not in (None, TAB):
            chosen = rows[stated == code]
            text.replace_in(chosen, byte, TAB)


def _delimiter(stated: bytes) -> int | None:
    if stated[:1] in (b"x", b"0") and (digits := _HEX.fullmatch(stated)):
        return int(digits[1], 16)
    return stated[0] if len(stated) == 1 and not _WORD[stated[0]] and stated not in b"=|" else None


def _holds_escaped_tab(text: Text) -> Mask:
    """Tell which records hold ``#011``, as relays write the tab."""
    hashes = np.flatnonzero(text.data == HASH)
    places = hashes[text.words(hashes) & np.uint64(0xFFFFFFFF) == int.from_bytes(b"#011", "little")]
    return text.holding(places)


def _up_to_next_key(signs: _Signs, hits: _Hits, *, bars: bool) -> tuple[Positions, Positions]:
    """Return begin and end of values that end before the blanks (and a bar) before the next key."""
    text = signs.text
    begin = signs.at[hits.sign] + 1
    key, limit = signs.next_key(hits, begin, bars=bars)
    end = text.back_over(_BLANK, key, begin)
    if bars:
        end -= (key < limit) & (end > begin) & (text.data[end - 1] == BAR)
    return _spread(text, hits, begin, end)


def _spread(text: Text, hits: _Hits, begin: Positions, end: Positions) -> tuple[Positions, Positions]:
    """Give each record its entry."""
    if len(hits.rows) == len(text):
        return begin, end
    begins, ends = np.full(len(text), -1), np.zeros(len(text), np.int64)
    begins[hits.rows], ends[hits.rows] = begin, end
    return begins, ends
