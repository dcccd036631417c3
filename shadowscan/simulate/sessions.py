"""A day of one person with one tool: the requests it makes, and what was really in them."""

from typing import NamedTuple

from shadowscan.simulate.dice import Dice
from shadowscan.simulate.tools import Kind
from shadowscan.simulate.traits import Calls, Chatter, Habits
from shadowscan.simulate.truth import Truth

_MORNING, _WORKDAY = 8 * 3600.0, 9 * 3600.0


class Request(NamedTuple):
    """One HTTP request; sizes in bytes, before TLS."""

    at: float
    """Seconds since the company's start."""
    kind: Kind
    head: int
    body: int
    received: int
    conversation: int

    @property
    def sent(self) -> int:
        """Head and body, as an intercepting proxy counts them."""
        return self.head + self.body


class Chat:
    """A web chat."""

    def __init__(self, dice: Dice, habits: Habits, ways: Chatter, zeal: float) -> None:
        self._dice, self._habits, self._ways, self._zeal = dice, habits, ways, zeal
        self._head = ways.head * dice.around(1.0, 0.1)

    def day(self, start: float, requests: list[Request], truth: Truth) -> None:
        """Play one day."""
        for _ in range(self._dice.poisson(self._habits.sessions_a_day * self._zeal)):
            self._session(start + _MORNING + self._dice.random() * _WORKDAY, requests, truth)

    def _session(self, at: float, requests: list[Request], truth: Truth) -> None:
        dice, ways, talk = self._dice, self._ways, _Talk(requests, self._dice.getrandbits(32))
        for _ in range(dice.poisson(ways.page[0])):
            talk.add(at + dice.random() * 3, Kind.STATIC, ways.page[1], 0, dice.between(500, 200_000))
        talk.add(at + 2, Kind.HISTORY, self._head, 0, dice.between(500, 30_000))
        history = 0.0
        for _ in range(dice.geometric(self._habits.prompts_a_session)):
            at += dice.between(15, 240)
            if dice.chance(self._habits.file_share):
                self._file(at - 8, talk, truth)
            history += self._prompt(at, history, talk, truth)

    def _prompt(self, at: float, history: float, talk: "_Talk", truth: Truth) -> float:
        dice, ways = self._dice, self._ways
        text = self._write(truth)
        answer = dice.around(ways.answer, 0.7)
        body = ways.metadata * dice.around(1.0, 0.05) + text * 1.03 + (history if ways.resends_history else 0.0)
        if dice.chance(ways.prepare[0]):
            talk.add(at - 1, Kind.PREPARE, self._head, ways.prepare[1], 900)
        kind = Kind.OTHER if dice.chance(ways.unknown) else Kind.PROMPT
        for attempt in range(1 + dice.chance(ways.retry)):
            talk.add(at + attempt * 4, kind, self._jitter(), body, answer)
        for _ in range(dice.poisson(ways.telemetry[0])):
            size = dice.around(ways.telemetry[1], 0.6)
            talk.add(at + dice.random() * 30, Kind.TELEMETRY, self._jitter(), size, 200)
        return text + answer

    def _write(self, truth: Truth) -> int:
        dice, habits = self._dice, self._habits
        typed = max(2, round(dice.around(*habits.typed)))
        pasted = round(dice.around(*habits.pasted)) if dice.chance(habits.paste_share) else 0
        typed, pasted = min(typed, 8000), min(pasted, 120_000)
        truth.typed += typed
        truth.pasted += pasted
        truth.prompts += 1
        truth.sensitive_prompts += dice.chance(habits.sensitive_prompts)
        return typed + pasted

    def _file(self, at: float, talk: "_Talk", truth: Truth) -> None:
        dice, ways = self._dice, self._ways
        size = min(max(200, round(dice.around(*self._habits.file))), 60_000_000)
        body = size * 1.335 if ways.base64_files else size * 1.003 + 200
        while body > 0:
            talk.add(at, Kind.UPLOAD, self._jitter(), min(body, ways.part), 600)
            body -= ways.part
        for helper in range(ways.upload_helpers):
            talk.add(at + 1 + helper, Kind.UPLOAD, self._jitter(), 250, 500)
        truth.uploaded += size
        truth.files += 1
        truth.sensitive_files += dice.chance(self._habits.sensitive_files)

    def _jitter(self) -> float:
        return self._head * self._dice.around(1.0, self._ways.head_deviation)


