"""A computer that says that all its volumes are network shares, or that one folder is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archive import volumes

_READ = volumes._said


def said(path: str) -> str:
    """What /proc says, with every mount an NFS share."""
    return re.sub(r" - \S+ \S+ ", " - nfs4 nas:/calls ", _READ(path))


def as_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(volumes, "_said", said)


def mounted_at(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An NFS share is mounted at `folder`, and nowhere else."""
    line = f"99999 1 0:99 / {folder} rw - nfs4 nas:/calls rw\n"
    monkeypatch.setattr(volumes, "_said", lambda path: _READ(path) + line)
    monkeypatch.setattr(volumes, "_mount_of", lambda _: None)


IN_A_PROCESS = """
import sys
from archive import volumes
from tests.archive.shares import said
volumes._said = said
sys.argv[0] = "callvault"
from cli import main
main()
"""
"""`python -c` of it with a command's arguments runs that command on such a computer."""
