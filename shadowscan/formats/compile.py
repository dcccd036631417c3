"""From a format (and a file's own header) to SQL: the engine owns the SELECT, the casts and the outcome.

The text reads a relation with the columns ``_n`` (line number), ``_off`` (byte offset), ``_line`` and ``_reference``
(the latest time a line may bear, for times without a year) and gives, per line, an ``outcome`` and the event columns
asked for. Only what those need is computed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from shadowscan.formats.marks import found, payload_head
from shadowscan.formats.readers import NativeReader, ValueReader, reader_for
from shadowscan.formats.spec import FormatSpec
from shadowscan.formats.sqltext import identifier, literal, names_in, renamed
from shadowscan.formats.targets import DEVICE, TARGETS, dependencies

EVENT = "event"
UNCLAIMED = "unclaimed"
SKIPPED = "skipped: "
REJECTED = "rejected: "
NO_TARGET = f"{SKIPPED}no destination host or address"
BAD_TIME = f"{REJECTED}time not understood"
BLANK = f"{SKIPPED}blank"
# The common case first: a blank line has neither host nor address nor path.
_OUTCOME = (
    "CASE WHEN _claimed AND _skip IS NULL AND (ts IS NOT NULL OR NOT _timed) "
    f"AND ({{aimed}} OR _served) THEN {literal(EVENT)} "
    f"WHEN NOT regexp_matches(_line, '\\S') THEN {literal(BLANK)} WHEN NOT _claimed THEN {literal(UNCLAIMED)} "
    f"WHEN _skip IS NOT NULL THEN _skip WHEN ts IS NULL AND _timed THEN {literal(BAD_TIME)} "
    f"ELSE {literal(NO_TARGET)} END"
)
AIMED = "_aimed"
"""Column of a relation that tells of each record whether it has a host or an address, where that is known already."""
_HAS_TARGET = "host IS NOT NULL OR _address IS NOT NULL"
_YEAR = 'with_year("ts", _reference) AS "ts"'
"""In the last projection: the macro names its argument many times."""
RECORD = "_record"
"""The raw field that is the record itself, for what no reader cuts out (a message name before the pairs)."""


@dataclass(frozen=True, slots=True)
class Extra:
    """A further result column, computed from event columns and ``_line``."""

    name: str
    sql: str
    needs: tuple[str, ...] = ()
    rarely: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Event columns whose value matters only where what it is made of holds one of some texts: computed only there."""
    presence: bool = False
    """Asks only whether the columns it needs have a value."""


@dataclass(frozen=True, slots=True)
class CutPlan:
    """Which values are cut from records before SQL sees them."""

    reader: NativeReader
    fields: tuple[str, ...]
    """Raw fields; the i-th becomes the column ``_v<i>``."""
    head: str
    """RE2 pattern that records begin with (they become the column ``_p``); "" where they begin with the line."""


