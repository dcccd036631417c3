"""A batch without names: what identifies a person is replaced, or left out, before anything is stored."""

from collections.abc import Callable
from dataclasses import replace

import pyarrow as pa

from shadowscan.formats.targets import DEVICE
from shadowscan.people.pseudonyms import Tokens
from shadowscan.store.records import Batch


class Concealer:
    """Replaces names in batches; ``words`` are the path segments that signatures name, and that may stay."""

    def __init__(self, tokens: Tokens, words: frozenset[str]) -> None:
        self._tokens = tokens
        self._words = words

    def conceal(self, batch: Batch) -> Batch:
        """Return the batch with no user, device name, free path, file name, referrer or excerpt in clear."""
        events = _changed(batch.events, {"user": self._tokens.user, DEVICE: self._tokens.device})
        details: dict[str, Callable[[str], str | None]] = {
            "user": self._tokens.user,
            "src_host": self._tokens.device,
            "src_ip": self._tokens.device,
            "url_path": self._path,
            "file_name": _ending,
            "referrer": lambda _: None,
            "url_query": lambda _: None,
        }
        rejects = _changed(batch.rejects, {"excerpt": lambda _: ""})
        return replace(batch, events=events, ai_events=_changed(batch.ai_events, details), rejects=rejects)

    def _path(self, path: str) -> str:
        return "/".join(part if part in self._words or not part else "*" for part in path.split("/"))


def _ending(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    return f"*.{ending}" if dot and stem and len(ending) <= 8 and ending.isalnum() else "*"


def _changed(table: pa.Table, changes: dict[str, Callable[[str], str | None]]) -> pa.Table:
    """Return a table with each distinct value of some columns replaced once."""
    for name, change in changes.items():
        column = table[name].combine_chunks().dictionary_encode()
        values = pa.array([change(value) for value in column.dictionary.to_pylist()], pa.string())
        replaced = values.take(column.indices) if len(values) else pa.nulls(len(table), pa.string())
        table = table.set_column(table.column_names.index(name), name, replaced)
    return table
