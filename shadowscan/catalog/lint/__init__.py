"""``signatures lint``: one class per check, each with a level and what to do."""

from shadowscan.catalog.lint.checks import ALL_CHECKS
from shadowscan.catalog.lint.finding import Finding, Level
from shadowscan.catalog.lint.subject import Subject, load_subject
from shadowscan.catalog.model import Service

__all__ = ["ALL_CHECKS", "Finding", "Level", "Subject", "lint", "lint_service", "load_subject"]


def lint(subject: Subject) -> list[Finding]:
    """Run every check; errors first, then by file."""
    found = [finding for check in ALL_CHECKS for finding in check().examine(subject)]
    return sorted(found, key=lambda one: (one.level.rank, one.where, one.message))


def lint_service(service: Service, subject: Subject) -> list[Finding]:
    """Run every check on one service among all others."""
    checks = [check() for check in ALL_CHECKS]
    return [check.finding(service, message) for check in checks for message in check.complaints(service, subject)]
