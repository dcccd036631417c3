"""What the company's people visit: AI services by catalogue id, and ordinary sites.

Host names and paths of the AI services are the vendors' public ones; server addresses are documentation addresses.
"""

from dataclasses import dataclass

from samples.dice import stable_number

_DOCUMENTATION_NETS = ("192.0.2", "198.51.100", "203.0.113")


@dataclass(frozen=True, slots=True)
class Call:
    """One kind of request to a site. ``{id}`` in the path becomes a fresh identifier."""

    method: str
    path: str
    sent: tuple[int, int]
    """Bytes client to server, least and most."""
    received: tuple[int, int]
    content_type: str = "application/json"
    query: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """One host and what is asked of it."""

    host: str
    calls: tuple[Call, ...]
    service: str | None = None
    """Catalogue id of the AI service, None for ordinary sites."""
    app: str = ""
    """The application label a vendor's device would give."""
    pinned: bool = False
    """TLS is not intercepted: a proxy sees a CONNECT only."""
    scheme: str = "https"
    port: int = 443
    server_ip: str = ""
    agent: str = ""
    """User-Agent of the tool, where it isn't the browser."""
    quic: bool = False
    """Browsers use HTTP/3 where nothing stands between."""

    @property
    def address(self) -> str:
        """The server's address, always the same for a host."""
        if self.server_ip:
            return self.server_ip
        net = _DOCUMENTATION_NETS[stable_number(self.host, 3)]
        return f"{net}.{20 + stable_number('host ' + self.host, 220)}"


def _page(path: str = "/", received: int = 90_000) -> Call:
    return Call("GET", path, (420, 900), (4_000, received), "text/html")


def _asset(path: str) -> Call:
    return Call("GET", path, (380, 700), (1_500, 240_000), "application/javascript")


def _prompt(path: str, most: int = 9_000, content_type: str = "text/event-stream") -> Call:
    return Call("POST", path, (900, most), (1_200, 48_000), content_type)


def _upload(path: str, most: int = 2_400_000) -> Call:
    return Call("POST", path, (60_000, most), (500, 1_400))


GPU_BOX = "10.30.50.20"
BUILD_SERVER = "10.30.50.10"

AI_SITES: tuple[Site, ...] = (
    Site(
        "copilot.cloud.microsoft",
        (_page("/chat"), _prompt("/api/chat/{id}", 14_000, "application/json"), _page("/")),
        "microsoft-365-copilot",
        "Microsoft 365 Copilot",
    ),
    Site(
        "api.githubcopilot.com",
        (_prompt("/chat/completions", 42_000), _prompt("/chat/completions", 26_000)),
        "github-copilot",
        "GitHub Copilot",
        agent="GitHubCopilotChat/0.31.0",
    ),
    Site(
        "chatgpt.com",
        (
            _page("/"),
            _prompt("/backend-api/f/conversation"),
            _prompt("/backend-api/conversation", 22_000),
            Call("GET", "/backend-api/conversations", (700, 1_300), (2_000, 30_000), query="offset=0&limit=28"),
            Call("POST", "/ces/v1/t", (700, 2_600), (200, 500)),
            _prompt("/backend-api/f/conversation", 31_000),
        ),
        "openai-chatgpt",
        "ChatGPT",
        quic=True,
    ),
    Site("cdn.oaistatic.com", (_asset("/assets/{id}.js"),), "openai-chatgpt", "ChatGPT", quic=True),
    Site(
        "claude.ai",
        (
            _page("/new"),
            Call("POST", "/api/organizations/{id}/chat_conversations", (800, 1_500), (600, 1_600)),
            _prompt("/api/organizations/{id}/chat_conversations/{id}/completion", 26_000),
            _prompt("/api/organizations/{id}/chat_conversations/{id}/completion", 12_000),
        ),
        "anthropic-claude",
        "Claude",
        quic=True,
    ),
    Site(
        "chat.deepseek.com",
        (
            _page("/"),
            Call("POST", "/api/v0/chat_session/create", (700, 1_200), (500, 900)),
            _prompt("/api/v0/chat/completion", 16_000),
            _upload("/api/v0/file/upload_file", 900_000),
        ),
        "deepseek",
        "DeepSeek",
    ),
    Site(
        "www.perplexity.ai",
        (_page("/"), _prompt("/rest/sse/perplexity_ask", 5_000), _page("/search/{id}")),
        "perplexity",
        "Perplexity",
    ),
    Site(
        "gemini.google.com",
        (
            _page("/app"),
            _prompt("/_/BardChatUi/data/assistant.lamda.BardFrontendService/StreamGenerate", 8_000),
        ),
        "google-gemini",
        "Gemini",
        quic=True,
    ),
    Site(
        "api2.cursor.sh",
        (_prompt("/aiserver.v1.AiService/StreamChat", 60_000, "application/connect+proto"),),
        "cursor",
        "Cursor",
        pinned=True,
        agent="connect-es/1.6.1",
    ),
    Site(
        "capi.grammarly.com",
        (Call("GET", "/freews", (1_200, 38_000), (900, 26_000), "application/octet-stream"),),
        "grammarly",
        "Grammarly",
        pinned=True,
    ),
    Site(
        "otter.ai",
        (_page("/home"), _upload("/forward/api/v1/speech", 3_200_000)),
        "otter",
        "Otter",
    ),
    Site(
        "huggingface.co",
        (
            _page("/models"),
            Call(
                "GET", "/{id}/resolve/main/model.safetensors", (600, 900), (900_000, 9_000_000), "binary/octet-stream"
            ),
        ),
        "huggingface",
        "Hugging Face",
    ),
    Site("www.deepl.com", (_page("/translator"), _prompt("/jsonrpc", 6_000, "application/json")), "deepl", "DeepL"),
    Site("www.midjourney.com", (_page("/explore"), _page("/imagine")), "midjourney", "Midjourney"),
    Site(
        "api.openai.com",
        (_prompt("/v1/chat/completions", 70_000, "application/json"), _prompt("/v1/embeddings", 24_000)),
        "openai-api",
        "OpenAI API",
        agent="OpenAI/Python 1.99.6",
    ),
    Site(
        "gpu01.example.com",
        (
            _prompt("/api/chat", 24_000, "application/x-ndjson"),
            _prompt("/api/generate", 12_000, "application/x-ndjson"),
            Call("GET", "/api/tags", (160, 220), (900, 2_600)),
        ),
        "ollama",
        "",
        scheme="http",
        port=11434,
        server_ip=GPU_BOX,
        agent="ollama-python/0.6.1 (x86_64 linux) Python/3.12.7",
    ),
)


