"""The daemon as a launchd agent for one user (macOS). Pure."""

from __future__ import annotations

import plistlib
from collections.abc import Sequence


def agent(label: str, program: Sequence[str], folder: str) -> bytes:
    """The property list: `program` with its arguments, run in `folder`."""
    return plistlib.dumps(
        {
            "Label": label,
            "ProgramArguments": list(program),
            "WorkingDirectory": folder,
            "RunAtLoad": True,
            "KeepAlive": {"SuccessfulExit": False},
            "ThrottleInterval": 30,
            "ExitTimeOut": 120,
            "ProcessType": "Background",
        },
        sort_keys=False,
    )
