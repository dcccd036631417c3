"""The page on findings says what the rules say."""

from docs.findings import PAGE, kinds, mapping


def test_the_generated_parts_are_current() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert kinds() in text
    assert mapping() in text
