"""What installing, removing and asking after the daemon's service means on each system. Pure.

Each has a file that describes the service and a program of the system's that is told of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from ingest.launch_agent import agent
from ingest.scheduled_task import task, windowless
from ingest.systemd_unit import unit

Command = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class User:
    """For whom the service is."""

    name: str
    """As the system knows them; on Windows with their domain."""
    number: int
    home: PurePath
    config: PurePath
    """Where their programs keep settings."""
    temporary: PurePath


@dataclass(frozen=True, slots=True)
class Plan:
    file: PurePath
    content: bytes
    """What is written into `file`."""
    stays: bool
    """The system reads the file again at each start; else it is only handed over by it."""
    before: tuple[Command, ...]
    """Run before installing; that they fail does not matter."""
    install: tuple[Command, ...]
    end: tuple[Command, ...]
    """Run before removing; that they fail does not matter."""
    remove: tuple[Command, ...]
    """Run once the file is gone."""
    ask: Command
    """Succeeds where the system has the service."""


def plan(system: str, name: str, user: User, program: Sequence[str], folder: str) -> Plan:
    """`system` is `linux`, `darwin` or `win32`; `program` with its arguments is run in `folder`."""
    if system == "win32":
        return _windows(name, user, [windowless(program[0]), *program[1:]], folder)
    if system == "darwin":
        return _macos(name, user, program, folder)
    return _linux(name, user, program, folder)


def user_of(
    environment: Mapping[str, str], number: int, home: PurePath, temporary: PurePath, system: str
) -> User:
    if system == "win32":
        domain, name = environment.get("USERDOMAIN", ""), environment.get("USERNAME", "")
        name = f"{domain}\\{name}" if domain else name
    else:
        name = environment.get("USER", "")
    config = environment.get("XDG_CONFIG_HOME")
    return User(name, number, home, home / (config or ".config"), temporary)


def _linux(name: str, user: User, program: Sequence[str], folder: str) -> Plan:
    service, control = f"{name}.service", ("systemctl", "--user")
    return Plan(
        file=user.config / "systemd" / "user" / service,
        content=unit(program, folder).encode(),
        stays=True,
        before=(),
        install=(
            (*control, "daemon-reload"),
            (*control, "enable", service),
            (*control, "restart", service),
        ),
        end=((*control, "disable", "--now", service),),
        remove=((*control, "daemon-reload"),),
        ask=(*control, "is-enabled", service),
    )


def _macos(name: str, user: User, program: Sequence[str], folder: str) -> Plan:
    domain = f"gui/{user.number}"
    file = user.home / "Library" / "LaunchAgents" / f"{name}.plist"
    away = (("launchctl", "bootout", f"{domain}/{name}"),)
    return Plan(
        file=file,
        content=agent(name, program, folder),
        stays=True,
        before=away,
        install=(("launchctl", "bootstrap", domain, str(file)),),
        end=away,
        remove=(),
        ask=("launchctl", "print", f"{domain}/{name}"),
    )


def _windows(name: str, user: User, program: Sequence[str], folder: str) -> Plan:
    file = user.temporary / f"{name}-task.xml"
    end = (("schtasks", "/End", "/TN", name),)
    return Plan(
        file=file,
        content=task(user.name, program, folder),
        stays=False,
        before=end,
        install=(
            ("schtasks", "/Create", "/TN", name, "/XML", str(file), "/F"),
            ("schtasks", "/Run", "/TN", name),
        ),
        end=end,
        remove=(("schtasks", "/Delete", "/TN", name, "/F"),),
        ask=("schtasks", "/Query", "/TN", name),
    )
