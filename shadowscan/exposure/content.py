"""From bytes sent to content, prompts and files: one function a kind of evidence, each giving draws."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from shadowscan.exposure.draws import Draws, Sampler
from shadowscan.exposure.group import Group, Pool, effective
from shadowscan.exposure.traffic import ClientClass, Grade

_AGENT_LIKE = 64 * 1024
"""From this mean size of a person's connections on, an agent is likelier than a program, bytes."""

_CHATTER = "web.chatter"
"""Cause of what is uncertain about the share of content in connections: telemetry, pages, long polling."""


@dataclass(frozen=True, slots=True)
class Content:
    """Draws of what one group sent; text and files are bytes of new content."""

    text: Draws
    file_bytes: Draws
    prompts: Draws
    files: Draws

    @property
    def volume(self) -> Draws:
        """Text and files."""
        return self.text + self.file_bytes


def content_of(group: Group, sampler: Sampler) -> Content:
    """Return what the group's traffic may have held; the volume of grade C is not meaningful."""
    if group.key.client is ClientClass.TELEMETRY:
        nothing = np.zeros(sampler.size)
        return Content(nothing, nothing, nothing, nothing)
    if group.key.grade is Grade.B:
        upload = group.key.client is ClientClass.UPLOAD
        content = _of_uploads(group, sampler) if upload else _of_connections(group, sampler)
        nothing = np.zeros(sampler.size)
        return replace(content, prompts=nothing, files=nothing) if group.key.counted else content
    unmodelled = sampler.quantity("requests.unmodelled", group.key.service)
    return Content(
        text=_text(group, sampler) * unmodelled,
        file_bytes=_file_bytes(group, sampler) * unmodelled,
        prompts=_prompts(group, sampler),
        files=_files(group, sampler),
    )


def _text(group: Group, sampler: Sampler) -> Draws:
    """Content of prompt requests: bytes less overhead, less what is sent again.

    Where sizes keep growing from request to request the client re-sends the history: then only the growth is new,
    and of it only the part the model did not write. Where they do not, each request is new but for repetitions.
    """
    pool, client, service = group.prompts, _client(group), group.key.service
    if not pool.bytes.sum():
        return np.zeros(sampler.size)
    overhead = _overhead(pool, client, service, sampler)
    every = np.maximum(pool.bytes.sum() - pool.total * overhead, pool.total)
    grown = _grown(pool, client, overhead) * sampler.quantity(f"{client}.new_share", service)
    single = every / sampler.quantity(f"{client}.resend", service)
    weight = _growth(pool, client, service, sampler)
    mixed: Draws = np.exp(weight * np.log(grown) + (1 - weight) * np.log(single))
    text: Draws = np.minimum(mixed, every) * _personal(group, pool, sampler, 0.15)
    return text


def _grown(pool: Pool, client: str, overhead: Draws) -> Draws:
    """Bytes by which requests grew. An agent always carries its session, several may run side by side."""
    grown, starts = (pool.linked, pool.links) if client == "agent" else (pool.fresh, pool.runs)
    net: Draws = np.maximum(grown.sum() - starts.sum() * overhead, max(starts.sum(), 1.0))
    return net


def _overhead(pool: Pool, client: str, service: str, sampler: Sampler) -> Draws:
    """Mean bytes around the content: the prior, and with many requests what the small ones among them weigh.

    Not so for programs, whose inputs may be of one size: there small requests may hold as much content as any. An
    agent's smallest request starts a session; its small calls beside the conversation, which carry none of its
    instructions, are left out.
    """
    small = pool.typical_least if client == "agent" else pool.typical_low
    prior = sampler.quantity(f"{client}.request_overhead", service)
    short = sampler.quantity(f"{client}.short_content", service)
    seen = np.maximum(small - short, 0.3 * small)
    shown = pool.typical_count / (pool.typical_count + 4.0) * sampler.quantity(f"{client}.floor_shown", service)
    mixed: Draws = np.exp((1 - shown) * np.log(prior) + shown * np.log(np.maximum(seen, 1.0)))
    return np.minimum(mixed, max(small, 1.0)) * sampler.quantity("overhead_spread", service)


def _growth(pool: Pool, client: str, service: str, sampler: Sampler) -> Draws:
    """0: sizes go up and down at random (half the steps go down); 1: they grow over many requests.

    Between the two stand short conversations, or long ones among single calls: which of them isn't seen, so where the
    one becomes the other is drawn.
    """
    if not pool.runs.sum():
        return np.zeros(sampler.size)  # the sequence is not known
    if client == "agent":
        return np.ones(sampler.size)
    down = (pool.runs.sum() + 2.0) / (pool.total + 4.0)
    weight: Draws = np.clip((sampler.quantity("history_from", service) - down) / 0.2 + 0.5, 0.0, 1.0)
    return weight


def _file_bytes(group: Group, sampler: Sampler) -> Draws:
    pool, service = group.uploads, group.key.service
    if not pool.bytes.sum():
        return np.zeros(sampler.size)
    overhead = np.minimum(sampler.quantity("upload.request_overhead", service), max(pool.typical_low, 1.0))
    net = np.maximum(pool.bytes.sum() - pool.total * overhead, pool.total)
    base64 = sampler.happens("upload.base64_services", service)
    encoding = np.where(
        base64, sampler.quantity("upload.base64", service), sampler.quantity("upload.encoding", service)
    )
    files: Draws = net / encoding / sampler.quantity("upload.repeat", service)
    return files