def _ordinary(host: str, *paths: str, app: str = "", pinned: bool = False, scheme: str = "https") -> Site:
    calls = tuple(_asset(path) if path.endswith(".js") else _page(path) for path in paths or ("/",))
    port = 443 if scheme == "https" else 80
    return Site(host, calls, None, app, pinned, scheme, port)


BENIGN_SITES: tuple[Site, ...] = (
    _ordinary("intranet.example.com", "/", "/news", "/canteen", "/static/app.js", app="Intranet"),
    _ordinary("mail.example.com", "/owa/", "/owa/service.svc", "/owa/scripts/boot.js", app="Webmail"),
    _ordinary("crm.example.net", "/accounts", "/accounts/{id}", "/deals", "/assets/{id}.js"),
    _ordinary("erp.example.net", "/orders", "/orders/{id}", "/invoices"),
    _ordinary("wiki.example.org", "/start", "/projects/{id}"),
    _ordinary("news.example.org", "/", "/local", "/sport", "/static/bundle.js"),
    _ordinary("weather.example.net", "/", "/forecast"),
    _ordinary("shop.example.com", "/basket", "/item/{id}"),
    _ordinary("travel.example.net", "/timetable", "/booking/{id}"),
    _ordinary("bank.example.org", pinned=True),
    _ordinary("updates.example.net", "/v2/manifest", "/v2/packages/{id}", scheme="http"),
    _ordinary("cdn.example.net", "/lib/{id}.js", "/lib/vendor.js"),
    _ordinary("video.example.org", "/watch/{id}"),
    _ordinary("maps.example.net", "/tiles/{id}", "/route"),
    # Names that look like AI and aren't: a search for "ai" or "gpt" within the name must not find them.
    _ordinary("openair.example.com", "/rota"),
    _ordinary("claudette-bakery.example.net", "/", "/menu"),
    _ordinary("mail.ai-group.example.org", "/inbox"),
    _ordinary("www.wikipedia.org", "/"),
    _ordinary("en.wikipedia.org", "/wiki/Main_Page", "/wiki/{id}"),
    _ordinary("www.python.org", "/downloads/"),
    _ordinary("docs.python.org", "/simple/requests/", "/simple/numpy/"),
    _ordinary("github.com", "/explore"),
    _ordinary("www.bbc.co.uk", "/news", "/weather"),
    _ordinary("www.openstreetmap.org", "/"),
    _ordinary("www.google.com", "/search"),
    _ordinary("www.debian.org", "/"),
    _ordinary("outlook.office365.com", "/owa/", app="Outlook"),
    _ordinary("teams.microsoft.com", "/v2/", app="Microsoft Teams"),
    _ordinary("zoom.us", "/j/{id}", app="Zoom"),
    _ordinary("www.linkedin.com", "/feed/"),
)

BULK_UPLOAD = Call(
    "POST", "/api/organizations/{id}/conversations/{id}/wiggle/upload-file", (7_400_000, 8_900_000), (600, 900)
)
"""A leaving colleague's price lists and customer files, six of them in one evening."""

APPROVED = ("github-copilot", "microsoft-365-copilot")
TOLERATED = ("deepl",)
PROHIBITED = ("deepseek", "midjourney")


def sites_of(service: str) -> tuple[Site, ...]:
    """Return the sites of an AI service, the main one first."""
    return tuple(site for site in AI_SITES if site.service == service)
