"""The messages of a TCP stream, one after the other: what they are, where they end, and the facts they give."""

from contextlib import suppress
from dataclasses import dataclass

from shadowscan.capture.dns import NotDnsError, parse_message
from shadowscan.capture.facts import Facts
from shadowscan.capture.hellos import report_hello
from shadowscan.capture.http import (
    NotHttpError,
    Request,
    body_wanted,
    chunk_head,
    head_end,
    may_be_request,
    parse_request,
)
from shadowscan.capture.looks import SHORTEST_DNS
from shadowscan.capture.lookups import Lookups
from shadowscan.capture.preface import proxy_preface
from shadowscan.capture.socks import NeedMoreError, NotSocksError, parse_socks
from shadowscan.capture.stream import Mode, Moment, Stream
from shadowscan.capture.tls import NotAHelloError, hello_of_records, other_record, read_hello
from shadowscan.capture.webtalk import WebTalk
from shadowscan.model.events import Kind

_HOSTS = 7


@dataclass(frozen=True, slots=True)
class Messages:
    """Reads messages from streams."""

    facts: Facts
    lookups: Lookups
    web: WebTalk

    def read(self, stream: Stream, slot: int, side: int, now: Moment) -> bool:
        """Read the next message of a stream as its mode says; False where more bytes are needed or none are wanted."""
        match stream.mode:
            case Mode.START:
                return self._start(stream, slot, side, now)
            case Mode.BODY:
                return self._body(stream, slot, side, now)
            case Mode.CHUNKS:
                return self._chunks(stream, now)
            case Mode.DNS:
                return self._dns(stream, slot, side, now)
        return False

    def _start(self, stream: Stream, slot: int, side: int, now: Moment) -> bool:
        first = stream.data[0]
        if first == 22:
            return self._hello(stream, slot, side)
        if first in (20, 21) and (before := other_record(stream.data)):
            stream.consume(before, now)
            return True
        if first in (4, 5) and stream.read_from == stream.read_to:
            return self._socks(stream, slot, side, now)
        if first in b"\r\nP" and (preface := proxy_preface(stream.data)) is not None:
            if not preface:
                stream.needed = len(stream.data) + 1
                return False
            stream.consume(preface, now)
            return True
        if first in b"\r\n":
            stream.consume(len(stream.data) - len(stream.data.lstrip(b"\r\n")), now)
            return True
        if may_be_request(stream.data):
            return self._request(stream, slot, side, now)
        stream.rest()
        return False

    def _hello(self, stream: Stream, slot: int, side: int) -> bool:
        try:
            gathered = hello_of_records(stream.data)
            if gathered.needed and not stream.cut:
                stream.needed = gathered.needed
                return False
            hello = read_hello(gathered.hello, "t")
        except NotAHelloError:
            stream.rest()
            return False
        if (hello.host or "") not in stream.hosts:
            stream.hosts = (*stream.hosts[-_HOSTS:], hello.host or "")
            report_hello(self.facts, Kind.TLS, slot, side, hello, stream.moment)
        stream.consume(gathered.taken, stream.moment)
        stream.rest()
        return False

    def _socks(self, stream: Stream, slot: int, side: int, now: Moment) -> bool:
        try:
            target = parse_socks(bytes(stream.data[:1024]))
        except NeedMoreError:
            stream.needed = len(stream.data) + 1
            return False
        except NotSocksError:
            stream.rest()
            return False
        self.web.socks(slot, side, stream.moment, target)
        stream.consume(target.size, now)
        return True

    def _request(self, stream: Stream, slot: int, side: int, now: Moment) -> bool:
        end = head_end(stream.data, stream.scanned)
        if end is None and stream.closing:  # never finished: no request was made
            stream.rest()
            return False
        if end is None and not stream.cut:
            stream.scanned, stream.needed = len(stream.data), len(stream.data) + 1
            return False
        whole = end is not None
        end = len(stream.data) if end is None else end
        try:
            request = parse_request(bytes(stream.data[:end]))
        except NotHttpError:
            stream.rest()
            return False
        if not whole and request.host is None:  # cut off before the Host line: says too little
            stream.rest()
            return False
        moment = stream.moment
        stream.consume(end, now)
        wanted = body_wanted(request)
        if wanted and not stream.cut:
            stream.mode, stream.pending, stream.needed = Mode.BODY, (request, moment, wanted), wanted
            return True
        self.web.request(slot, side, moment, request, bytes(stream.data[:wanted]))
        return self._pass_body(stream, request)

    def _body(self, stream: Stream, slot: int, side: int, now: Moment) -> bool:
        if stream.pending is None:
            return False
        request, moment, wanted = stream.pending
        stream.mode, stream.pending, stream.needed = Mode.START, None, 0
        self.web.request(slot, side, moment, request, bytes(stream.data[:wanted]))
        return self._pass_body(stream, request)

    def _pass_body(self, stream: Stream, request: Request) -> bool:
        """Step over the body."""
        if request.chunked:
            stream.mode = Mode.CHUNKS
        elif request.method != "CONNECT":
            stream.pass_over(request.length)
        return True

    def _chunks(self, stream: Stream, now: Moment) -> bool:
        try:
            head = chunk_head(stream.data)
        except NotHttpError:
            stream.rest()
            return False
        if head is None:
            stream.needed = len(stream.data) + 1
            return False
        own, rest = head
        stream.consume(own, now)
        stream.pass_over(rest)
        if not rest:
            stream.mode = Mode.START
        return True

    def _dns(self, stream: Stream, slot: int, side: int, now: Moment) -> bool:
        size = int.from_bytes(stream.data[:2], "big")
        if len(stream.data) >= 2 and size < SHORTEST_DNS:
            stream.rest()
            return False
        if len(stream.data) < 2 + size and not stream.cut:
            stream.needed = 2 + size
            return False
        with suppress(NotDnsError):
            self.lookups.message(slot, side, parse_message(bytes(stream.data[2 : 2 + size])), stream.moment)
        stream.consume(min(2 + size, len(stream.data)), now)
        return True
