"""One company over some days: who uses what, every request of it, and the truth behind each."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from shadowscan.simulate.dice import Dice
from shadowscan.simulate.sessions import Agent, Chat, Program, Request
from shadowscan.simulate.tools import TOOLS, Client, Tool
from shadowscan.simulate.traits import DEPARTMENTS, Network, agent, chatter, habits, network, program
from shadowscan.simulate.truth import Truth

START = datetime(2026, 3, 2, tzinfo=UTC)
"""A Monday."""


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who uses AI."""

    name: str
    department: str
    address: str


@dataclass(slots=True)
class Use:
    """One person's use of one tool."""

    person: Person
    tool: Tool
    truth: Truth = field(default_factory=Truth)
    requests: list[Request] = field(default_factory=list)
    """In order of time; times are seconds since START."""


@dataclass(frozen=True, slots=True)
class Company:
    """Everything that happened."""

    people: int
    days: int
    seed: int
    network: Network
    uses: tuple[Use, ...]

    def truth(self, department: str | None = None, service: str | None = None) -> Truth:
        """Return the truth of one department, of one service, or of all."""
        chosen = [
            use.truth
            for use in self.uses
            if department in (None, use.person.department) and service in (None, use.tool.service)
        ]
        return sum(chosen, Truth())

    @property
    def departments(self) -> tuple[str, ...]:
        """Departments in which somebody used AI."""
        return tuple(sorted({use.person.department for use in self.uses}))


def simulate(people: int, days: int, seed: int) -> Company:
    """Return a company of this many people over this many days (weekends are quiet); one seed, one company."""
    company = Dice(seed)
    ways = _Ways(company)
    uses = tuple(_uses(people, days, seed, ways))
    return Company(people, days, seed, network(company), uses)


class _Ways:
    """The traits of a company: departments' habits, applications' chatter, programs and agents."""

    def __init__(self, company: Dice) -> None:
        names = company.sample(DEPARTMENTS, company.randint(3, len(DEPARTMENTS)))
        seeds = company.getrandbits(64)
        self.departments = {name: habits(Dice(f"{seeds}{name}"), Dice(seeds)) for name in names}
        self.weights = [company.between(0.3, 3.0) for _ in names]
        self.popularity = {tool.service: company.between(0.05, 3.0) for tool in TOOLS}
        self.chatter = {tool.service: chatter(company) for tool in TOOLS if tool.client is Client.WEB}
        self.agents = {tool.service: agent(company) for tool in TOOLS if tool.client is Client.AGENT}

    def tools(self, dice: Dice, developers: float) -> list[Tool]:
        """Pick the tools of one person."""
        chats = [tool for tool in TOOLS if tool.client is Client.WEB]
        calls = [tool for tool in TOOLS if tool.client is not Client.WEB]
        picked = [self._pick(dice, chats) for _ in range(dice.choice((1, 1, 1, 2, 3)))]
        if dice.chance(developers):
            picked.append(self._pick(dice, calls))
        return [tool for tool in TOOLS if tool in picked]

    def _pick(self, dice: Dice, tools: list[Tool]) -> Tool:
        return dice.choices(tools, [self.popularity[tool.service] for tool in tools])[0]


def _uses(people: int, days: int, seed: int, ways: _Ways) -> Iterator[Use]:
    for number in range(people):
        dice = Dice(f"{seed}/{number}")
        department = dice.choices(list(ways.departments), ways.weights)[0]
        person = Person(
            f"p{number:04d}", department, f"10.{1 + number // 62500}.{number // 250 % 250}.{1 + number % 250}"
        )
        traits = ways.departments[department]
        developers = 3 * traits.developers if department == "engineering" else traits.developers
        if dice.chance(traits.users):
            for tool in ways.tools(dice, developers):
                yield _use(Use(person, tool), days, dice, ways)


def _use(use: Use, days: int, dice: Dice, ways: _Ways) -> Use:
    traits, service = ways.departments[use.person.department], use.tool.service
    zeal = dice.around(1.0, 0.6)
    player: Chat | Program | Agent
    if use.tool.client is Client.WEB:
        player = Chat(dice, traits, ways.chatter[service], zeal)
    elif use.tool.client is Client.API:
        player = Program(dice, traits, program(dice), zeal)
    else:
        player = Agent(dice, traits, ways.agents[service], zeal)
    for day in range(days):
        if (START + timedelta(days=day)).weekday() < 5:
            player.day(day * 86_400.0, use.requests, use.truth)
    use.requests.sort()
    return use
