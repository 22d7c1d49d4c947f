"""Installing the service, asking after it and taking it away again, with the system's answers."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from config.language import LANGUAGES, Words
from ingest.errors import WordError
from ingest.service_plan import Command, User, plan
from ingest.service_told import Service, run, tell_service
from tests.ingest.small_office import office

PROGRAM = [sys.executable, "cli.py", "run"]


@dataclass
class System:
    """The system's programs: what they were told, and what they refuse."""

    folder: Path
    name: str = "linux"
    refuses: str = "\0"
    has_it: bool = True
    told: list[str] = field(default_factory=list)
    seen: list[bool] = field(default_factory=list)
    """Whether the file was there at each command."""

    def service(self, language: str = "en") -> Service:
        user = User("wang", 501, self.folder, self.folder / "config", self.folder / "tmp")
        wanted = plan(self.name, "callvault", user, PROGRAM, str(self.folder))
        return Service(wanted, Words(language), self.run, self.name)

    @property
    def file(self) -> Path:
        return Path(self.service().plan.file)

    def run(self, command: Command) -> str | None:
        self.told.append(" ".join(command))
        self.seen.append(self.file.exists())
        if command == self.service().plan.ask:
            return None if self.has_it else "not found"
        return "Access is denied" if self.refuses in self.told[-1] else None


@pytest.fixture
def system(tmp_path: Path) -> System:
    return System(tmp_path)


def test_installing_writes_the_unit_and_starts_it(system: System) -> None:
    told = system.service().install()
    assert told.exit_code == 0
    assert "callvault status" in told.output
    assert "enable-linger" in told.output
    assert system.file.read_text().startswith("[Unit]")
    assert system.told == [
        "systemctl --user daemon-reload",
        "systemctl --user enable callvault.service",
        "systemctl --user restart callvault.service",
    ]


def test_on_windows_the_file_is_there_only_while_it_is_handed_over(system: System) -> None:
    windows = replace(system, name="win32")
    told = windows.service().install()
    assert told.exit_code == 0
    assert "log on to Windows" in told.output
    assert windows.seen == [False, True, True]
    assert not windows.file.exists()
    assert windows.told[-1] == "schtasks /Run /TN callvault"


def test_on_macos_an_agent_that_is_there_is_replaced(system: System) -> None:
    mac = replace(system, name="darwin", refuses="bootout")
    assert mac.service().install().exit_code == 0
    assert [one.split()[1] for one in mac.told] == ["bootout", "bootstrap"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_system_refuses_is_told_with_what_to_do(system: System, language: str) -> None:
    system.refuses = "enable"
    told = system.service(language).install()
    assert told.exit_code == 1
    (note,) = told.notes
    assert "systemctl --user enable callvault.service" in note
    assert "Access is denied" in note
    assert "callvault run" in note
    assert "systemctl --user restart callvault.service" not in system.told


def test_removing_stops_it_and_takes_the_unit_away(system: System) -> None:
    system.service().install()
    system.refuses = "disable"  # it runs no more, or was never enabled
    told = system.service().remove()
    assert told.exit_code == 0
    assert not system.file.exists()
    assert system.told[-2:] == [
        "systemctl --user disable --now callvault.service",
        "systemctl --user daemon-reload",
    ]


def test_removing_what_the_system_does_not_know_leaves_no_file_either(system: System) -> None:
    system.service().install()
    system.has_it = False
    assert "removed" in system.service().remove().output
    assert not system.file.exists()
    told = system.service().remove()
    assert (told.exit_code, "not installed" in told.output) == (0, True)


def test_what_cannot_be_removed_is_told(system: System) -> None:
    windows = replace(system, name="win32", refuses="/Delete")
    told = windows.service().remove()
    assert told.exit_code == 1
    assert "Access is denied" in told.notes[0]


def test_whether_it_is_installed_is_told_by_the_exit_code_too(system: System) -> None:
    assert system.service().ask().exit_code == 0
    system.has_it = False
    told = system.service().ask()
    assert (told.exit_code, "callvault service install" in told.output) == (1, True)


def test_a_name_that_could_be_a_path_or_an_option_is_refused(tmp_path: Path) -> None:
    settings = replace(office(tmp_path).settings, source=tmp_path / "callvault.toml")
    for name in ("", "-x", "../x", "a/b", "a b", "张三"):
        with pytest.raises(WordError) as caught:
            tell_service(settings, Words("en"), "status", name, PROGRAM)
        for language in LANGUAGES:
            assert name in Words(language).say(caught.value.message)


def test_a_command_of_the_systems_is_run_and_its_last_words_are_told() -> None:
    fail = "import sys; print('first', file=sys.stderr); sys.exit('denied')"
    assert run((sys.executable, "-c", "pass")) is None
    assert run((sys.executable, "-c", fail)) == "denied"
    assert run((sys.executable, "-c", "raise SystemExit(5)")) == "exit 5"
    assert run(("/no/such/program",)) == "No such file or directory"


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_what_a_chinese_windows_says_can_be_read(encoding: str) -> None:
    says = f"sys.stderr.buffer.write('错误: 拒绝访问。'.encode({encoding!r}))"
    command = (sys.executable, "-c", f"import sys; {says}; sys.exit(1)")
    assert run(command, "gbk") == "错误: 拒绝访问。"
