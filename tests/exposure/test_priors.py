"""The priors: each number sourced, each used; users' files override them or are told what is wrong, and where."""

import re
from pathlib import Path

import numpy as np
import pytest

from shadowscan.errors import UsageError
from shadowscan.exposure import (
    ClientClass,
    Grade,
    Traffic,
    content,
    default_priors,
    estimate,
    load_priors,
    sensitivity,
)
from shadowscan.exposure.draws import Sampler
from shadowscan.exposure.sizes import sizes_of

OWN = """\
version: 1
quantities:
  sensitive_prompts: {low: 0.2, likely: 0.3, high: 0.4, unit: share, source: own audit, year: 2026, caveat: one month}
"""
KIND = """\
file_types:
  DCM: {factor: 3, holds: health, source: own audit, year: 2026, caveat: images of one clinic}
"""


def test_every_quantity_is_used_and_every_used_one_exists() -> None:
    folder = Path(content.__file__).parent
    code = "".join(path.read_text() for path in folder.glob("*.py"))
    literal = set(re.findall(r'quantity\(\s*f?"([^"]+)"|happens\("([^"]+)"', code))
    names = {name for pair in literal for name in pair if name}
    patterns = [re.compile(re.escape(name).replace(r"\{client\}", "(web|api|agent)")) for name in names]
    used = {name for name in default_priors().quantities if any(pattern.fullmatch(name) for pattern in patterns)}
    assert used == set(default_priors().quantities)
    for name in names:
        for client in ("web", "api", "agent") if "{client}" in name else ("",):
            full = name.replace("{client}", client)
            assert full in default_priors().quantities or full == "agent.connection_floor", full


def test_draws_have_the_stated_quantiles() -> None:
    sampler = Sampler(default_priors(), draws=40_000)
    for name, quantity in default_priors().quantities.items():
        low, likely, high = np.quantile(sampler.quantity(name, "service"), (0.05, 0.5, 0.95))
        assert (low, likely, high) == pytest.approx((quantity.low, quantity.likely, quantity.high), rel=0.08), name


def test_shared_unknowns_correlate_and_own_ones_do_not() -> None:
    sampler = Sampler(default_priors(), draws=20_000)
    shared = [np.log(sampler.quantity("surveys_transfer", one)) for one in "ab"]
    own = [np.log(sampler.quantity("department_spread", one)) for one in "ab"]
    assert np.corrcoef(np.array(shared))[0, 1] > 0.99
    assert abs(np.corrcoef(np.array(own))[0, 1]) < 0.05


def test_users_file_overrides_single_entries(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(OWN)
    priors = load_priors(path)
    assert priors["sensitive_prompts"].likely == 0.3
    assert priors["sensitive_files"] == default_priors()["sensitive_files"]
    assert load_priors() is default_priors()
    assert estimate([], priors).total().volume is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (OWN.replace("sensitive_prompts", "typo"), "own.yaml:3"),
        (OWN.replace("sensitive_prompts", "typo"), "known: web.request_overhead"),
        (OWN.replace("sensitive_prompts", "sensitive_prompt"), "did you mean sensitive_prompts"),
        (OWN.replace("0.2", "0.5"), "low <= likely <= high"),
        (OWN.replace("0.4", "1.4"), "a share is below 1"),
        (OWN.replace("low: 0.2", "low: -1"), "own.yaml:3"),
        (OWN.replace("share", "percent"), "'bytes', 'share', 'factor' or 'count'"),
        (OWN.replace("source: own audit, ", ""), "source"),
        ("- 1\n", "own.yaml:1"),
        ("version: 2\n", "own.yaml:1"),
        ("version: [\n", "not valid YAML"),
        (OWN.replace("0.2", ".inf"), "own.yaml:3"),
        (OWN.replace("unit: share", "unit: factor"), "known: share"),
        (OWN + KIND.replace("health", "gossip"), "known: source code"),
        (OWN + KIND.replace("health", "gossip"), "own.yaml:5"),
    ],
)
def test_wrong_files_are_told_with_their_line(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(text)
    with pytest.raises(UsageError) as raised:
        load_priors(path)
    assert told in str(raised.value)
    assert "own.yaml" in str(raised.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        load_priors(tmp_path / "none.yaml")


def test_a_kind_of_file_shifts_the_classes_it_is_known_for(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("version: 1\n" + KIND)
    uploads = sizes_of([400_000] * 300)
    sent = Traffic("s", "ada", ClientClass.WEB, Grade.A, uploads=uploads, file_types=(("dcm", 300),))
    plain, own = (
        dict(estimate([sent], priors).total().classes)["health"] for priors in (default_priors(), load_priors(path))
    )
    assert own.low > 3 * plain.likely


def test_departments_of_the_priors_tilt_the_shares() -> None:
    assert sensitivity._weight(default_priors().departments, " Legal ") > 1