class Program:
    """A script or integration that calls a model."""

    def __init__(self, dice: Dice, habits: Habits, ways: Calls, zeal: float) -> None:
        self._dice, self._habits, self._ways, self._zeal = dice, habits, ways, zeal

    def day(self, start: float, requests: list[Request], truth: Truth) -> None:
        """Play one day."""
        for _ in range(min(2000, self._dice.poisson(self._ways.calls_a_day * self._zeal))):
            self._conversation(start + self._dice.random() * 86_000, requests, truth)

    def _conversation(self, at: float, requests: list[Request], truth: Truth) -> None:
        dice, ways, talk = self._dice, self._ways, _Talk(requests, self._dice.getrandbits(32))
        history = ways.instructions
        for _ in range(dice.geometric(ways.turns)):
            text = min(max(2.0, dice.around(*ways.content)), 400_000.0)
            truth.prompts += 1
            truth.sensitive_prompts += dice.chance(self._habits.sensitive_prompts)
            for _ in range(dice.geometric(ways.loops)):
                answer = dice.around(ways.answer, 0.6)
                for attempt in range(1 + dice.chance(ways.retry)):
                    talk.add(at + attempt, Kind.PROMPT, ways.head, history + text, answer)
                truth.read += round(text)
                history += text + answer
                at += dice.between(2, 60)
                text = max(2.0, dice.around(*ways.returned))


class Agent:
    """A coding agent in a project."""

    def __init__(self, dice: Dice, habits: Habits, ways: Calls, zeal: float) -> None:
        self._dice, self._habits, self._ways, self._zeal = dice, habits, ways, zeal

    def day(self, start: float, requests: list[Request], truth: Truth) -> None:
        """Play one day: prompts in a few sessions, each of which carries its history on."""
        dice, left = self._dice, self._dice.poisson(self._ways.calls_a_day * self._zeal)
        while left > 0:
            prompts = min(left, dice.geometric(4.0))
            self._session(start + _MORNING + dice.random() * _WORKDAY, prompts, requests, truth)
            left -= prompts

    def _session(self, at: float, prompts: int, requests: list[Request], truth: Truth) -> None:
        dice, ways, talk = self._dice, self._ways, _Talk(requests, self._dice.getrandbits(32))
        history = 0.0
        for _ in range(prompts):
            text = max(4.0, dice.around(120, 1.0))
            truth.typed += round(text)
            truth.prompts += 1
            truth.sensitive_prompts += dice.chance(self._habits.sensitive_prompts)
            for _ in range(dice.geometric(ways.turns)):
                history = (history if history < ways.window else 4000.0) + text
                answer = dice.around(ways.answer, 0.6)
                for attempt in range(1 + dice.chance(ways.retry)):
                    body = ways.instructions + history
                    talk.add(at + attempt, Kind.PROMPT, ways.head, body, answer)
                if dice.chance(ways.side):
                    talk.add(at + 2, Kind.SIDE, ways.head, dice.between(300, 4000), 300)
                history += answer
                text = min(dice.around(*ways.content), 80_000.0)
                truth.read += round(text)
                at += dice.between(4, 60)
            truth.read -= round(text)
            at += dice.between(20, 900)


class _Talk:
    """Adds the requests of one conversation."""

    def __init__(self, requests: list[Request], conversation: int) -> None:
        self._requests, self._conversation = requests, conversation

    def add(self, at: float, kind: Kind, head: float, body: float, received: float) -> None:
        sizes = max(1, round(head)), max(0, round(body)), round(received)
        self._requests.append(Request(at, kind, *sizes, self._conversation))
