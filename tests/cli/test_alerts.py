"""`shadowscan alerts`: the sinks tried out, the outbox shown."""

import json
from pathlib import Path

from shadowscan.errors import ExitCode
from shadowscan.sinks.alerter import alerts_folder
from shadowscan.sinks.outbox import Outbox
from tests.commandline import shadowscan
from tests.sinks.factory import alert

SETTINGS = """
alerts:
  sinks:
    - {name: file, type: jsonl, path: told.jsonl}
    - {name: program, type: command, command: [/no/such/program]}
  rules:
    - {name: all}
"""


def test_every_sink_gets_a_made_up_alert_and_a_failure_is_told(tmp_path: Path) -> None:
    settings = tmp_path / "shadowscan.yaml"
    settings.write_text(SETTINGS)
    ran = shadowscan("--config", settings, "alerts", "test")
    assert (ran.code, ran.out.splitlines()) == (
        ExitCode.INCOMPLETE,
        ["file: delivered", "program: not delivered: /no/such/program: No such file or directory"],
    )
    assert json.loads((tmp_path / "told.jsonl").read_text())["kind"] == "test"
    assert shadowscan("--config", settings, "alerts", "test", "file").code == ExitCode.COMPLETE
    ran = shadowscan("--config", settings, "alerts", "test", "fiel")
    assert (ran.code, "the settings name file, program" in ran.err) == (ExitCode.USAGE, True)


def test_what_waits_and_what_was_refused_is_shown_and_tried_again(tmp_path: Path) -> None:
    database = tmp_path / "db.duckdb"
    outbox = Outbox(alerts_folder(database))
    outbox.put(alert(), ["hook", "mail"])
    outbox.give_up(outbox.waiting("mail")[0], "answered 400")
    rows = [line.split() for line in shadowscan("alerts", "status", "--db", database).out.splitlines()]
    assert [(row[0], row[1], row[-1]) for row in rows[1:]] == [("hook", "1", "0"), ("mail", "0", "1")]
    assert shadowscan("alerts", "status", "--db", database, "--json").json()["mail"]["dead"] == 1
    assert shadowscan("alerts", "retry", "--db", database).out.startswith("1 alert waits again")
    assert shadowscan("alerts", "status", "--db", database, "--json").json()["mail"] | {"oldest": None} == {
        "waiting": 1,
        "oldest": None,
        "dead": 0,
    }


def test_wrong_settings_are_told_by_line(tmp_path: Path) -> None:
    settings = tmp_path / "shadowscan.yaml"
    settings.write_text(SETTINGS.replace("jsonl,", "jsonlines,"))
    ran = shadowscan("--config", settings, "alerts", "test")
    assert (ran.code, f"{settings}:4" in ran.err) == (ExitCode.USAGE, True)
