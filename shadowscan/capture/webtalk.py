"""HTTP requests and SOCKS targets as facts, each request with the response that answered it."""

from collections import deque
from dataclasses import dataclass, field

from shadowscan.capture.facts import Facts, Said, detail_text
from shadowscan.capture.http import Request, Response, body_facts
from shadowscan.capture.socks import SocksTarget
from shadowscan.capture.stream import Moment
from shadowscan.model.events import HostBasis, Kind

_WAITING = 64


@dataclass(frozen=True, slots=True)
class _Asked:
    side: int
    moment: Moment
    request: Request
    body: bytes


@dataclass(slots=True)
class WebTalk:
    """Requests by flow that await their response; they are reported with it, or without it at the flow's end."""

    facts: Facts
    limit: int
    hurried: int = 0
    """Requests reported without awaiting their response."""
    _count: int = 0
    _asked: dict[int, deque[_Asked]] = field(default_factory=dict)

    def request(self, slot: int, side: int, moment: Moment, request: Request, body: bytes) -> None:
        """Note a request."""
        self.facts.name_flow(slot, side, request.host, HostBasis.URL, proxied=request.proxied)
        asked = self._asked.setdefault(slot, deque())
        asked.append(_Asked(side, moment, request, body))
        self._count += 1
        if len(asked) > _WAITING:
            self.hurried += 1
            self._report(slot, asked.popleft(), None)
        if self._count > self.limit:
            self.hurried += self._count
            for waiting in list(self._asked):
                self.close(waiting)

    def response(self, slot: int, side: int, response: Response) -> None:
        """Note a response: it answers the oldest open request of the other side."""
        asked = self._asked.get(slot)
        if response.status < 200 or not asked or asked[0].side == side:
            return
        self._report(slot, asked.popleft(), response)

    def close(self, slot: int) -> None:
        """Report the requests of a flow that were never answered."""
        for asked in self._asked.pop(slot, ()):
            self._report(slot, asked, None)

    def socks(self, slot: int, side: int, moment: Moment, target: SocksTarget) -> None:
        """Report a SOCKS target."""
        command = None if target.command == "CONNECT" else target.command
        detail = detail_text(port=target.port, socks=target.version, command=command)
        host, basis = target.host or None, HostBasis.URL
        self.facts.add(Kind.PROXY, slot, side, moment, Said(host, basis.value if host else None, detail))
        self.facts.name_flow(slot, side, host, basis, proxied=True)

    def _report(self, slot: int, asked: _Asked, response: Response | None) -> None:
        self._count -= 1
        request = asked.request
        tunnel = request.method == "CONNECT"
        facts = body_facts(request, asked.body) if asked.body else {}
        files = facts.get("files")
        detail = detail_text(
            **facts,
            port=request.port,
            content_length=request.length or None,
            request_type=request.media_type(),
            upgrade=request.headers.get("upgrade") or None,
        )
        said = Said(
            host=request.host,
            host_basis=HostBasis.URL.value if request.host else None,
            detail=detail,
            method=request.method,
            url_path=None if tunnel else request.path,
            url_query=request.query,
            status=response.status if response else None,
            user_agent=request.headers.get("user-agent"),
            referrer=request.headers.get("referer"),
            content_type=(response.content_type if response else None) or request.media_type(),
            file_name=str(files[0]) if isinstance(files, list) else response.file_name if response else None,
        )
        self.facts.add(Kind.PROXY if tunnel else Kind.HTTP, slot, asked.side, asked.moment, said)