@dataclass(frozen=True)
class CompiledFormat:
    """A format made ready for one layout of columns."""

    spec: FormatSpec
    names: tuple[str, ...] = ()
    """Columns as the file's own header names them (w3c, Zeek, CSV with header)."""
    bare: bool = False
    """The record starts with the line: no syslog header to look behind."""
    alone: bool = False
    """The file holds no other format, as far as its sample shows: the format's own ``claim`` suffices."""
    marked: bool = False
    """Lines that it is given bear its marks."""

    def query(
        self,
        relation: str,
        columns: Sequence[str],
        extras: Sequence[Extra] = (),
        *,
        cut: bool = False,
        aimed: bool = False,
        carried: Sequence[str] = (),
    ) -> str:
        """Return ``SELECT _n, _off, outcome, columns..., extras..., carried... FROM relation``.

        ``outcome`` is one of this module's words. The text holds nothing of a file but its layout, so one plan
        serves all files of a format. With ``cut`` the relation has the columns of what was cut beside the usual ones;
        with ``aimed`` the column of that name, so that neither host nor address is computed for the outcome.
        ``carried`` are further columns of the relation, passed on as they are.
        """
        wanted, rarely = _with_needs(columns, extras, aimed=aimed)
        values = {name: TARGETS[name](self) for name in wanted}
        values |= {
            name: f"CASE WHEN {self._holds(name, texts)} THEN {TARGETS[name](self)} END"
            for name, texts in rarely.items()
        }
        selected = ", ".join(f"{value} AS {identifier(name)}" for name, value in values.items())
        if aimed:
            address, needed = AIMED, tuple(values)
        else:
            address = f"CASE WHEN host IS NULL THEN {TARGETS['dst_ip'](self)} END AS _address"
            needed = (*values, "dst_ip")
        result = ["_n", "_off", f"{_OUTCOME.format(aimed=AIMED if aimed else _HAS_TARGET)} AS outcome"]
        result += [_YEAR if name == "ts" else identifier(name) for name in columns]
        result += [f"{extra.sql} AS {extra.name}" for extra in extras]
        result += carried
        kept = ", ".join(["_n, _off, _line, _reference, _claimed, _timed, _skip, _served", *carried])
        mapped = self._mapped(needed, relation, cut=cut, carried=[*carried, *([AIMED] if aimed else [])])
        return f"SELECT {', '.join(result)} FROM (SELECT {kept}, {selected}, {address} FROM ({mapped}))"

    def value_query(self, relation: str, columns: Sequence[str], extras: Sequence[Extra] = ()) -> str:
        """Return ``SELECT _n, columns..., extras... FROM relation``, whose records have the columns of ``ValueReader``.

        What is asked for must be made of those values alone. They are those of ``value_fields``, in that order.
        """
        inner = dict.fromkeys([*columns, *(name for extra in extras for name in extra.needs)])
        targets = dependencies(inner)
        fields = self._value_fields(targets)
        mapped = [f"({fields.bind(self._expressions[name])}) AS m_{name}" for name in targets if self.has(name)]
        mapped += [f"NULL AS m_{name}" for name in targets if not self.has(name)]
        computed = [f"{TARGETS[name](self)} AS {identifier(name)}" for name in inner]
        result = ["_n", *map(identifier, columns), *(f"{extra.sql} AS {extra.name}" for extra in extras)]
        return (
            f"SELECT {', '.join(result)} FROM (SELECT _n, {', '.join(computed)} FROM "
            f"(SELECT _n, {', '.join(mapped)} FROM ({fields.of_values(relation)})))"
        )

    def value_fields(self, columns: Sequence[str]) -> tuple[str, ...]:
        """Raw fields that some event columns are made of."""
        return self._value_fields(dependencies(columns)).names

    def _value_fields(self, targets: Sequence[str]) -> "_Fields":
        return _Fields(self, [self._expressions[name] for name in targets if self.has(name)], cut=True)

    def expression(self, target: str) -> str | None:
        """Return what the format makes an event column (or ``url``) of; None if this layout can't fill it."""
        return self._expressions.get(target)

    def cutting(self, columns: Sequence[str], extras: Sequence[Extra] = (), *, aimed: bool = False) -> CutPlan | None:
        """Return which values a query needs cut beforehand; None if only SQL can."""
        reader = reader_for(self.spec.reader, self.names)
        head = payload_head(self.spec.payload) if self.has_payload else ""
        if not isinstance(reader, NativeReader) or not reader.native or head is None:
            return None
        return CutPlan(reader, tuple(filter(reader.cuts, self._raw_fields(columns, extras, aimed=aimed))), head)

    def _holds(self, name: str, texts: Sequence[str]) -> str:
        """Condition that what an event column is made of holds one of the texts."""
        sources = [f"CAST(m_{source} AS VARCHAR)" for source in dependencies((name,)) if self.has(source)]
        return " OR ".join(f"contains({source}, {literal(text)})" for source in sources for text in texts) or "FALSE"

    def _raw_fields(self, columns: Sequence[str], extras: Sequence[Extra], *, aimed: bool) -> tuple[str, ...]:
        """Raw fields that a query reads."""
        always, rarely = _with_needs(columns, extras, aimed=aimed)
        address = () if aimed else ("dst_ip",)
        return self._fields(dependencies((*always, *rarely, *address)), cut=True).names

    def has(self, target: str) -> bool:
        """Tell whether the format itself fills an event column (or ``url``) in this layout."""
        return target in self._expressions

    @cached_property
    def _expressions(self) -> dict[str, str]:
        """Mapped columns that this layout can fill."""
        reader = reader_for(self.spec.reader, self.names)
        reader.prepare(self._all_fields)
        sides = [self.spec.columns[name] for name in ("src_ip", "src_host") if name in self.spec.columns]
        device = {DEVICE: f"coalesce({', '.join(sides)})"} if sides else {}
        return {
            column: expression
            for column, expression in {**self.spec.columns, **device}.items()
            if not names_in(expression) or any(name == RECORD or reader.field(name) for name in names_in(expression))
        }

    @cached_property
    def _all_fields(self) -> tuple[str, ...]:
        texts = [*self.spec.columns.values(), *(rule.when for rule in self.spec.skip), self.spec.only]
        return tuple(dict.fromkeys(name for text in texts for name in names_in(text) if name != RECORD))

    def _fields(self, targets: Sequence[str], *, cut: bool) -> "_Fields":
        expressions = [self._expressions[name] for name in targets if name in self._expressions]
        rules = [rule.when for rule in self.spec.skip]
        return _Fields(self, [*expressions, *rules, self._served, self.own_claim], cut=cut)

    def _mapped(self, wanted: Sequence[str], relation: str, *, cut: bool, carried: Sequence[str]) -> str:
        """Raw fields -> mapped columns (still text), the claim, the skip reason."""
        targets = dependencies(wanted)
        expressions = {name: self._expressions[name] for name in targets if name in self._expressions}
        fields = self._fields(targets, cut=cut)
        columns = [f"({fields.bind(text)}) AS m_{name}" for name, text in expressions.items()]
        columns += [f"NULL AS m_{name}" for name in targets if name not in expressions]
        timed = " OR ".join(f"{fields.bind(identifier(name))} IS NOT NULL" for name in self._time_fields) or "FALSE"
        columns += [f"{timed} AS _timed", f"{self._skip(fields)} AS _skip", f"{fields.bind(self._served)} AS _served"]
        claimed = f"coalesce(_valid AND {fields.bind(self.own_claim)}, FALSE)" if self.own_claim else "_valid"
        head = ["_n", "_off", "_line", "_reference", f"{claimed} AS _claimed", *carried, *columns]
        return f"SELECT {', '.join(head)} FROM ({fields.cut(relation)})"

    def _skip(self, fields: "_Fields") -> str:
        rules = [f"WHEN {fields.bind(rule.when)} THEN {literal(SKIPPED + rule.reason)}" for rule in self.spec.skip]
        return f"CASE {' '.join(rules)} END" if rules else "NULL"

    @property
    def own_claim(self) -> str:
        """The format's cheap condition, where it may stand for the patterns."""
        return self.spec.only or (self.spec.claim if self.alone else "")

    @property
    def _time_fields(self) -> tuple[str, ...]:
        return tuple(name for name in names_in(self._expressions.get("ts", "")) if name != RECORD)

    @property
    def _served(self) -> str:
        """Condition under which a record without a server is an event: a request in a web server's own log."""
        path = self._expressions.get("url_path") if self.spec.hostless else None
        return f"({path}) IS NOT NULL" if path else "FALSE"

    def record(self, relation: str) -> str:
        """Line -> payload; cells, where there are any, stay."""
        return f"SELECT *, {self._payload()} AS _p FROM {relation}"

    @property
    def has_payload(self) -> bool:
        """Whether something may stand before the record in its line."""
        return bool(self.spec.payload) and not self.bare

    def _payload(self) -> str:
        if not self.has_payload:
            return "_line"
        return f"regexp_extract(_line, {literal(self.spec.payload)}, 1)"

    def claim(self, valid: str | None) -> str:
        """Return the condition under which a line is of this format; ``valid`` is the reader's own."""
        claims = []
        if not (self.marked or self.spec.reader.header or self.own_claim):
            claims += [found(pattern) for pattern in self.spec.detect]
            claims += [f"NOT ({found(pattern)})" for pattern in self.spec.exclude]
        if self.has_payload:
            claims.append("_p <> ''")
        return f"coalesce({' AND '.join([*claims, *([valid] if valid else [])]) or 'TRUE'}, FALSE)"


