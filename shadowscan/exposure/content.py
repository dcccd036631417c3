"""From bytes sent to content, prompts and files: one function a kind of evidence, each giving draws."""

from dataclasses import dataclass

import numpy as np

from shadowscan.exposure.draws import Draws, Sampler
from shadowscan.exposure.group import Group, Pool
from shadowscan.exposure.traffic import ClientClass, Grade

_SMALL = 20_000.0
"""A file upload smaller than this may as well be the announcement of one, bytes."""


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
        return (
            _of_uploads(group, sampler) if group.key.client is ClientClass.UPLOAD else _of_connections(group, sampler)
        )
    return Content(
        text=_text(group, sampler),
        file_bytes=_file_bytes(group, sampler),
        prompts=_prompts(group, sampler),
        files=_files(group, sampler),
    )


def _text(group: Group, sampler: Sampler) -> Draws:
    """Content of prompt requests: bytes less overhead, less what is sent again.

    Where sizes keep growing from request to request the client re-sends the history: then only the growth is new,
    and of it only the part the model did not write. Where they do not, each request is new but for repetitions.
    """
    pool, client, service = group.prompts, _client(group), group.key.service
    if not pool.total:
        return np.zeros(sampler.size)
    overhead = _overhead(pool, client, service, sampler)
    every = np.maximum(pool.bytes.sum() - pool.total * overhead, pool.total)
    fresh = np.maximum(pool.fresh.sum() - pool.runs.sum() * overhead, pool.runs.sum())
    grown = fresh * sampler.quantity(f"{client}.new_share", service)
    single = every / sampler.quantity(f"{client}.resend", service)
    weight = _growth(pool)
    mixed: Draws = np.exp(weight * np.log(grown) + (1 - weight) * np.log(single))
    return np.minimum(mixed, every) * _personal(group, pool, sampler, 0.15)


def _overhead(pool: Pool, client: str, service: str, sampler: Sampler) -> Draws:
    """Mean bytes around the content: the prior, and with many requests what the small ones among them weigh."""
    prior = sampler.quantity(f"{client}.request_overhead", service)
    short = sampler.quantity(f"{client}.short_content", service)
    seen = np.maximum(pool.typical_low - short, 0.3 * pool.typical_low)
    weight = pool.typical_count / (pool.typical_count + 4.0)
    mixed: Draws = np.exp((1 - weight) * np.log(prior) + weight * np.log(np.maximum(seen, 1.0)))
    return np.minimum(mixed, max(pool.typical_low, 1.0)) * sampler.quantity("overhead_spread", service)


def _growth(pool: Pool) -> float:
    """0: sizes go up and down at random (half the steps go down); 1: they grow over many requests."""
    down = (pool.runs.sum() + 2.0) / (pool.total + 4.0)
    return float(np.clip((0.45 - down) / 0.25, 0.0, 1.0))


def _file_bytes(group: Group, sampler: Sampler) -> Draws:
    pool, service = group.uploads, group.key.service
    if not pool.total:
        return np.zeros(sampler.size)
    overhead = np.minimum(sampler.quantity("upload.request_overhead", service), max(pool.typical_low, 1.0))
    net = np.maximum(pool.bytes.sum() - pool.total * overhead, pool.total)
    blown = sampler.quantity("upload.encoding", service) * sampler.quantity("upload.repeat", service)
    files: Draws = net / blown
    return files


def _prompts(group: Group, sampler: Sampler) -> Draws:
    calls = group.prompts.total / sampler.quantity(f"{_client(group)}.requests_per_prompt", group.key.service)
    return _count(calls * _personal(group, group.prompts, sampler, 0.1), group.prompts.total)


def _files(group: Group, sampler: Sampler) -> Draws:
    """Files from upload requests: small ones announce or confirm as often as they carry."""
    total = group.uploads.total
    bodies = (
        float(np.minimum(group.uploads.bytes / _SMALL, group.uploads.count).sum())
        if group.key.grade is Grade.A
        else total
    )
    per_file = sampler.quantity("upload.requests_per_file", group.key.service)
    at_most = min(total, bodies) + 0.5 * max(0.0, total - bodies)
    return _count(at_most / per_file, total)


def _of_connections(group: Group, sampler: Sampler) -> Content:
    pool, client, service = group.connections, _client(group), group.key.service
    acks = group.bytes_in * sampler.quantity("packet_ack_share") if group.key.packets else 0.0
    floor = sampler.quantity(f"{client}.connection_floor" if client != "agent" else "api.connection_floor", service)
    idle = np.minimum(floor, max(pool.typical_low, 1.0))
    net = np.maximum(pool.bytes.sum() - acks - pool.total * idle, 0.02 * pool.bytes.sum())
    noise = _personal(group, pool, sampler, 0.4)
    if client != "web":
        nothing = np.zeros(sampler.size)
        text = net / sampler.quantity(f"{client}.dilution", service) * noise
        prompts = net / sampler.quantity(f"{client}.bytes_per_prompt", service) * noise
        return Content(text, nothing, _count(prompts, np.inf), nothing)
    large = np.minimum(float(pool.large_bytes.sum()), net)
    small = (net - large) * noise
    return Content(
        text=np.minimum(small * sampler.quantity("web.content_share", service), net),
        file_bytes=large * sampler.quantity("web.large_share", service),
        prompts=_count(small / sampler.quantity("web.bytes_per_prompt", service), np.inf),
        files=_count(pool.large.sum() * sampler.quantity("web.files_per_large", service), np.inf),
    )


def _of_uploads(group: Group, sampler: Sampler) -> Content:
    pool, nothing = group.connections, np.zeros(sampler.size)
    share = sampler.quantity("upload.content_share", group.key.service)
    per_connection = sampler.quantity("upload.files_per_connection", group.key.service)
    carrying = float(np.minimum(pool.bytes / _SMALL, pool.count).sum())
    return Content(nothing, pool.bytes.sum() * share, nothing, _count(carrying * per_connection, np.inf))


def _client(group: Group) -> str:
    """Name of the class in the priors; uploads and prompts on an upload host behave like the web's."""
    return group.key.client.value if group.key.client in (ClientClass.API, ClientClass.AGENT) else "web"


def _personal(group: Group, pool: Pool, sampler: Sampler, deviation: float) -> Draws:
    """Factor of mean one for habits that differ from person to person; they average out over many."""
    spread = deviation / np.sqrt(max(pool.people, 1.0))
    factor: Draws = np.exp(spread * sampler.normal(f"people|{group.key}") - spread**2 / 2)
    return factor


def _count(values: Draws, at_most: float) -> Draws:
    return np.minimum(values, at_most)
