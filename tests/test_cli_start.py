"""What commands load: the libraries that they use and no others, for loading is most of a start."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.audit.offices import Row, miui
from tests.desk import IN_TIME, ROOT, Desk
from tests.test_cli_process import HEAVY

OF_THEIR_OWN = {*HEAVY, "apprise", "botocore", "cryptography", "obstore", "pypinyin", "requests"}
"""Each takes tens of milliseconds or more to load."""
USED = {
    ("init",): set[str](),
    ("check",): {"sqlalchemy"},
    ("custody", "--verify"): {"sqlalchemy"},
    ("explain", "陈建国"): {"sqlalchemy"},
    ("ingest", "--as-of", IN_TIME): {"sqlalchemy"},
    ("remembered",): {"sqlalchemy"},
    ("report", "--format", "json"): {"sqlalchemy"},
    ("report", "--format", "text"): {"rich", "sqlalchemy"},
    ("report", "--format", "html"): {"jinja2", "sqlalchemy"},
    ("search", "陈", "--format", "json"): {"sqlalchemy"},
    ("status",): {"sqlalchemy"},
    ("verify",): {"sqlalchemy"},
}
"""In an office without a mirror, whose recordings are all taken in."""
MOST_MODULES = 650
"""Of all, Python's own too: SQLAlchemy has a third of them."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("desk"), language="zh")
    desk.office.record(miui("陈建国", "15405381201"))
    desk.office.sheet(Row("陈建国", "15405381201"))
    loaded(desk.config, "ingest", "--as-of", IN_TIME)
    loaded(desk.config, "search", "陈")  # which enters what is new into what is searched
    return desk


def loaded(config: Path, *command: str) -> set[str]:
    """The modules that a command loads."""
    where = [] if command == ("init",) else ["--config", str(config)]
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "cli", *where, *command],
        cwd=ROOT if where else config.parent,
        env=None if where else {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert "Traceback" not in done.stderr
    return set(re.findall(r"\|\s+([\w.]+)$", done.stderr, re.MULTILINE))


@pytest.mark.parametrize("command", list(USED), ids=" ".join)
def test_a_command_loads_the_libraries_that_it_uses(desk: Desk, command: tuple[str, ...]) -> None:
    modules = loaded(desk.config, *command)
    heavy = {name.split(".")[0] for name in modules} & OF_THEIR_OWN
    assert heavy == USED[command]
    assert len(modules) <= MOST_MODULES


def test_of_the_commands_modules_that_of_the_command_alone_is_loaded() -> None:
    told = "print(*(name for name in cli._MODULES if f'commands.{name}' in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, cli; cli.main.commands['init']; {told}"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.split() == ["setting_up"]
