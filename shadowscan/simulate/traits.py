"""What makes one simulated company differ from the next: drawn once, wide, and never shown to the estimator."""

from dataclasses import dataclass

from shadowscan.simulate.dice import Dice

DEPARTMENTS = ("engineering", "sales", "finance", "hr", "legal", "marketing", "support", "research")
CLASSES = ("source code", "customer or personal", "financial or legal", "credentials", "health")


@dataclass(frozen=True, slots=True)
class Habits:
    """How people of one department write, paste and upload; shares per prompt, sizes in bytes."""

    users: float
    """Share of people who use AI at all."""
    developers: float
    """Share of those who also work with an API or a coding agent."""
    sessions_a_day: float
    prompts_a_session: float
    typed: tuple[float, float]
    """Median and (log) deviation."""
    paste_share: float
    pasted: tuple[float, float]
    file_share: float
    file: tuple[float, float]
    sensitive_prompts: float
    sensitive_files: float
    classes: tuple[float, ...]
    """Weights of CLASSES."""


@dataclass(frozen=True, slots=True)
class Chatter:
    """What one web application sends around the content, bytes."""

    head: float
    head_deviation: float
    metadata: float
    resends_history: bool
    retry: float
    """Chance of a prompt sent again: a retry or another answer asked for."""
    unknown: float
    """Chance that a prompt takes a way no catalogue knows."""
    part: float
    """Files are sent in parts of this size."""
    prepare: tuple[float, float]
    """Chance before a prompt, and size."""
    telemetry: tuple[float, float]
    """Mean number beside a prompt, and median size."""
    page: tuple[float, float]
    """Mean number of static requests at a session's start, and size of the head."""
    answer: float
    """Median text of an answer."""
    base64_files: bool
    upload_helpers: int
    """Small requests around an upload on the same endpoint."""


@dataclass(frozen=True, slots=True)
class Calls:
    """How one program or agent calls a model, bytes."""

    head: float
    instructions: float
    turns: float
    """Mean calls of a conversation (program), or calls an agent makes for one prompt."""
    content: tuple[float, float]
    """New text of a call: median and deviation; for an agent, what a tool returned."""
    answer: float
    retry: float
    calls_a_day: float
    """Conversations (program) or prompts (agent) a day."""
    side: float
    """Chance of a small call beside each."""
    window: float
    """Size at which an agent compacts its history."""
    loops: float = 1.0
    """Mean calls a program makes for one question: it lets the model use tools, and hands over what they returned."""
    returned: tuple[float, float] = (300.0, 0.5)
    """What a tool returned to a program: median and deviation."""


@dataclass(frozen=True, slots=True)
class Network:
    """How the network shows it."""

    handshake: float
    compression: float
    """What header compression leaves of a head after the first of a connection."""
    idle: float
    """Seconds after which a connection is closed."""
    acknowledgements: float
    """Bytes acknowledged per byte received, packets counted."""
    stream: float
    """Bytes received per byte of an answer (events, encoding)."""


def habits(dice: Dice, company: Dice) -> Habits:
    """Draw a department's habits; ``company`` draws what its departments have in common."""
    sensitive = company.between(0.008, 0.12)
    return Habits(
        users=dice.uniform(0.15, 0.95),
        developers=dice.uniform(0.0, 0.25),
        sessions_a_day=dice.between(0.3, 4.0),
        prompts_a_session=dice.between(1.5, 12.0),
        typed=(dice.between(60, 600), dice.uniform(0.6, 1.3)),
        paste_share=dice.uniform(0.03, 0.5),
        pasted=(dice.between(500, 9000), dice.uniform(0.7, 1.5)),
        file_share=dice.between(0.004, 0.15),
        file=(dice.between(15_000, 900_000), dice.uniform(0.7, 1.7)),
        sensitive_prompts=min(0.5, sensitive * dice.around(1.0, 0.5)),
        sensitive_files=min(0.9, company.uniform(0.12, 0.5) * dice.around(1.0, 0.25)),
        classes=tuple(dice.between(0.05, 1.0) for _ in CLASSES),
    )


def chatter(dice: Dice) -> Chatter:
    """Draw the ways of one web application."""
    return Chatter(
        head=dice.between(600, 6500),
        head_deviation=dice.uniform(0.01, 0.15),
        metadata=dice.between(100, 2500),
        resends_history=dice.chance(0.12),
        retry=dice.uniform(0.0, 0.3),
        unknown=dice.choice((0.0, dice.uniform(0.0, 0.1), dice.uniform(0.0, 0.3))),
        part=dice.choice((float("inf"), float("inf"), dice.between(2e6, 16e6))),
        prepare=(dice.uniform(0.0, 1.0), dice.between(300, 6000)),
        telemetry=(dice.uniform(0.2, 6.0), dice.between(200, 4000)),
        page=(dice.uniform(2, 50), dice.between(250, 3000)),
        answer=dice.between(400, 4000),
        base64_files=dice.chance(0.15),
        upload_helpers=dice.choice((0, 0, 0, 1, 2)),
    )


def program(dice: Dice) -> Calls:
    """Draw the ways of one integration or script."""
    return Calls(
        head=dice.uniform(500, 1200),
        instructions=dice.between(50, 12_000),
        turns=dice.choice((1.0, 1.0, dice.uniform(1.0, 12.0))),
        content=(dice.between(150, 9000), dice.uniform(0.3, 1.4)),
        answer=dice.between(200, 3000),
        retry=dice.uniform(0.0, 0.08),
        calls_a_day=dice.between(3, 300),
        side=0.0,
        window=float("inf"),
        loops=dice.choice((1.0, 1.0, dice.uniform(1.0, 4.0))),
        returned=(dice.between(80, 4000), dice.uniform(0.3, 1.2)),
    )


def agent(dice: Dice) -> Calls:
    """Draw the ways of one coding agent."""
    return Calls(
        head=dice.uniform(700, 3000),
        instructions=dice.between(10_000, 130_000),
        turns=dice.between(2.5, 30.0),
        content=(dice.between(400, 9000), dice.uniform(0.7, 1.5)),
        answer=dice.between(150, 2500),
        retry=dice.uniform(0.0, 0.1),
        calls_a_day=dice.between(2, 30),
        side=dice.choice((0.0, dice.uniform(0.0, 0.4))),
        window=dice.between(250_000, 900_000),
    )


def network(dice: Dice) -> Network:
    """Draw the ways of one network."""
    return Network(
        handshake=dice.between(500, 2500),
        compression=dice.uniform(0.08, 0.7),
        idle=dice.between(20, 900),
        acknowledgements=dice.between(0.004, 0.03),
        stream=dice.between(1.5, 40),
    )
