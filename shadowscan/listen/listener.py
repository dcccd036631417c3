"""The sockets: they collect messages in memory for a moment, then spool and sync them together.

UDP has no way to slow a sender down: what comes while the disk is full or the process is late is lost by the
kernel, and counted there. TCP senders wait. Nobody who sends syslog is told what arrived, so messages of the last
fraction of a second die with the process; those on disk do not.
"""

import asyncio
import socket
import ssl
import threading
from dataclasses import dataclass
from typing import Any, Self

from shadowscan.config.listen import Endpoint, ListenSettings
from shadowscan.errors import UsageError
from shadowscan.listen.framing import Framer
from shadowscan.listen.spool import Spool

_FLUSH = 0.05
"""Seconds that a message waits in memory at most."""
_RETRY = 1.0
_MOST_PENDING = 8 << 20
"""Bytes in memory beyond which TCP senders wait and datagrams are dropped."""
_RECEIVE_BUFFER = 8 << 20


@dataclass(slots=True)
class Heard:
    """Counts since the start."""

    messages: int = 0
    spooled: int = 0
    truncated: int = 0
    dropped: int = 0
    """Datagrams that found no room in memory while the spool could not be written."""
    problem: str = ""
    """Why the spool can't be written; empty while it can."""


class Listener:
    """Listens in a thread of its own between ``start`` and ``stop``."""

    def __init__(self, settings: ListenSettings) -> None:
        self.settings = settings
        self.heard = Heard()
        self.endpoints: list[Endpoint] = []
        """Where it listens, ports that were given as 0 filled in."""
        self._spool = Spool(settings.spool, rotate_bytes=settings.rotate_bytes, rotate_after=settings.rotate_after)
        self._pending: list[bytes] = []
        self._pending_bytes = 0
        self._streams: set[_Stream] = set()
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="shadowscan-listen", daemon=True)
        self._ready: threading.Event = threading.Event()
        self._failure: Exception | None = None

    def start(self) -> None:
        """Open the sockets; UsageError if one can't be opened or the certificate can't be read."""
        self._thread.start()
        self._ready.wait()
        if self._failure:
            self._thread.join()
            raise self._failure

    def stop(self) -> None:
        """Close the sockets and spool what was received."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()

    @property
    def alive(self) -> bool:
        """Whether it still listens."""
        return self._thread.is_alive()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def take(self, messages: list[bytes]) -> None:
        """Accept messages of a stream."""
        self.heard.messages += len(messages)
        self._pending += messages
        self._pending_bytes += sum(map(len, messages))
        if self._pending_bytes > _MOST_PENDING:
            for stream in self._streams:
                stream.pause()

    def take_datagram(self, message: bytes) -> None:
        """Accept a datagram, unless there is no room for it."""
        if self._pending_bytes > _MOST_PENDING:
            self.heard.dropped += 1
            return
        if len(message) > self.settings.max_message:
            self.heard.truncated += 1
        if message := message[: self.settings.max_message].rstrip(b"\r\n\x00"):
            self.take([message])

    def joined(self, stream: "_Stream") -> None:
        """A sender has connected."""
        self._streams.add(stream)

    def left(self, stream: "_Stream") -> None:
        """A sender has gone."""
        self._streams.discard(stream)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()
            self._ready.set()

    async def _serve(self) -> None:
        servers: list[Any] = []
        try:
            await self._open(servers)
        except (OSError, UsageError) as error:
            self._failure = error if isinstance(error, UsageError) else _refused(error)
            await self._close(servers)
            return
        self._ready.set()
        while not self._stopping.is_set():
            wait = _RETRY if self.heard.problem else _FLUSH
            try:
                await asyncio.wait_for(self._stopping.wait(), wait)
            except TimeoutError:
                self._flush()
        await self._close(servers)
        self._flush()
        self._spool.close()

    async def _close(self, servers: list[Any]) -> None:
        for server in servers:
            server.close()
        for stream in list(self._streams):
            stream.finish()
        # A turn of the loop each for the sockets to close and for their protocols to hear of it.
        for _ in range(2):
            await asyncio.sleep(0)

    async def _open(self, servers: list[Any]) -> None:
        self.settings.spool.mkdir(parents=True, exist_ok=True)
        for place in self.settings.udp:
            transport, _ = await self._loop.create_datagram_endpoint(lambda: _Datagrams(self), local_addr=place)
            _enlarge(transport)
            servers.append(transport)
            self.endpoints.append(Endpoint(*transport.get_extra_info("sockname")[:2]))
        context = _context(self.settings) if self.settings.tls else None
        streams = [(place, None) for place in self.settings.tcp] + [(place, context) for place in self.settings.tls]
        for place, security in streams:
            server = await self._loop.create_server(lambda: _Stream(self), place.host, place.port, ssl=security)
            servers.append(server)
            self.endpoints.append(Endpoint(*server.sockets[0].getsockname()[:2]))

    def _flush(self) -> None:
        if not self._pending:
            return
        try:
            self._spool.write(self._pending)
        except OSError as error:
            self.heard.problem = f"{self.settings.spool}: {error.strerror or error}"
            return
        self.heard.spooled += len(self._pending)
        self.heard.problem = ""
        self._pending, self._pending_bytes = [], 0
        for stream in self._streams:
            stream.go_on()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, listener: Listener) -> None:
        self._listener = listener

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self._listener.take_datagram(data)


class _Stream(asyncio.Protocol):
    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._framer = Framer(listener.settings.max_message)
        self._counted = 0
        self._transport: asyncio.Transport | None = None
        self._paused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
            self._listener.joined(self)

    def data_received(self, data: bytes) -> None:
        if messages := self._framer.feed(data):
            self._listener.take(messages)
        self._listener.heard.truncated += self._framer.truncated - self._counted
        self._counted = self._framer.truncated

    def connection_lost(self, exc: Exception | None) -> None:
        if rest := self._framer.rest():
            self._listener.take(rest)
        self._listener.left(self)

    def pause(self) -> None:
        if self._transport and not self._paused:
            self._transport.pause_reading()
            self._paused = True

    def go_on(self) -> None:
        if self._transport and self._paused:
            self._transport.resume_reading()
            self._paused = False

    def finish(self) -> None:
        """The listener stops: what has come counts, also a message without its end."""
        if rest := self._framer.rest():
            self._listener.take(rest)
        if self._transport:
            self._transport.abort()


def _enlarge(transport: asyncio.DatagramTransport) -> None:
    """Ask for room for bursts; the kernel gives what its limit allows."""
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)


def _context(settings: ListenSettings) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=settings.client_ca_file)
    if settings.client_ca_file:
        context.verify_mode = ssl.CERT_REQUIRED
    try:
        context.load_cert_chain(settings.cert_file or "", settings.key_file)
    except (OSError, ssl.SSLError) as error:
        raise UsageError("the certificate can't be used", reason=str(error), where=str(settings.cert_file)) from error
    return context


def _refused(error: OSError) -> UsageError:
    hint = "ports below 1024 need CAP_NET_BIND_SERVICE" if isinstance(error, PermissionError) else ""
    return UsageError("can't listen", reason=error.strerror or str(error), hint=hint)
