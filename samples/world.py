"""Who works at the company, at which desk, and the visits they make."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from samples.dice import stable_number
from samples.services import BUILD_SERVER, Site

Office = Literal["hq", "branch", "lab"]

_WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)
_MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
_AGENTS = (
    _WINDOWS,
    f"{_WINDOWS} Edg/142.0.0.0",
    f"{_MAC} Version/26.0 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
)
_NETS: dict[Office, str] = {"hq": "10.20.10", "branch": "10.40.10", "lab": "10.30.10"}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody (or the build server) with one device."""

    login: str
    """``first.last``; empty for a device nobody is logged in at."""
    department: str
    office: Office
    ip: str
    device: str
    agent: str
    tools: tuple[str, ...] = ()
    """Ids of the AI services in use, from habit."""

    @property
    def mail(self) -> str:
        """The login as an e-mail address."""
        return f"{self.login}@example.com"


@dataclass(frozen=True, slots=True)
class Visit:
    """One request, as the person makes it; every device writes its own record of it."""

    at: datetime
    """Start of the request, UTC."""
    person: Person
    site: Site
    method: str
    path: str
    query: str
    status: int
    content_type: str
    sent: int
    """Bytes client to server."""
    received: int
    """Bytes server to client."""
    milliseconds: int
    client_port: int
    referrer: str = ""
    blocked: bool = False
    """The company's rules forbid it: a device that can see the host stops it."""

    @property
    def done(self) -> datetime:
        """End of the request."""
        return self.at + timedelta(milliseconds=self.milliseconds)

    @property
    def agent(self) -> str:
        """The User-Agent header."""
        return self.site.agent or self.person.agent

    @property
    def target(self) -> str:
        """Path with query."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def url(self) -> str:
        """The whole URL, with the port where it isn't the scheme's own."""
        usual = self.site.port in (80, 443)
        port = "" if usual else f":{self.site.port}"
        return f"{self.site.scheme}://{self.site.host}{port}{self.target}"


@dataclass(frozen=True, slots=True)
class Session:
    """One connection: the visits of one person to one host with no long pause between them."""

    visits: tuple[Visit, ...]

    @property
    def first(self) -> Visit:
        """The visit that opened the connection."""
        return self.visits[0]

    @property
    def seconds(self) -> float:
        """Duration."""
        return (max(visit.done for visit in self.visits) - self.first.at).total_seconds()

    @property
    def sent(self) -> int:
        """Bytes client to server on the wire: requests and the TLS handshake."""
        return sum(visit.sent for visit in self.visits) + 980

    @property
    def received(self) -> int:
        """Bytes server to client on the wire."""
        return sum(visit.received for visit in self.visits) + (0 if self.first.blocked else 4_310)

    @property
    def packets(self) -> tuple[int, int]:
        """Packets sent and received."""
        return self.sent // 1_300 + 5, self.received // 1_300 + 4

    @property
    def key(self) -> int:
        """A number for the connection, the same on every device that numbers connections."""
        return stable_number(f"{self.first.at.isoformat()} {self.first.person.ip} {self.first.client_port}", 2**31)


def sessions(visits: list[Visit], pause: timedelta = timedelta(seconds=90)) -> list[Session]:
    """Group visits (in order of time) into connections."""
    open_ones: dict[tuple[str, str], list[Visit]] = {}
    closed: list[Session] = []
    for visit in visits:
        key = (visit.person.ip, visit.site.host)
        current = open_ones.get(key)
        if current and visit.at - current[-1].at > pause:
            closed.append(Session(tuple(current)))
            current = None
        if current is None:
            open_ones[key] = [visit]
        else:
            current.append(visit)
    closed.extend(Session(tuple(current)) for current in open_ones.values())
    return sorted(closed, key=lambda session: (session.first.at, session.first.person.ip, session.first.site.host))


# login, department, office, AI services used from habit
_STAFF: tuple[tuple[str, str, Office, str], ...] = (
    ("mara.lindqvist", "Management", "hq", "microsoft-365-copilot openai-chatgpt"),
    ("jonas.weidner", "Management", "hq", "microsoft-365-copilot"),
    ("aiko.tanabe", "Finance", "hq", "microsoft-365-copilot deepl"),
    ("piotr.zawada", "Finance", "hq", "openai-chatgpt"),
    ("lucia.ferrante", "Finance", "hq", ""),
    ("henrik.aasen", "Finance", "hq", "microsoft-365-copilot"),
    ("nadia.benali", "Human Resources", "hq", "microsoft-365-copilot grammarly"),
    ("tom.okafor", "Human Resources", "hq", "openai-chatgpt otter"),
    ("sofia.marques", "Legal", "hq", "microsoft-365-copilot deepl"),
    ("walter.brandt", "Legal", "hq", "anthropic-claude"),
    ("ines.carvalho", "Sales", "hq", "openai-chatgpt perplexity"),
    ("dario.conti", "Sales", "hq", "anthropic-claude openai-chatgpt"),
    ("freya.holm", "Sales", "hq", "microsoft-365-copilot otter"),
    ("samir.haddad", "Sales", "hq", "deepseek"),
    ("greta.vogel", "Sales", "hq", "microsoft-365-copilot"),
    ("liam.oconnor", "Sales", "hq", ""),
    ("yuki.morita", "Marketing", "hq", "openai-chatgpt midjourney grammarly"),
    ("elena.popova", "Marketing", "hq", "google-gemini midjourney"),
    ("ravi.menon", "Marketing", "hq", "perplexity grammarly"),
    ("clara.dubois", "Marketing", "hq", "microsoft-365-copilot deepl"),
    ("oskar.nowak", "Purchasing", "hq", "deepseek google-gemini"),
    ("mei.chen", "Purchasing", "hq", "deepl"),
    ("paul.jansen", "IT", "hq", "microsoft-365-copilot openai-chatgpt"),
    ("hana.novak", "IT", "hq", "github-copilot"),
    ("erik.soder", "Support", "branch", "openai-chatgpt"),
    ("amara.diallo", "Support", "branch", "microsoft-365-copilot"),
    ("luca.moretti", "Support", "branch", "google-gemini"),
    ("ana.ribeiro", "Support", "branch", "deepl grammarly"),
    ("viktor.sokol", "Logistics", "branch", "deepseek"),
    ("julia.kern", "Logistics", "branch", ""),
    ("noor.rahman", "Logistics", "branch", "openai-chatgpt"),
    ("bram.devries", "Logistics", "branch", "microsoft-365-copilot"),
    ("kai.lehmann", "Development", "lab", "github-copilot cursor ollama"),
    ("priya.nair", "Development", "lab", "github-copilot anthropic-claude"),
    ("marek.dvorak", "Development", "lab", "cursor openai-chatgpt deepseek"),
    ("selma.yildiz", "Development", "lab", "github-copilot ollama"),
    ("anton.berg", "Development", "lab", "huggingface ollama"),
    ("rosa.delgado", "Research", "lab", "anthropic-claude huggingface"),
    ("david.cohen", "Research", "lab", "google-gemini ollama"),
    ("mila.petrov", "Research", "lab", "perplexity"),
)

BUILD = Person("", "Development", "lab", BUILD_SERVER, "srv-build-01", "python-requests/2.32.5", ("openai-api",))
"""The build server: nightly jobs call an API nobody told the security team about."""


def people() -> tuple[Person, ...]:
    """Return the staff, in the order of the list."""
    staff = []
    for number, (login, department, office, tools) in enumerate(_STAFF):
        device = f"{office}-lt-{number + 1:02d}".upper()
        agent = _AGENTS[stable_number(login, 2) if office != "lab" else 1 + stable_number(login, 3)]
        ip = f"{_NETS[office]}.{20 + number}"
        staff.append(Person(login, department, office, ip, device, agent, tuple(tools.split())))
    return tuple(staff)
