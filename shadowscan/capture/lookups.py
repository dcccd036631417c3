"""DNS messages as facts: one event a lookup, the answer joined to its question."""

from dataclasses import dataclass, field
from functools import lru_cache

from shadowscan.capture.dns import TYPES, Message
from shadowscan.capture.facts import Facts, Said, detail_text
from shadowscan.capture.stream import Moment
from shadowscan.model.events import HostBasis, Kind

PATIENCE_US = 10_000_000
"""A question not answered within this is reported as it is."""

_Key = tuple[int, int, int, str, int]


@dataclass(slots=True)
class _Question:
    moment: Moment
    asked: int = 1


@dataclass(slots=True)
class Lookups:
    """Questions that await their answer."""

    facts: Facts
    limit: int
    hurried: int = 0
    """Questions reported without awaiting their answer."""
    _open: dict[_Key, _Question] = field(default_factory=dict)
    """(slot, client side, message id, name, type)"""

    def message(self, slot: int, side: int, message: Message, moment: Moment) -> None:
        """Take one message in, sent by ``side``."""
        client = 1 - side if message.response else side
        for name, kind in message.questions:
            key = (slot, client, message.id, name, kind)
            if message.response:
                self._answered(key, message, moment)
            else:
                self._asked(key, moment)
        self.facts.table.prefer_client(slot, client)

    def _asked(self, key: _Key, moment: Moment) -> None:
        known = self._open.get(key)
        if known is not None:
            known.asked += 1
            return
        if len(self._open) >= self.limit:
            self.hurried += 1
            oldest = next(iter(self._open))
            self._report(oldest, self._open.pop(oldest), None)
        self._open[key] = _Question(moment)

    def _answered(self, key: _Key, message: Message, moment: Moment) -> None:
        question = self._open.pop(key, None) or _Question(moment)
        self._report(key, question, message)
        client, name = self.facts.ends(key[0], key[1]).src_ip, key[3]
        for _, address in message.addresses:
            if name:
                self.facts.book.answer(client, address, name, moment.ts)

    def overdue(self, now: int) -> None:
        """Report the questions that have waited too long."""
        gone = [key for key, question in self._open.items() if now - question.moment.ts > PATIENCE_US]
        for key in gone:
            self._report(key, self._open.pop(key), None)

    def close(self, slots: frozenset[int]) -> None:
        """Report the open questions of flows that end."""
        for key in [key for key in self._open if key[0] in slots] if slots else ():
            self._report(key, self._open.pop(key), None)

    def _report(self, key: _Key, question: _Question, answer: Message | None) -> None:
        slot, client, _, name, kind = key
        rcode = answer.rcode if answer else None
        aliases = tuple(dict.fromkeys(target for _, target in answer.aliases)) if answer else ()
        addresses = ",".join(dict.fromkeys(address for _, address in answer.addresses)) if answer else ""
        detail = _detail(kind, question.asked, rcode, aliases, ech=bool(answer and answer.ech))
        host, basis = name.rstrip(".") or None, HostBasis.DNS.value if name else None
        said = Said(host, basis, detail, addresses or None)
        self.facts.add(Kind.DNS, slot, client, question.moment, said)


@lru_cache(maxsize=4096)
def _detail(kind: int, asked: int, rcode: int | None, aliases: tuple[str, ...], *, ech: bool) -> str | None:
    again = asked if asked > 1 else None
    return detail_text(qtype=TYPES.get(kind, str(kind)), asked=again, rcode=rcode, cnames=aliases, ech=ech)
