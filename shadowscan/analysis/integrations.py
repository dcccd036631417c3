"""The register of integrations: programs that call AI services, from traffic and policy together."""

from collections.abc import Mapping
from typing import Any

from shadowscan.analysis.context import Context
from shadowscan.analysis.queries import Bounds, ask
from shadowscan.catalog.model import Category
from shadowscan.model.report import IntegrationRow, Verdict
from shadowscan.store.database import Session

API_CATEGORIES = frozenset(
    {Category.LLM_API, Category.INFERENCE_HOST, Category.GATEWAY_ROUTER, Category.MODEL_HUB, Category.AGENT_AUTOMATION}
)
"""Of services that programs call; a script of a person is an integration only with one of these."""


def integrations_of(session: Session, context: Context, bounds: Bounds) -> tuple[IntegrationRow, ...]:
    """Return every program and the AI service it calls; makes the table ``integrations``."""
    apis = [one.id for one in context.catalog.services.values() if one.category in API_CATEGORIES]
    ask(session, "integrations", bounds, {"apis": apis})
    return tuple(_row(row, context) for row in ask(session, "integration_rows", bounds))


def _row(row: Mapping[str, Any], context: Context) -> IntegrationRow:
    rules = context.policy.content.rules
    rule = rules[row["rule"] - 1] if row["rule"] else None
    verdict = Verdict(row["verdict"])
    return IntegrationRow(
        name=context.catalog.service(row["service"]).name,
        verdict=verdict,
        registered=verdict in {Verdict.APPROVED, Verdict.TOLERATED},
        owner=rule.owner if rule else "",
        ticket=rule.ticket if rule else "",
        reviewed=rule.approved_on if rule else None,
        review_by=rule.review_by if rule else None,
        **{name: row[name] for name in ("who", "kind", "department", "site", "service", "first", "last", "days")},
        **{name: row[name] for name in ("requests", "lookups", "blocked", "bytes_out")},
    )
