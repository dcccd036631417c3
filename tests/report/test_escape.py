"""Text of strangers made harmless."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadowscan.report.escape import safe_cell, safe_text
from tests.report.strategies import any_text


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[31m", r"\x1b[31m"),
        ("a\nb\rc\td", r"a\nb\rc\td"),
        ("\x7f\x9b", r"\x7f\x9b"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("\u200b\ufeff\u2028", r"\u200b\ufeff\u2028"),
        ("\U000e0041", r"\U000e0041"),
        ("\ud800", r"\ud800"),
        ("\ue000\ufe0f", r"\ue000\ufe0f"),
        ("M\u00fcller \u6c49\u5b57 \U0001f600", "M\u00fcller \u6c49\u5b57 \U0001f600"),
        (r"CORP\anna", r"CORP\anna"),
        ("[bold]x[/]", "[bold]x[/]"),
        (7, "7"),
    ],
)
def test_safe_text(raw: object, shown: str) -> None:
    assert safe_text(raw) == shown


@given(any_text | st.text())
def test_safe_text_leaves_nothing_unsafe_and_is_stable(text: str) -> None:
    safe = safe_text(text)
    assert {unicodedata.category(c) for c in safe}.isdisjoint({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
    assert safe_text(safe) == safe


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", r"'\t=1"),
        ("\rx", r"'\rx"),
        ("  =1", "'  =1"),
        ("\uff1d1", "'\uff1d1"),
        ("a;=1", "a;'=1"),
        ("a; =1", "a; '=1"),
        ("a=1", "a=1"),
        ("a-b", "a-b"),
        ("", ""),
    ],
)
def test_safe_cell(raw: str, shown: str) -> None:
    assert safe_cell(raw) == shown