def _prompts(group: Group, sampler: Sampler) -> Draws:
    client = _client(group)
    calls = group.prompts.total / sampler.quantity(f"{client}.requests_per_prompt", group.key.service)
    return calls * _personal(group, group.prompts, sampler, 0.1)


def _files(group: Group, sampler: Sampler) -> Draws:
    """Files from upload requests: small ones announce or confirm a file rather than carry one."""
    pool, service = group.uploads, group.key.service
    if group.key.grade is not Grade.A:
        return pool.total / sampler.quantity("upload.requests_per_file", service)
    carried = pool.sizeable.sum() / sampler.quantity("upload.parts_per_file", service)
    small = pool.total - pool.sizeable.sum()
    files: Draws = carried + small * sampler.quantity("upload.small_is_file", service)
    if _client(group) == "web":
        files = files + group.prompts.large.sum() * sampler.quantity("web.large_prompt_is_file", service)
    return files


def _of_connections(group: Group, sampler: Sampler) -> Content:
    net = _net(group, sampler) * _personal(group, group.connections, sampler, 0.4)
    return _of_chat(group, net, sampler) if _client(group) == "web" else _of_calls(group, net, sampler)


def _net(group: Group, sampler: Sampler) -> Draws:
    """Bytes of the connections without handshakes and, where packets were counted, acknowledgements."""
    pool, client = group.connections, "web" if _client(group) == "web" else "api"
    acknowledged = group.bytes_in * sampler.quantity("packet_ack_share") if group.key.packets else 0.0
    idle = np.minimum(sampler.quantity(f"{client}.connection_floor", group.key.service), max(pool.typical_low, 1.0))
    net: Draws = np.maximum(pool.bytes.sum() - acknowledged - pool.total * idle, 0.1 * pool.bytes.sum())
    return net


def _of_chat(group: Group, net: Draws, sampler: Sampler) -> Content:
    """Large connections of a web chat carried files, the others text among chatter, and small files.

    Not so where the service takes files on a host of its own: those are seen there. How chatty an application is
    decides what both hold.
    """
    service, pool = group.key.service, group.connections
    if group.uploads_apart:
        large, files = np.zeros(sampler.size), np.zeros(sampler.size)
    else:
        large = net * float(pool.large_bytes.sum() / max(pool.bytes.sum(), 1.0))
        files = pool.large.sum() * sampler.quantity("web.files_per_large", service, _CHATTER)
        files = files + (net - large) / sampler.quantity("web.bytes_per_small_file", service)
    return Content(
        text=(net - large) * sampler.quantity("web.content_share", service, _CHATTER),
        file_bytes=large * sampler.quantity("web.large_share", service, _CHATTER),
        prompts=(net - large) / sampler.quantity("web.bytes_per_prompt", service),
        files=files,
    )


def _of_calls(group: Group, net: Draws, sampler: Sampler) -> Content:
    """Calls of programs and agents; behind a host alone either may stand, behind big connections rather an agent."""
    service, pool, nothing = group.key.service, group.connections, np.zeros(sampler.size)
    agent = net
    if group.key.client is ClientClass.API:
        big = pool.bytes >= _AGENT_LIKE * pool.count
        share = float(pool.bytes[big].sum() / max(pool.bytes.sum(), 1.0))
        luck = sampler.random(f"agents|{group.key}")
        agent = net * (
            share * _agents(sampler.quantity("api.agent_in_large", service), pool.bytes[big], luck)
            + (1 - share) * _agents(sampler.quantity("api.agent_in_small", service), pool.bytes[~big], luck)
        )
    text = (net - agent) / sampler.quantity("api.dilution", service) + agent / sampler.quantity(
        "agent.dilution", service
    )
    prompts = (net - agent) / sampler.quantity("api.bytes_per_prompt", service)
    prompts = prompts + agent / sampler.quantity("agent.bytes_per_prompt", service)
    return Content(text, nothing, prompts, nothing)


def _agents(chance: Draws, sent: npt.NDArray[np.float64], luck: np.random.Generator) -> Draws:
    """Share of bytes that agents sent: each person runs an agent or a program, few people all the one or the other."""
    others = effective(sent) - 1.0 + 0.2  # a beta of this weight has the variance of that many people's choices
    return luck.beta(chance * others, (1 - chance) * others)


def _of_uploads(group: Group, sampler: Sampler) -> Content:
    pool, nothing = group.connections, np.zeros(sampler.size)
    share = sampler.quantity("upload.content_share", group.key.service)
    per_connection = sampler.quantity("upload.files_per_connection", group.key.service)
    return Content(nothing, pool.bytes.sum() * share, nothing, pool.sizeable.sum() * per_connection)


def _client(group: Group) -> str:
    """Name of the class in the priors; uploads and prompts on an upload host behave like the web's."""
    return group.key.client.value if group.key.client in (ClientClass.API, ClientClass.AGENT) else "web"


def _personal(group: Group, pool: Pool, sampler: Sampler, deviation: float) -> Draws:
    """Factor of mean one for habits that differ from person to person; they average out over many."""
    spread = deviation / np.sqrt(max(pool.people, 1.0))
    factor: Draws = np.exp(spread * sampler.normal(f"people|{group.key}") - spread**2 / 2)
    return factor
