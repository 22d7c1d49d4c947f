"""The daemon as a unit of systemd for one user (Linux). Pure."""

from __future__ import annotations

from collections.abc import Sequence

_UNIT = """\
[Unit]
Description=callvault: call recordings kept as evidence
StartLimitIntervalSec=0

[Service]
ExecStart={command}
WorkingDirectory={folder}
Restart=on-failure
RestartSec=30
# Wrong settings do not become right by themselves: the log says what is wrong with them.
RestartPreventExitStatus=2
TimeoutStopSec=120

[Install]
WantedBy=default.target
"""


def unit(program: Sequence[str], folder: str) -> str:
    """The unit's text: `program` with its arguments, run in `folder`."""
    command = " ".join(_quoted(part) for part in program)
    return _UNIT.format(command=command, folder=folder.replace("%", "%%"))


def _quoted(part: str) -> str:
    r"""As one argument, whatever it has: blanks, `"`, `\`, and what systemd would replace."""
    escaped = part.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'
