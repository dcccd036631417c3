"""What a user says of hosts in the own logs: provisional signatures and dismissals, kept beside the built-in ones."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import yaml

from shadowscan.catalog.hosts import is_address, normalise_host
from shadowscan.catalog.lint import Level, lint_service, load_subject
from shadowscan.catalog.load import load_catalog, read_catalog
from shadowscan.catalog.matcher import Matcher
from shadowscan.catalog.model import Category, NotAi, Role
from shadowscan.catalog.places import builtin_directory, local_directory
from shadowscan.catalog.read import check
from shadowscan.catalog.schema import NotAiFile
from shadowscan.errors import UsageError

NOT_AI = "not-ai.yaml"
"""Dismissals, in the user's directory as in the built-in one."""


def add_signature(
    host: str,
    *,
    name: str | None = None,
    category: Category = Category.CHAT_ASSISTANT,
    role: Role = Role.WEB,
    to: Path | None = None,
) -> Path:
    """Write a provisional service for a host and all below it; return the file. Without a name the host is the name.

    Raises UsageError, and writes nothing, where the host is no name, a service of the catalogue has it already, or
    lint objects (a platform many others live on, for one).
    """
    directory = to or local_directory()
    canonical = _host_name(host)
    known = load_catalog([directory] if directory.is_dir() else ())
    if (owner := Matcher(known).label_hosts([canonical])[0]).verdict == "service":
        raise UsageError(f"{canonical} is known already", reason=owner.why, hint=f"signatures show {owner.service}")
    service_id = canonical.replace(".", "-").replace("_", "-")[:80]
    place = Path(category.value) / f"{service_id}.yaml"
    return _install(_text(service_id, canonical, name or canonical, category, role), place, directory)


def dismiss_host(host: str, *, reason: str, to: Path | None = None) -> Path:
    """Note that a host, and all below it, is not AI: it is no candidate any more; return the file.

    Raises UsageError, and writes nothing, where the host is no name, a service of the catalogue or dismissed already.
    """
    directory = to or local_directory()
    canonical = _host_name(host)
    known = load_catalog([directory] if directory.is_dir() else ())
    if (owner := Matcher(known).label_hosts([canonical])[0]).verdict == "service":
        raise UsageError(f"{canonical} is a known service", reason=owner.why, hint="a policy can approve it")
    if any(entry.suffix == canonical for entry in known.not_ai):
        raise UsageError(f"{canonical} is dismissed already")
    target = directory / NOT_AI
    own = [{"suffix": entry.suffix, "reason": entry.reason} for entry in _dismissed(directory)]
    text = yaml.safe_dump(
        {"hosts": [*own, {"suffix": canonical, "reason": reason}]}, sort_keys=False, allow_unicode=True
    )
    check(NotAiFile, yaml.safe_load(text), target)
    _write(target, text)
    return target


def _dismissed(directory: Path) -> tuple[NotAi, ...]:
    return read_catalog([directory]).not_ai if directory.is_dir() else ()


def _host_name(text: str) -> str:
    host = normalise_host(text)
    if not host or "." not in host or is_address(host):
        raise UsageError("not a host name", reason=repr(text), hint="give a name such as chat.example.com")
    return host


def _text(service_id: str, host: str, name: str, category: Category, role: Role) -> str:
    entry = {
        "id": service_id,
        "revision": 1,
        "name": name,
        "category": category.value,
        "status": "provisional",
        "hosts": [{"suffix": host, "role": role.value}],
        "sources": [f"local:seen in own logs, {datetime.now(tz=UTC).date().isoformat()}"],
        "tests": {"match": [f"https://{host}/"], "no_match": [f"https://{host}.evil.example/", f"https://x{host}/"]},
    }
    return yaml.safe_dump(entry, sort_keys=False, allow_unicode=True)


def _install(text: str, place: Path, directory: Path) -> Path:
    """Check the text among the built-in signatures, then write it, whole or not at all."""
    target = directory / place
    if target.exists():
        raise UsageError("the signature exists already", where=str(target), hint="edit it, or remove it first")
    with tempfile.TemporaryDirectory() as scratch:
        draft = Path(scratch) / place
        draft.parent.mkdir()
        draft.write_text(text, encoding="utf-8")
        _check(Path(scratch), place.stem)
    _write(target, text)
    return target


def _write(target: Path, text: str) -> None:
    """Write a file whole or not at all."""
    fresh = target.with_suffix(".tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(target)
    except OSError as error:
        raise UsageError("can't write the signature", reason=str(error), where=str(target)) from error


def _check(scratch: Path, service_id: str) -> None:
    subject = load_subject([builtin_directory(), scratch])
    for finding in lint_service(subject.catalog.service(service_id), subject):
        if finding.level is Level.ERROR:
            raise UsageError("lint refuses the signature", reason=finding.message, hint=finding.advice)
