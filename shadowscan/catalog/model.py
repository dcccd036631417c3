"""What a signature says, as plain frozen data for run time; ``schema`` checks the files people write."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, NamedTuple

Verdict = Literal["service", "candidate", "none", "shared"]
"""``shared`` is a host's answer only: the host also serves other use, a path has to decide."""

HostKind = Literal["suffix", "exact", "pattern"]


class Category(StrEnum):
    """What a service is for; the folders of ``signatures/`` bear these names."""

    CHAT_ASSISTANT = "chat-assistant"
    LLM_API = "llm-api"
    INFERENCE_HOST = "inference-host"
    GATEWAY_ROUTER = "gateway-router"
    CODE_ASSISTANT = "code-assistant"
    AGENT_AUTOMATION = "agent-automation"
    PRODUCTIVITY = "productivity"
    EMBEDDED_AI = "embedded-ai"
    WRITING_TRANSLATION = "writing-translation"
    MEETING_ASSISTANT = "meeting-assistant"
    IMAGE_VIDEO_AUDIO = "image-video-audio"
    SEARCH = "search"
    EDUCATION = "education"
    COMPANION = "companion"
    CUSTOMER_SERVICE = "customer-service"
    MODEL_HUB = "model-hub"
    DEV_TOOL = "dev-tool"
    SELF_HOSTED_RUNTIME = "self-hosted-runtime"


class Status(StrEnum):
    """How sure we are that the entry is right today."""

    STABLE = "stable"
    PROVISIONAL = "provisional"
    """One doubtful source, or a service that may be dead or renamed."""
    RETIRED = "retired"
    """The vendor ended it; kept for old logs."""


class Role(StrEnum):
    """What a host does for its service."""

    WEB = "web"
    API = "api"
    UPLOAD = "upload"
    CDN = "cdn"
    TELEMETRY = "telemetry"
    AUTH = "auth"
    VOICE = "voice"


class Activity(StrEnum):
    """What one request does."""

    PROMPT = "prompt"
    PROMPT_PREPARE = "prompt_prepare"
    FILE_UPLOAD = "file_upload"
    EMBEDDINGS = "embeddings"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    TOOL_CALL = "tool_call"
    HISTORY = "history"
    CONVERSATION_CREATE = "conversation_create"
    DOWNLOAD = "download"
    LOGIN = "login"
    AUTH_CHECK = "auth_check"
    TELEMETRY = "telemetry"
    STATIC = "static"
    BROWSE = "browse"
    MODEL_DOWNLOAD = "model_download"
    MODEL_UPLOAD = "model_upload"


class ClientKind(StrEnum):
    """Who is calling."""

    PERSON = "person"
    """A person in a browser or a desktop or mobile app."""
    SCRIPT = "script"
    """An SDK, a script or a command line tool."""
    CODING_AGENT = "coding-agent"
    """An agent that acts on its own for a developer."""
    SERVER = "server"
    """A workload: an integration platform, a cloud function, a proxy."""


@dataclass(frozen=True, slots=True)
class HostRule:
    """A host of a service: a suffix on label boundaries, an exact name, or an anchored pattern."""

    value: str
    kind: HostKind
    role: Role
    shared: bool = False
    """The host also serves other use: only endpoints on it count."""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A request that tells an activity: host, method, path, query parameter, port."""

    activity: Activity
    path: str
    """Path pattern (see ``globs``)."""
    host: str = ""
    """Host suffix or host pattern; empty means any host, which only ever makes a candidate."""
    methods: tuple[str, ...] = ()
    """HTTP methods, upper case; empty means any."""
    query: str = ""
    """``name=value`` or ``name`` that must be among the query's parameters."""
    port: int | None = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AgentToken:
    """A product token in the User-Agent header that tells the tool."""

    token: str
    """Found case-insensitively, on word boundaries."""
    client: ClientKind | None = None
    hosts: tuple[str, ...] = ()
    """Suffixes on which the token makes the verdict this service instead of the host's own."""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PortHint:
    """A port a self-hosted runtime listens on by default."""

    port: int
    strong: bool
    """Hardly anything else uses it: the port alone makes a candidate."""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement on the vendor's terms, with its source and the day it was read."""

    topic: str
    value: str
    source: str
    date: str


@dataclass(frozen=True, slots=True)
class Service:
    """One AI service: who it is and by what it is recognised."""

    id: str
    name: str
    category: Category
    status: Status
    revision: int = 1
    vendor: str = ""
    country: str = ""
    """ISO 3166 code of the vendor's seat; empty if not known."""
    hosts: tuple[HostRule, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    user_agents: tuple[AgentToken, ...] = ()
    ports: tuple[PortHint, ...] = ()
    terms: tuple[Fact, ...] = ()
    references: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    described: bool = True
    """False for entries of a list file: a domain and a name."""
    origin: str = field(default="", compare=False)
    """File the service was read from, relative to its directory."""

    @property
    def signature(self) -> str:
        """``id@revision``, as stored with every finding."""
        return f"{self.id}@{self.revision}"

    @property
    def sources(self) -> tuple[str, ...]:
        """Distinct sources of its parts, without the file within them."""
        return tuple(dict.fromkeys(source.split("#")[0] for part in self.parts for source in part.sources))

    @property
    def parts(self) -> "tuple[HostRule | Endpoint | AgentToken | PortHint, ...]":
        """Everything it is recognised by."""
        return (*self.hosts, *self.endpoints, *self.user_agents, *self.ports)


@dataclass(frozen=True, slots=True)
class NotAi:
    """A host that looks like AI and is not, with the reason; silences candidates by name."""

    suffix: str
    reason: str


class HostLabel(NamedTuple):
    """What a host alone tells."""

    verdict: Verdict
    service: str | None
    role: str | None
    signature: str | None
    exclusive: bool
    why: str


class Match(NamedTuple):
    """What one request tells; every word in it is the catalogue's, none is the request's."""

    verdict: Verdict
    service: str | None
    activity: str | None
    signature: str | None
    role: str | None
    why: str
    client_kind: str | None = None
    client_why: str | None = None
    asked: str | None = None
    """The query parameter the signature asked for, in the catalogue's words: ``name`` or ``name=value``."""


class Prefilter(NamedTuple):
    """RE2 patterns and ports that find the lines on unknown hosts a host-free signature could match."""

    path_pieces: tuple[str, ...]
    """Text of which every path that ``path_regex`` matches holds at least one; empty if there is none."""
    path_regex: str
    user_agent_regex: str
    ports: frozenset[int]
