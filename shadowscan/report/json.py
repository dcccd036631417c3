"""The report as JSON: everything, under a versioned schema, to be rendered again or read by programs."""

import json
import re

from pydantic import ValidationError

from shadowscan.errors import UsageError
from shadowscan.model.report import SCHEMA, Report
from shadowscan.report.escape import is_unsafe

_NOT_ASCII = re.compile(r"[^\x00-\x7e]")


class ReportDocumentError(UsageError, ValueError):
    """A text that is not a report document of this schema."""


def render_json(report: Report) -> str:
    """The document with its strings unchanged."""
    return json_text(report.model_dump(mode="json", by_alias=True))


def json_text(document: object) -> str:
    r"""Return JSON in which unsafe characters are written as ``\uXXXX``."""
    return _NOT_ASCII.sub(_escaped, json.dumps(document, indent=1, ensure_ascii=False)) + "\n"


def _escaped(match: re.Match[str]) -> str:
    character = match.group()
    return json.dumps(character)[1:-1] if is_unsafe(character) else character


def read_json(text: str) -> Report:
    """The report that ``render_json`` wrote; ReportDocumentError if it is none or of another schema."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ReportDocumentError("not a report", reason=f"not JSON: {error}") from error
    found = document.get("schema") if isinstance(document, dict) else None
    if found != SCHEMA:
        raise ReportDocumentError(
            "not a report of this version",
            reason=f"its schema is {found!r}, expected {SCHEMA!r}",
            hint="write it again with: shadowscan report --output json",
        )
    return _validated(document)


def _validated(document: object) -> Report:
    try:
        return Report.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ReportDocumentError("not a valid report", reason=f"{place}: {first['msg']}") from error


def json_schema() -> str:
    """JSON Schema of the document, as published in ``docs/report.schema.json``."""
    schema = Report.model_json_schema(by_alias=True, mode="serialization")
    return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}, indent=1) + "\n"
