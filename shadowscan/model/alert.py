"""An alert: findings that a rule of the settings wants told, as the outbox keeps it and every sink gets it."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from shadowscan.model.finding import Finding, Severity

SCHEMA = "shadowscan-alert/1"
"""Changes with any change of meaning."""


class Alert(BaseModel):
    """One message to people or systems; sent at least once, always under the same id."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    schema_version: str = Field(default=SCHEMA, alias="schema", serialization_alias="schema")
    id: str = Field(description="for de-duplication: a message sent again bears the same id")
    rule: str = Field(description="name of the rule in the settings")
    created: datetime = Field(description="UTC")
    severity: Severity = Field(description="of the gravest finding")
    title: str
    findings: tuple[Finding, ...] = Field(description="the gravest first")
    written: datetime | None = Field(description="when the newest line behind it was seen in its file, UTC")
