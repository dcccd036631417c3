"""A place in a JSON document of any size: what lies before it is hashed and counted, little behind it is held."""

import hashlib

from shadowscan.errors import SourceError
from shadowscan.sources.jsontext import IN_STRING, SIGN
from shadowscan.sources.lines import TAIL_BYTES, Position
from shadowscan.sources.stream import SourceStream

BLOCK_BYTES = 1 << 18


class JsonCursor:
    """Moves over the bytes of a stream, which it reads as far as asked for."""

    def __init__(self, stream: SourceStream, start: Position) -> None:
        self._stream = stream
        self._offset = start.offset
        """Byte offset of the buffer's first byte."""
        self._digest = hashlib.sha256()
        self._ended = False
        self.buffer = b""
        self.at = 0
        """Position in the buffer."""
        self.line = start.line
        """Line of the position; counted up to it."""
        self.tail = b""
        """Last bytes passed."""
        self.failure: SourceError | None = None
        """Why reading ended before the stream did."""

    @property
    def offset(self) -> int:
        """Byte offset of the position."""
        return self._offset + self.at

    @property
    def held(self) -> int:
        """Bytes in the buffer from the position on."""
        return len(self.buffer) - self.at

    @property
    def sign(self) -> bytes:
        """The byte at the position; nothing at the end of the buffer."""
        return self.buffer[self.at : self.at + 1]

    def more(self) -> bool:
        """Read on and drop what lies before the position; False at the end, or where reading fails."""
        if self._ended:
            return False
        try:
            block = self._stream.read(BLOCK_BYTES)
        except SourceError as failure:
            self.failure, block = failure, b""
        self._ended = not block
        self._offset += self.at
        self.buffer = self.buffer[self.at :] + block
        self.at = 0
        return bool(block)

    def holds(self, size: int) -> bool:
        """Read on until so many bytes from the position are in the buffer; False if the document has fewer."""
        while self.held < size:
            if not self.more():
                return False
        return True

    def peek(self, size: int) -> bytes:
        """Return the next bytes, as many or as there are."""
        self.holds(size)
        return self.buffer[self.at : self.at + size]

    def advance(self, position: int) -> None:
        """Move on to a position in the buffer."""
        passed = self.buffer[self.at : position]
        self._digest.update(passed)
        self.tail = (self.tail + passed[-TAIL_BYTES:])[-TAIL_BYTES:]
        self.line += passed.count(b"\n")
        self.at += len(passed)

    def digest(self) -> str:
        """Return the SHA-256 of what was passed since this was last asked."""
        digest, self._digest = self._digest.hexdigest(), hashlib.sha256()
        return digest

    def skip_value(self) -> None:
        """Pass over an object or array of any size, or what the document has of it."""
        depth = 0
        while self.held or self.more():
            sign = SIGN.search(self.buffer, self.at)
            self.advance(sign.end() if sign else len(self.buffer))
            if sign is None:
                continue
            if sign[0] == b'"':
                self._skip_string()
            else:
                depth += 1 if sign[0] in b"{[" else -1
                if depth <= 0:
                    return

    def _skip_string(self) -> None:
        """Pass over the rest of a string of any size."""
        while self.held or self.more():
            self.advance(IN_STRING.match(self.buffer, self.at).end())  # type: ignore[union-attr]
            if self.sign == b'"':
                self.advance(self.at + 1)
                return
            if self.sign == b"\\":
                self.holds(2)
                self.advance(self.at + 2)
