"""A computer that says that all its volumes are network shares."""

from __future__ import annotations

import re

import pytest

from archive import volumes

_READ = volumes._said


def said(path: str) -> str:
    """What /proc says, with every mount an NFS share."""
    return re.sub(r" - \S+ \S+ ", " - nfs4 nas:/calls ", _READ(path))


def as_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(volumes, "_said", said)


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
