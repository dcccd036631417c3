"""A simulated company -> a folder of logs and the truth beside it."""

import csv
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from shadowscan.errors import UsageError
from shadowscan.simulate.company import Company
from shadowscan.simulate.render import fortigate, proxysg, squid, umbrella
from shadowscan.simulate.render.seen import requests_seen, tunnels_seen
from shadowscan.simulate.views import Visibility

Renderer = Callable[[Company], Iterable[str]]

RENDERERS: Mapping[Visibility, Mapping[str, Renderer]] = {
    Visibility.PROXY_FULL: {
        "proxysg": lambda company: proxysg.access_log(requests_seen(company)),
        "squid": lambda company: squid.access_log(requests_seen(company)),
    },
    Visibility.PROXY_CONNECT: {
        "proxysg": lambda company: proxysg.access_log(tunnels_seen(company)),
        "squid": lambda company: squid.access_log(tunnels_seen(company)),
    },
    Visibility.FIREWALL: {"fortigate": fortigate.traffic_log},
    Visibility.DNS: {"umbrella": umbrella.dns_log},
}
"""What can be written at each visibility; the first is the default."""


def write_company(company: Company, folder: Path, visibility: Visibility, formats: Iterable[str] = ()) -> list[Path]:
    """Write the logs, ``people.csv`` and ``truth.json`` into a folder; return what was written.

    UsageError if a format can't show this visibility or the folder can't be written.
    """
    known = RENDERERS[visibility]
    chosen = tuple(formats) or tuple(known)[:1]
    for name in chosen:
        if name not in known:
            raise UsageError(f"{name!r} can't be written at {visibility}", hint=f"possible: {', '.join(known)}")
    try:
        logs = folder / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        written = [_write(logs / f"{name}.log", known[name](company)) for name in chosen]
        return [*written, _people(company, folder / "people.csv"), _truth(company, visibility, folder / "truth.json")]
    except OSError as error:
        raise UsageError("can't be written", reason=error.strerror or "", where=str(folder)) from error


def _write(path: Path, lines: Iterable[str]) -> Path:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
    return path


def _people(company: Company, path: Path) -> Path:
    everyone = sorted({(use.person.name, use.person.department) for use in company.uses})
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("user", "department"), *everyone])
    return path


def _truth(company: Company, visibility: Visibility, path: Path) -> Path:
    services = sorted({use.tool.service for use in company.uses})
    document = {
        "people": company.people,
        "days": company.days,
        "seed": company.seed,
        "visibility": visibility.value,
        "total": company.truth().as_dict(),
        "departments": {name: company.truth(name).as_dict() for name in company.departments},
        "services": {name: company.truth(service=name).as_dict() for name in services},
    }
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return path
