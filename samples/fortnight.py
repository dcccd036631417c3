"""Plays the two weeks once: who asks for what, and when."""

from datetime import UTC, datetime, timedelta

from samples.dice import Dice
from samples.services import BENIGN_SITES, BULK_UPLOAD, PROHIBITED, Call, Site, sites_of
from samples.world import BUILD, Person, Visit, people

FIRST_DAY = datetime(2026, 11, 2, tzinfo=UTC)
"""A Monday."""
DAYS = 14
RULE_DAY = datetime(2026, 11, 9, tzinfo=UTC)
"""From the second Monday on DeepSeek is blocked; Midjourney was from the start."""
BULK_DAY = datetime(2026, 11, 12, 18, 40, tzinfo=UTC)
BULK_LOGIN = "dario.conti"
_TWICE_A_WEEK = frozenset({"otter", "midjourney", "huggingface"})


class Fortnight:
    """Collects the visits of all people over all days, in order of time."""

    def __init__(self, seed: str = "shadowscan samples 1") -> None:
        self._dice = Dice(seed)
        self._visits: list[Visit] = []

    def play(self) -> list[Visit]:
        """Return every visit."""
        for day in range(DAYS):
            start = FIRST_DAY + timedelta(days=day)
            for person in people():
                self._day(person, start)
            self._build_night(start)
        self._bulk_upload()
        return sorted(self._visits, key=lambda visit: (visit.at, visit.person.ip, visit.client_port))

    def _day(self, person: Person, start: datetime) -> None:
        at_work = start.weekday() < 5 and not self._dice.chance(0.08)
        if not at_work and not self._dice.chance(0.05):
            return
        for _ in range(self._dice.between(3, 6) if at_work else 1):
            self._browse(person, self._moment(start))
        for service in person.tools:
            self._tool(person, service, start)

    def _moment(self, start: datetime) -> datetime:
        """Return a moment of the working day: 07:00 to 17:30 UTC."""
        return start + timedelta(milliseconds=self._dice.between(7 * 3_600_000, 17 * 3_600_000 + 1_800_000))

    def _browse(self, person: Person, moment: datetime) -> None:
        for _ in range(self._dice.between(1, 3)):
            site = self._dice.pick(BENIGN_SITES)
            moment = self._sitting(person, site, moment, self._dice.between(1, 4))

    def _tool(self, person: Person, service: str, start: datetime) -> None:
        often = 0.35 if service in _TWICE_A_WEEK else 0.8
        if service == "anthropic-claude" and start < RULE_DAY:
            often = 0.35
        if not self._dice.chance(often):
            return
        for _ in range(self._dice.between(1, 2)):
            moment = self._moment(start)
            for site in sites_of(service):
                moment = self._sitting(person, site, moment, self._dice.between(2, 6))

    def _sitting(self, person: Person, site: Site, moment: datetime, requests: int) -> datetime:
        port = self._dice.between(49_152, 65_535)
        referrer = ""
        for number in range(requests):
            call = site.calls[number % len(site.calls)]
            visit = self._visit(person, site, call, moment, port, referrer)
            self._visits.append(visit)
            moment = visit.done + timedelta(milliseconds=self._dice.skewed(150, 38_000))
            referrer = referrer or (f"{site.scheme}://{site.host}/" if not site.agent else "")
            if visit.blocked and number == 1:
                break
        return moment

    def _visit(self, person: Person, site: Site, call: Call, at: datetime, port: int, referrer: str) -> Visit:
        path = call.path
        while "{id}" in path:
            path = path.replace("{id}", self._dice.hexadecimal(8), 1)
        blocked = site.service in PROHIBITED and (site.service != "deepseek" or at >= RULE_DAY)
        sent = self._dice.skewed(*call.sent)
        received = self._dice.skewed(*call.received)
        wait = self._dice.skewed(35, 900) + received // 2_000 + sent // 1_000
        if blocked:
            return self._refused(person, site, call, path, at, port, referrer)
        return Visit(
            at,
            person,
            site,
            call.method,
            path,
            call.query,
            200,
            call.content_type,
            sent,
            received,
            wait,
            port,
            referrer,
        )

    def _refused(
        self, person: Person, site: Site, call: Call, path: str, at: datetime, port: int, referrer: str
    ) -> Visit:
        """Return the visit as it ends at a block page: headers out, a small page back."""
        sent, wait = self._dice.between(480, 900), self._dice.between(2, 12)
        return Visit(
            at,
            person,
            site,
            call.method,
            path,
            call.query,
            403,
            "text/html",
            sent,
            3_982,
            wait,
            port,
            referrer,
            blocked=True,
        )

    def _build_night(self, start: datetime) -> None:
        (site,) = sites_of("openai-api")
        moment = start + timedelta(hours=1, minutes=30, milliseconds=self._dice.between(0, 900_000))
        self._sitting(BUILD, site, moment, self._dice.between(12, 24))

    def _bulk_upload(self) -> None:
        (person,) = (one for one in people() if one.login == BULK_LOGIN)
        (site,) = sites_of("anthropic-claude")
        moment, port = BULK_DAY, self._dice.between(49_152, 65_535)
        for _ in range(6):
            visit = self._visit(person, site, BULK_UPLOAD, moment, port, f"https://{site.host}/new")
            self._visits.append(visit)
            moment = visit.done + timedelta(seconds=self._dice.between(9, 31))