class _Fields:
    """The raw fields that a set of expressions reads, and how those expressions refer to them.

    Every field becomes a column before any expression sees it: a macro names its argument many times, and DuckDB
    doesn't share work between the branches of a CASE.
    """

    def __init__(self, compiled: CompiledFormat, texts: Sequence[str], *, cut: bool) -> None:
        self._compiled = compiled
        reader = reader_for(compiled.spec.reader, compiled.names)
        names = dict.fromkeys(name for text in texts for name in names_in(text) if name != RECORD)
        self._reader = ValueReader(reader, tuple(names)) if cut and isinstance(reader, NativeReader) else reader
        self._prepared = self._reader.prepare(tuple(names))
        self._aliases = {name: f"f{number}" for number, name in enumerate(names)}

    @property
    def names(self) -> tuple[str, ...]:
        """The raw fields."""
        return tuple(self._aliases)

    def bind(self, text: str) -> str:
        """Return the expression over the columns that ``cut`` gives."""
        return renamed(text, {RECORD: "_p", **self._aliases})

    def cut(self, relation: str) -> str:
        """Return the SELECT that cuts each record."""
        prepared = f", {self._prepared} AS _r" if self._prepared else ""
        valid = f"{self._compiled.claim(self._reader.valid())} AS _valid"
        source = f"SELECT *{prepared} FROM ({self._record(relation)})"
        return self._stage(source, {name: self._reader.field(name) for name in self._aliases}, valid)

    def of_values(self, relation: str) -> str:
        """Return the SELECT that makes fields of cut values alone."""
        return self._stage(relation, {name: self._reader.field(name) for name in self._aliases})

    def _record(self, relation: str) -> str:
        located = isinstance(self._reader, ValueReader) and self._compiled.has_payload
        return relation if located else self._compiled.record(relation)

    def _stage(self, source: str, values: Mapping[str, str | None], *further: str) -> str:
        """Search for fields, clean what was found, leave out what means nothing: each in a projection of its own.

        What follows names a value many times over; only a column is computed once.
        """
        raw = {f"g{self._aliases[name]}": value or "CAST(NULL AS VARCHAR)" for name, value in values.items()}
        source = _projected(source, [*further, *(f"{value} AS {name}" for name, value in raw.items())])
        cleaned = {name: self._reader.clean(name) for name in raw}
        # A projection that only repeats columns isn't free.
        if any(value != name for name, value in cleaned.items()):
            source = _projected(source, [f"{value} AS c{name}" for name, value in cleaned.items()])
            cleaned = {name: f"c{name}" for name in raw}
        return _projected(source, [f"{self._nullable(value)} AS {name[1:]}" for name, value in cleaned.items()])

    def _nullable(self, value: str) -> str:
        # Neither a chain of nullif(), which names its argument twice each (256 copies for eight words), nor NOT IN:
        # from six words on DuckDB makes a join of it, which costs up to 7 ms a field whenever a plan is run.
        known = " AND ".join(f"{value} <> {literal(word)}" for word in self._compiled.spec.null_values)
        return f"CASE WHEN {known} THEN {value} END" if known else value


def _projected(source: str, columns: Sequence[str]) -> str:
    return f"SELECT {', '.join(['*', *columns])} FROM ({source})" if columns else source


def _with_needs(
    columns: Sequence[str], extras: Sequence[Extra], *, aimed: bool
) -> tuple[tuple[str, ...], Mapping[str, tuple[str, ...]]]:
    """All event columns that a query computes, and those it computes only where one of some texts is met.

    Beside the columns asked for these are what the extras and the outcome need.
    """
    needed = [name for extra in extras for name in extra.needs]
    always = tuple(dict.fromkeys([*columns, *needed, *([] if aimed else ["host"]), "ts"]))
    rarely: dict[str, tuple[str, ...]] = {}
    for extra in extras:
        for name, texts in extra.rarely.items():
            rarely[name] = rarely.get(name, ()) + texts
    return always, {name: texts for name, texts in rarely.items() if name not in always}
