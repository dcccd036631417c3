"""Signature files used by several tests: a fictitious vendor on reserved names."""

SOURCES = """\
released: "2026-11-23"
sources:
  notes: {title: Notes of the tests, date: "2026-11-23"}
  pages: {title: Pages of the vendors, date: "2026-11-23"}
"""

ACME = """\
id: acme-chat
revision: 3
name: Acme Chat
vendor: Acme
country: US
category: chat-assistant
status: stable
aliases: [acme-bot]
sources: [notes]
hosts:
  - {suffix: chat.acme.example, role: web}
  - {suffix: api.acme.example, role: api}
  - {exact: acme.example, role: web}
  - {pattern: "*.eu-*.tenant.acme.example", role: api}
  - {suffix: acme-cdn.example, role: cdn}
  - {suffix: stats.acme.example, role: telemetry}
  - {suffix: portal.big.example, role: web, shared: true}
endpoints:
  - {activity: prompt, method: POST, host: chat.acme.example, path: "/api/{v1|v2}/talk/*"}
  - {activity: history, method: GET, host: chat.acme.example, path: "/api/{v1|v2}/talk/*"}
  - {activity: prompt, method: POST, host: portal.big.example, path: /assistant/ask}
  - {activity: browse, method: GET, host: portal.big.example, path: /search, query: mode=ai}
user_agents:
  - {token: acme-cli/, client: coding-agent}
terms:
  retention: {value: 30 days, source: "https://acme.example/terms", date: "2026-11-01"}
tests:
  match:
    - GET https://chat.acme.example/ -> browse
    - POST https://chat.acme.example/api/v1/talk/77 -> prompt
    - GET https://chat.acme.example/api/v2/talk/77 -> history
    - POST https://portal.big.example/assistant/ask -> prompt
    - GET https://portal.big.example/search?q=x&mode=ai -> browse
  no_match:
    - OPTIONS https://chat.acme.example/api/v1/talk/77 -> prompt
    - DELETE https://chat.acme.example/api/v1/talk/77 -> history
    - GET https://portal.big.example/assistant/ask -> prompt
    - GET https://portal.big.example/search?q=x -> browse
    - https://portal.big.example/
    - https://chat.acme.example.evil.example/
"""

ACME_CODE = """\
id: acme-code
revision: 1
name: Acme Code
category: code-assistant
status: stable
sources: [notes]
hosts:
  - {suffix: code.acme.example, role: web}
endpoints:
  - {activity: prompt, method: POST, host: chat.acme.example, path: "/api/code/**"}
user_agents:
  - {token: acmecode/, client: coding-agent, hosts: [chat.acme.example]}
tests:
  match:
    - GET https://code.acme.example/ -> browse
    - POST https://chat.acme.example/api/code/complete -> prompt
  no_match:
    - OPTIONS https://chat.acme.example/api/code/complete -> prompt
    - https://chat.acme.example/
"""

RUNTIME = """\
id: runtime
revision: 1
name: Own runtime
category: self-hosted-runtime
status: stable
sources: [notes]
endpoints:
  - {activity: prompt, method: POST, path: "**/v1/chat/completions"}
  - {activity: browse, method: GET, path: /api/tags, port: 11434}
ports:
  - {port: 11434, strong: true}
  - {port: 8000}
tests:
  match:
    - POST http://10.1.2.3:8000/v1/chat/completions -> prompt
    - GET http://10.1.2.3:11434/api/tags -> browse
  no_match:
    - GET http://10.1.2.3:8000/v1/chat/completions -> prompt
    - GET http://10.1.2.3:8000/api/tags -> browse
"""

LONG_TAIL = """\
category: writing-translation
sources: [notes]
services:
  - {domain: quill-pen.example, name: Quill Pen}
  - {domain: [two.example, two-more.example], name: Two, id: two, status: stable, sources: [notes, "pages#2"]}
"""

SHAPES = """\
shapes:
  - {activity: file_upload, method: POST, path: "**/upload"}
  - {activity: telemetry, method: POST, path: "**/events/upload"}
  - {activity: telemetry, method: POST, path: "**/events"}
  - {activity: static, method: GET, path: "**.js"}
"""

CLIENTS = """\
clients:
  - {token: Mozilla/, client: person}
  - {token: curl/, client: script}
  - {token: AWS_Lambda, client: server}
"""

NOT_AI = """\
hosts:
  - {suffix: oldgpt.example, reason: a parts catalogue}
"""

ALL = {
    "catalogue.yaml": SOURCES,
    "chat-assistant/acme-chat.yaml": ACME,
    "code-assistant/acme-code.yaml": ACME_CODE,
    "self-hosted-runtime/runtime.yaml": RUNTIME,
    "writing-translation/_long-tail.yaml": LONG_TAIL,
    "shapes.yaml": SHAPES,
    "clients.yaml": CLIENTS,
    "not-ai.yaml": NOT_AI,
}
