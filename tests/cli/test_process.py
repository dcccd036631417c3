"""The command as a process: what it imports, how it ends when stopped or when nobody listens."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shadowscan.store.database import Database
from tests.cli.logs import log, plain, squid
from tests.commandline import COMMAND, ROOT, good, in_process, report, shadowscan

HEAVY = ("duckdb", "numpy", "pyarrow", "scapy", "pydantic", "sqlglot", "rich.progress")
SLOW_SCAN = (
    # A job in the background may have been started with Ctrl-C ignored.
    "import signal, time, shadowscan.ingest.inputs as inputs, shadowscan.ingest.run as run\n"
    "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    "inputs.CHUNK_BYTES = 1 << 16; commit = run.Ingest._commit\n"
    "def slowly(*arguments):\n"
    "    commit(*arguments); print('committed', flush=True); time.sleep(0.3)\n"
    "run.Ingest._commit = slowly\n"
    "from shadowscan.cli.app import main; main()"
)


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom shadowscan.cli.app import main\nsys.argv = ['shadowscan', '--help']\n"
        "try: main()\nexcept SystemExit: pass\n"
        f"print('LOADED', [name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Usage: shadowscan" in done.stdout
    assert done.stdout.splitlines()[-1] == "LOADED []"


def test_every_module_can_be_imported() -> None:
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in sorted((ROOT / "shadowscan").rglob("*.py"))
    ]
    names = [name.removesuffix(".__init__") for name in modules]
    assert len(names) > 80
    code = f"import importlib\nfor name in {names}: importlib.import_module(name)"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_no_command_shows_the_help() -> None:
    ran = in_process()
    assert ran.code == 2
    assert "Usage: shadowscan" in ran.out + ran.err


def test_the_version_is_the_packages() -> None:
    from shadowscan import __version__

    assert good(shadowscan("--version")).out.strip() == f"shadowscan {__version__}"


def test_an_unknown_option_is_a_usage_error() -> None:
    ran = in_process("scan", "--no-such-option")
    assert (ran.code, ran.out) == (2, "")
    assert "--no-such-option" in ran.err


def test_a_reader_that_leaves_is_no_error(tmp_path: Path) -> None:
    """``shadowscan parse big.log | head -1``"""
    big = log(tmp_path / "big.log", map(squid, range(20_000)))
    with subprocess.Popen([*COMMAND, "parse", str(big)], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert b"chatgpt.com" in process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()
        assert process.wait(timeout=60) == 0
    assert said == b""


def test_ctrl_c_keeps_what_was_committed(tmp_path: Path) -> None:
    big = log(tmp_path / "big.log", map(squid, range(4000)))
    database = tmp_path / "db.duckdb"
    arguments = [sys.executable, "-c", SLOW_SCAN, "scan", str(big), "--db", str(database), "--quiet"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"committed\n"
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in said
    assert b"stopped" in said
    with Database(database).read() as session:
        kept = session.rows("SELECT sum(lines) FROM ledger")[0][0]
        assert session.rows("SELECT count(*) FROM runs WHERE finished IS NULL") == [(1,)]
    assert 0 < kept < 4000
    good(shadowscan("scan", big, "--db", database))
    assert report(database)["totals"]["events"] == 4000


def test_ctrl_c_while_duckdb_fetches_lines_stops_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """DuckDB makes an error of its own of what stops the lines that it is given."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("shadowscan.ingest.cut._cut", interrupted)
    ran = shadowscan("scan", plain(tmp_path / "access.log"), "--db", tmp_path / "db.duckdb")
    assert ran.code == 130
    assert "stopped" in ran.err


def test_a_pipe_without_colour_or_progress(tmp_path: Path) -> None:
    ran = good(in_process("scan", plain(tmp_path / "access.log"), "--db", tmp_path / "db.duckdb"))
    assert "\x1b" not in ran.out + ran.err
    assert ran.err == ""


def test_the_terminal_cannot_show_every_character(tmp_path: Path) -> None:
    """Output never fails for its encoding."""
    import os

    path = log(tmp_path / "access.log", (squid(second, user="zoë") for second in range(5)))
    ran = in_process("scan", path, "--db", tmp_path / "db.duckdb", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert ran.code == 0
    assert "zo\\xeb" in ran.out
