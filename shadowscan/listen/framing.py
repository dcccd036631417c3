"""Syslog messages out of a TCP stream (RFC 6587): octet counting and newline framing, also mixed in one stream."""

import re

_COUNT = re.compile(rb"([1-9][0-9]{0,8}) ")
_MAYBE_COUNT = re.compile(rb"[1-9][0-9]{0,8}")
_TRAILERS = b"\r\n\x00"


class Framer:
    """Cuts a stream into messages of at most ``limit`` bytes; longer ones are cut off there and counted.

    A frame that begins with a number and a blank has its octets counted (3.4.1), since a message begins with ``<``;
    any other ends with a newline or NUL (3.4.2).
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buffer = bytearray()
        self._skip = 0
        """Octets of a counted frame still to be passed over."""
        self._skip_line = False
        self.truncated = 0

    def feed(self, data: bytes) -> list[bytes]:
        """Return the messages that are complete now."""
        self._buffer += data
        messages: list[bytes] = []
        position = 0
        while (step := self._next(position, messages)) is not None:
            position = step
        del self._buffer[:position]
        return messages

    def rest(self) -> list[bytes]:
        """Return what the stream's end leaves: a last message without its delimiter, or cut short."""
        left, self._buffer = bytes(self._buffer), bytearray()
        if self._skip or self._skip_line:
            return []
        counted = _COUNT.match(left)
        return _kept(left[counted.end() :] if counted else left)

    def _next(self, at: int, messages: list[bytes]) -> int | None:
        """Take one frame from ``at``; return where the next begins, None if it is not all there."""
        buffer = self._buffer
        if self._skip:
            step = min(self._skip, len(buffer) - at)
            self._skip -= step
            return at + step if step else None
        if not self._skip_line and (count := _COUNT.match(buffer, at)):
            return self._counted(int(count[1]), count.end(), messages)
        if not self._skip_line and _MAYBE_COUNT.fullmatch(buffer, at):
            return None
        return self._delimited(at, messages)

    def _counted(self, length: int, start: int, messages: list[bytes]) -> int | None:
        kept = min(length, self._limit)
        if len(self._buffer) - start < kept:
            return None
        messages += _kept(bytes(self._buffer[start : start + kept]))
        if length > kept:
            self.truncated += 1
            self._skip = length - kept
        return start + kept

    def _delimited(self, at: int, messages: list[bytes]) -> int | None:
        ends = [end for mark in (b"\n", b"\x00") if (end := self._buffer.find(mark, at)) >= 0]
        if ends:
            end = min(ends)
            if not self._skip_line:
                messages += self._cut(bytes(self._buffer[at:end]))
            self._skip_line = False
            return end + 1
        if self._skip_line:
            return len(self._buffer) if len(self._buffer) > at else None
        if len(self._buffer) - at > self._limit:
            messages += self._cut(bytes(self._buffer[at:]))
            self._skip_line = True
            return len(self._buffer)
        return None

    def _cut(self, message: bytes) -> list[bytes]:
        if len(message) > self._limit:
            self.truncated += 1
        return _kept(message[: self._limit])


def _kept(message: bytes) -> list[bytes]:
    message = message.rstrip(_TRAILERS)
    return [message] if message else []
