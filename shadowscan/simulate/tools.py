"""The tools of a simulated company: hosts and paths as the vendors document them or browsers show them."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

BROWSER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
)


class Client(StrEnum):
    """How a tool is used."""

    WEB = "web"
    API = "api"
    AGENT = "agent"


class Kind(IntEnum):
    """What one request does."""

    PROMPT = 0
    PREPARE = 1
    UPLOAD = 2
    TELEMETRY = 3
    STATIC = 4
    HISTORY = 5
    SIDE = 6
    """A call of an agent beside the conversation: a title, a count of tokens."""
    OTHER = 7
    """A prompt on a way that no catalogue knows."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where one kind of request goes; ``{id}`` stands for the conversation."""

    method: str
    host: str
    path: str


@dataclass(frozen=True, slots=True)
class Tool:
    """One AI tool."""

    service: str
    """Id in the catalogue."""
    client: Client
    agent: str
    addresses: dict[Kind, Address]


def _web(service: str, host: str, prompt: str, **others: tuple[str, str, str]) -> Tool:
    addresses = {
        Kind.PROMPT: Address("POST", host, prompt),
        Kind.STATIC: Address("GET", host, "/assets/app.js"),
        Kind.HISTORY: Address("GET", host, "/"),
        Kind.TELEMETRY: Address("POST", host, "/"),
        Kind.PREPARE: Address("POST", host, "/gw/v3/prepare"),
        Kind.OTHER: Address("POST", host, "/gw/v3/rpc"),
    }
    addresses |= {Kind[name.upper()]: Address(*where) for name, where in others.items()}
    return Tool(service, Client.WEB, BROWSER, addresses)


def _call(service: str, client: Client, agent: str, host: str, path: str) -> Tool:
    where = Address("POST", host, path)
    return Tool(service, client, agent, {Kind.PROMPT: where, Kind.SIDE: where})


TOOLS: tuple[Tool, ...] = (
    _web(
        "openai-chatgpt", "chatgpt.com", "/backend-api/conversation",
        prepare=("POST", "chatgpt.com", "/backend-api/sentinel/chat-requirements"),
        upload=("PUT", "files.oaiusercontent.com", "/file-{id}"),
        telemetry=("POST", "chatgpt.com", "/ces/v1/t"),
        history=("GET", "chatgpt.com", "/backend-api/conversations"),
    ),
    _web(
        "anthropic-claude", "claude.ai", "/api/organizations/8a1c/chat_conversations/{id}/completion",
        prepare=("POST", "claude.ai", "/api/organizations/8a1c/chat_conversations"),
        upload=("POST", "claude.ai", "/api/organizations/8a1c/conversations/{id}/wiggle/upload-file"),
        telemetry=("POST", "a-api.anthropic.com", "/v1/t"),
        history=("GET", "claude.ai", "/api/organizations/8a1c/chat_conversations"),
    ),
    _web(
        "google-gemini", "gemini.google.com",
        "/_/BardChatUi/data/assistant.lamda.BardFrontendService/StreamGenerate",
        upload=("POST", "content-push.googleapis.com", "/upload/"),
        telemetry=("POST", "gemini.google.com", "/_/BardChatUi/browserinfo"),
    ),
    _web(
        "deepseek", "chat.deepseek.com", "/api/v0/chat/completion",
        upload=("POST", "chat.deepseek.com", "/api/v0/file/upload_file"),
        telemetry=("POST", "chat.deepseek.com", "/api/v0/events"),
    ),
    _web(
        "perplexity", "www.perplexity.ai", "/rest/sse/perplexity_ask",
        upload=("PUT", "ppl-ai-file-upload.s3.amazonaws.com", "/uploads/{id}"),
    ),
    _call("openai-api", Client.API, "OpenAI/Python 2.8.0", "api.openai.com", "/v1/chat/completions"),
    _call("anthropic-api", Client.API, "Anthropic/Python 0.72.0", "api.anthropic.com", "/v1/messages"),
    _call("anthropic-claude-code", Client.AGENT, "claude-cli/2.0.42 (external)", "api.anthropic.com", "/v1/messages"),
)  # fmt: skip
