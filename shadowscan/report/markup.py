"""HTML that can't be injected into: every text is escaped unless it was built here."""

from html import escape

from shadowscan.report.escape import safe_text


class Html(str):
    """Mark-up; a plain ``str`` is text and gets escaped."""

    __slots__ = ()


_VOID = frozenset({"meta", "br", "rect"})


def el(tag: str, *children: Html | str | int, **attributes: str | float) -> Html:
    """One element; ``class_`` and names with ``_`` are written ``class`` and with ``-``."""
    names = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    start = "".join(f' {name}="{_text(str(value))}"' for name, value in names.items())
    if tag in _VOID:
        return Html(f"<{tag}{start}/>")
    return Html(f"<{tag}{start}>{join(*children)}</{tag}>")


def join(*children: Html | str | int) -> Html:
    """Children one after the other."""
    return Html("".join(str(child) if isinstance(child, Html) else _text(str(child)) for child in children))


def _text(value: str) -> str:
    return escape(safe_text(value), quote=True)
