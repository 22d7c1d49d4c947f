"""The daemon as a task of Windows' Task Scheduler, begun when its user logs on. Pure.

It looks every five minutes whether the daemon runs, and starts it where it does not: the Task
Scheduler takes a process that was killed for one that ended, and restarts only what did not start.
A task that begins before anybody logs on would have to keep a password, or could reach no share.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from subprocess import list2cmdline
from xml.etree import ElementTree as ET

_SPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
_SETTINGS = {
    "MultipleInstancesPolicy": "IgnoreNew",
    "DisallowStartIfOnBatteries": "false",
    "StopIfGoingOnBatteries": "false",
    "AllowHardTerminate": "true",
    "StartWhenAvailable": "true",
    "RunOnlyIfNetworkAvailable": "false",
    "AllowStartOnDemand": "true",
    "Enabled": "true",
    "Hidden": "false",
    "RunOnlyIfIdle": "false",
    "WakeToRun": "false",
    "ExecutionTimeLimit": "PT0S",  # none
    "Priority": "6",  # an ordinary program's; by default it would be a background one's
}


def task(user: str, program: Sequence[str], folder: str) -> bytes:
    """The task as `schtasks /Create /XML` takes it, UTF-16 with its mark of the byte order.

    `user` logs on; `program` with its arguments is run in `folder`.
    """
    root = ET.Element("Task", version="1.2", xmlns=_SPACE)
    about = ET.SubElement(root, "RegistrationInfo")
    _fill(about, {"Description": "callvault: call recordings kept as evidence"})
    triggers = ET.SubElement(root, "Triggers")
    _fill(ET.SubElement(triggers, "LogonTrigger"), {"Enabled": "true", "UserId": user})
    ever = ET.SubElement(triggers, "TimeTrigger")  # while the user is logged on
    _fill(ever, {"Enabled": "true", "StartBoundary": "2026-01-01T00:00:00"})
    _fill(ET.SubElement(ever, "Repetition"), {"Interval": "PT5M"})
    principal = ET.SubElement(ET.SubElement(root, "Principals"), "Principal", id="Author")
    told = {"UserId": user, "LogonType": "InteractiveToken", "RunLevel": "LeastPrivilege"}
    _fill(principal, told)
    settings = ET.SubElement(root, "Settings")
    _fill(settings, _SETTINGS)
    _fill(ET.SubElement(settings, "RestartOnFailure"), {"Interval": "PT1M", "Count": "255"})
    run = ET.SubElement(ET.SubElement(root, "Actions", Context="Author"), "Exec")
    command, *arguments = program
    said = {"Command": command, "Arguments": list2cmdline(arguments), "WorkingDirectory": folder}
    _fill(run, said)
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-16"?>\n{text}\n'.encode("utf-16")


def windowless(interpreter: str) -> str:
    """Python without a console window; a task's would stand on the screen all day."""
    if interpreter.lower().endswith("python.exe"):
        return f"{interpreter[: -len('python.exe')]}pythonw.exe"
    return interpreter


def _fill(parent: ET.Element, said: Mapping[str, str]) -> None:
    for name, text in said.items():
        ET.SubElement(parent, name).text = text
