"""What an expression of a format file may be: one scalar expression over the record's own fields, nothing else.

Format files may come from strangers. Three checks stand one behind the other, before the locked connection does:
the letters (no comment, no second statement, no string of another syntax), the names of functions, and the tree
that sqlglot makes of the text. Only this module imports sqlglot, and only user-made files come here: the built-in
ones are checked by a test over all of them.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from sqlglot import Dialect, Token, TokenType, exp, parse
from sqlglot.errors import SqlglotError

from shadowscan.formats.sqltext import names_in

LONGEST = 4000
"""Characters of one expression."""
MACROS = frozenset(
    [
        "action_of",
        "addresses_in",
        "any_time",
        "dlp_label",
        "dns_labels",
        "epoch_time",
        "header_time",
        "host_of",
        "int_of",
        "ip_of",
        "iso_time",
        "kv_value",
        "port_of",
        "proto_of",
        "syslog_time",
        "time_as",
        "unquoted",
        "url_path",
        "url_port",
        "url_query",
    ]
)
"""Macros of ``macros.sql`` that are meant for format files; docs/formats.md describes them."""
FUNCTIONS = frozenset(
    [
        "abs",
        "array_to_string",
        "ceil",
        "coalesce",
        "concat",
        "concat_ws",
        "contains",
        "date_part",
        "date_trunc",
        "ends_with",
        "epoch",
        "epoch_ms",
        "floor",
        "greatest",
        "ifnull",
        "instr",
        "least",
        "left",
        "len",
        "length",
        "list_contains",
        "list_extract",
        "lower",
        "ltrim",
        "nullif",
        "position",
        "prefix",
        "regexp_extract",
        "regexp_extract_all",
        "regexp_full_match",
        "regexp_matches",
        "regexp_replace",
        "replace",
        "reverse",
        "right",
        "round",
        "rtrim",
        "split_part",
        "starts_with",
        "str_split",
        "string_split",
        "strip_accents",
        "strlen",
        "strpos",
        "substr",
        "substring",
        "suffix",
        "trim",
        "try_cast",
        "try_strptime",
        "upper",
        "url_decode",
    ]
)
"""DuckDB's scalar functions that give a value or NULL for whatever text they are given, and never grow it much."""
_WORDS = frozenset(
    ["and", "as", "between", "case", "else", "ilike", "in", "interval", "is", "like", "not", "or", "then", "when"]
)
_SPEECH = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")+"|(?:(?!--|/[*])[\w\s.,()\[\]:=<>!+\-*/%|])""")
_GLUED = re.compile(r"""(?:^|[^'\w])(\w+)'""")
_NODES: tuple[type[exp.Expr], ...] = (
    exp.Column,
    exp.Identifier,
    exp.Literal,
    exp.Null,
    exp.Boolean,
    exp.Case,
    exp.If,
    exp.Paren,
    exp.And,
    exp.Or,
    exp.Not,
    exp.Neg,
    exp.Is,
    exp.In,
    exp.Between,
    exp.Binary,
    exp.Bracket,
    exp.Slice,
    exp.Array,
    exp.TryCast,
    exp.DataType,
    exp.DataTypeParam,
    exp.Func,
    exp.Var,
    exp.Interval,
)


_NEVER = (exp.AggFunc, exp.SubqueryPredicate, exp.Lambda, exp.JSONExtract, exp.JSONExtractScalar)


class ExpressionError(ValueError):
    """An expression that may not stand in a format file: what is wrong and what is allowed."""


def check_expression(text: str) -> None:
    """Raise ExpressionError unless ``text`` is one scalar expression of the allowed functions."""
    if len(text) > LONGEST:
        raise ExpressionError(f"longer than {LONGEST} characters")
    _check_letters(text)
    try:
        tokens = Dialect.get_or_raise("duckdb").tokenize(text)
        trees = parse(text, read="duckdb")
    except (SqlglotError, RecursionError) as error:
        raise ExpressionError(f"not a SQL expression: {_first_line(error)}") from error
    if len(trees) != 1 or trees[0] is None:
        raise ExpressionError("must be exactly one expression")
    for name in _calls(tokens):
        _check_call(name)
    _check_tree(trees[0], text)


def _first_line(error: Exception) -> str:
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    return (text.splitlines() or ["nested too deeply"])[0]


def _check_letters(text: str) -> None:
    """Refuse what the SQL text around the expression could be changed with."""
    rest = _SPEECH.sub("", text)
    if rest:
        raise ExpressionError(f"{rest[:2]!r} is not allowed (comments, statements, parameters, other strings)")
    glued = _GLUED.search(re.sub(r"'(?:[^']|'')*'", lambda found: "'" + " " * (len(found[0]) - 2) + "'", text))
    if glued:
        raise ExpressionError(f"a string can't follow {glued[1]!r} directly: plain '...' only")


def _calls(tokens: list[Token]) -> Iterator[str]:
    """Names that an opening bracket follows, as they are written."""
    for token, following in pairwise(tokens):
        named = token.token_type is TokenType.IDENTIFIER or re.fullmatch(r"\w+", token.text)
        if following.token_type is TokenType.L_PAREN and named and token.token_type is not TokenType.STRING:
            yield token.text


def _check_call(name: str) -> None:
    lower = name.lower()
    if lower in _WORDS or lower in FUNCTIONS or lower in MACROS or name.isdigit():
        return
    import difflib

    near = difflib.get_close_matches(lower, FUNCTIONS | MACROS, n=3, cutoff=0.5)
    advice = "write try_cast" if lower == "cast" else f"did you mean {' or '.join(near)}?" if near else ""
    raise ExpressionError(
        f"function {name!r} is not allowed; {advice or 'docs/formats.md lists the functions and macros'}"
    )


def _check_tree(tree: exp.Expr, text: str) -> None:
    columns = set()
    for node in tree.walk():
        if isinstance(node, exp.Cast) and not isinstance(node, exp.TryCast):
            raise ExpressionError("a cast fails on the first odd value; write try_cast(x AS TYPE)")
        if not isinstance(node, _NODES) or isinstance(node, _NEVER):
            raise ExpressionError(f"{node.key} is not allowed: one scalar expression over the record's fields")
        if isinstance(node, exp.Column):
            columns.add(_column(node))
    if columns != set(names_in(text)):
        odd = ", ".join(sorted(columns ^ set(names_in(text))))
        raise ExpressionError(f"unclear whether {odd} is a field; put names of fields in double quotes")


def _column(node: exp.Column) -> str:
    if node.table:
        raise ExpressionError(f'a name with dots stands in double quotes: "{node.sql(dialect="duckdb")}"')
    return node.name
