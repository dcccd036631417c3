"""Use -> judgement: the first rule that fits decides, and says why."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase

from shadowscan.model.actors import Actor
from shadowscan.model.addresses import within
from shadowscan.model.report import Verdict
from shadowscan.policy.model import UNKNOWN, PolicyFile, Rule, Scope


@dataclass(frozen=True, slots=True)
class Use:
    """What is judged: somebody's use of a service. None: not known, which fits no rule that asks for it."""

    service: str
    category: str
    actor: Actor | None = None
    address: str | None = None
    activity: str | None = None
    host: str | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict and the rule that gave it."""

    verdict: Verdict
    rule: int | None
    """Number of the rule, from 1; None: the default."""
    why: str
    overdue: bool = False
    """The use came after the day by which the approval was to be reviewed."""
    lapsed: int | None = None
    """Number of an approval that would have decided, had it not expired before the use."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing a rule may ask of a use."""

    name: str
    """Field of the scope."""
    value: Callable[[Use], str | None]
    fits: Callable[[str, Scope], bool]

    def asked(self, scope: Scope) -> bool:
        """Whether a scope has this list."""
        return bool(getattr(scope, self.name))

    def met(self, scope: Scope, use: Use) -> bool:
        """Whether a use has one of the list's values."""
        value = self.value(use)
        return value is not None and self.fits(value, scope)


def _listed(name: str) -> Callable[[str, Scope], bool]:
    return lambda value, scope: value.casefold() in {str(one).casefold() for one in getattr(scope, name)}


def _of_actor(name: str) -> Callable[[Use], str | None]:
    return lambda use: getattr(use.actor, name) if use.actor else None


def _host_fits(host: str, scope: Scope) -> bool:
    return any(fnmatchcase(host.lower(), pattern.lower()) for pattern in scope.hosts)


CONDITIONS: tuple[Condition, ...] = (
    Condition("people", _of_actor("who"), _listed("people")),
    Condition("departments", _of_actor("department"), _listed("departments")),
    Condition("roles", _of_actor("role"), _listed("roles")),
    Condition("kinds", _of_actor("kind"), _listed("kinds")),
    Condition("sites", _of_actor("site"), _listed("sites")),
    Condition("networks", lambda use: use.address, lambda address, scope: within(address, scope.networks)),
    Condition("activities", lambda use: use.activity or UNKNOWN, _listed("activities")),
    Condition("hosts", lambda use: use.host, _host_fits),
)
"""Every list of a scope."""


def named(rule: Rule, use: Use) -> bool:
    """Tell whether the rule speaks of the service: by its id, its category, or as one of all."""
    if not rule.services and not rule.categories:
        return True
    return use.service in rule.services or use.category in rule.categories


def unmet(rule: Rule, use: Use) -> list[Condition]:
    """Return what the rule's scope asks for and the use lacks."""
    return [one for one in CONDITIONS if one.asked(rule.scope) and not one.met(rule.scope, use)]


def expired(rule: Rule, use: Use) -> bool:
    """Tell whether the use came after the rule's last day; use of no known day is never after it."""
    return bool(rule.expires and use.day and use.day > rule.expires)


class Policy:
    """Judges use; without a file everything is unreviewed."""

    def __init__(self, content: PolicyFile, path: str | None = None) -> None:
        self.content = content
        self.path = path

    def judge(self, use: Use) -> Judgement:
        """Return what the policy says of a use, by the first rule that fits."""
        lapsed: int | None = None
        for number, rule in enumerate(self.content.rules, 1):
            if not named(rule, use) or unmet(rule, use):
                continue
            if expired(rule, use):
                lapsed = lapsed or (number if _approves(rule) else None)
                continue
            overdue = bool(_approves(rule) and rule.review_by and use.day and use.day > rule.review_by)
            return Judgement(rule.verdict, number, _why(number, rule, use), overdue, lapsed)
        if self.path is None:
            return Judgement(Verdict.UNREVIEWED, None, "there is no policy")
        return Judgement(self.content.default, None, self._why_default(lapsed), lapsed=lapsed)

    @property
    def turning_days(self) -> tuple[date, ...]:
        """Days after which a judgement changes, in order."""
        return tuple(sorted({day for rule in self.content.rules for day in (rule.review_by, rule.expires) if day}))

    def _why_default(self, lapsed: int | None) -> str:
        if lapsed is None:
            return "no rule fits: the default"
        return f"rule {lapsed} expired on {self.content.rules[lapsed - 1].expires}, no other fits: the default"


def _approves(rule: Rule) -> bool:
    return rule.verdict in (Verdict.APPROVED, Verdict.TOLERATED)


def _why(number: int, rule: Rule, use: Use) -> str:
    by = f"service {use.service}" if use.service in rule.services else f"category {use.category}"
    names = f"names {by}" if rule.services or rule.categories else "speaks of every service"
    scope = [scope_text(rule.scope, one.name) for one in CONDITIONS if one.asked(rule.scope)]
    limits = f" for {' and '.join(scope)}" if scope else ""
    details = ", ".join(part for part in (rule.ticket, rule.owner, rule.note) if part)
    return f"rule {number} {names}{limits}" + (f" ({details})" if details else "")


def scope_text(scope: Scope, name: str, most: int = 3) -> str:
    """Return one list of a scope in words: ``departments Sales, Legal``."""
    values = [str(value) for value in getattr(scope, name)]
    more = f" and {len(values) - most} more" if len(values) > most else ""
    return f"{name} {', '.join(values[:most])}{more}"
