"""Packages for tests: offices that export, and what others' tools say of what they made."""

from __future__ import annotations

import csv
import io
import logging
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import bagit

from tests.audit.offices import Row, miui
from tests.desk import IN_TIME, Desk
from tests.stamp_authority import StampAuthority

CHEN, LIU = Row("陈建国", "15405381201"), Row("刘海燕", "15405381204")
SUN = Row("孙志强", "15405381203", outcome="未接")
CALL = miui("陈建国", "15405381201")


def stamping(authority: StampAuthority) -> str:
    """What the settings say of an authority."""
    return f"timestamp_url = '{authority.url}'\ntimestamp_ca = '{authority.root}'\n"


def desk_with(folder: Path, *rows: Row, more: str = "") -> Desk:
    """An office that took in a sheet; Chen's one call was recorded, and a stranger's."""
    desk = Desk(folder, more=more)
    desk.office.record(CALL)
    desk.office.record(miui("工地老赵", "15405387777"))
    desk.office.sheet(*(rows or (CHEN, LIU, SUN)))
    assert desk.run("ingest", "--as-of", IN_TIME, NO_PROXY="*").exit_code == 3
    return desk


def exported(desk: Desk, target: Path, *asked: str) -> Path:
    done = desk.run("export", *asked, "-o", str(target))
    assert done.exit_code == 0, done.output
    return target


def tree(folder: Path) -> Mapping[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def table(package: Path, name: str) -> list[dict[str, str]]:
    text = (package / f"{name}.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def by_bagit(package: Path) -> list[str]:
    """What bagit-python finds wrong; nothing, where it calls the bag valid."""
    logging.getLogger("bagit").setLevel(logging.CRITICAL)
    try:
        bagit.Bag(str(package)).validate()
    except bagit.BagValidationError as error:
        return [str(one) for one in error.details] or [str(error)]
    except (bagit.BagError, ValueError, OSError) as error:
        return [str(error) or type(error).__name__]
    return []


def by_sha256sum(package: Path, *files: str) -> list[str]:
    """What sha256sum says of these lists, as README.html tells to ask it."""
    lists = files or ("tagmanifest-sha256.txt", "manifest-sha256.txt")
    done = subprocess.run(
        ["sha256sum", "--strict", "--quiet", "-c", *lists],
        cwd=package,
        capture_output=True,
        check=False,
        env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
    )
    said = (done.stdout + done.stderr).decode(errors="replace").splitlines()
    assert bool(said) == bool(done.returncode)
    return said


def by_program(package: Path, program: Path | None = None) -> list[str]:
    """What `verify.py` says is wrong, in a Python that has nothing but its own library."""
    script = program or package / "verify.py"
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(script), str(package)], capture_output=True, check=False
    )
    said = done.stdout.decode().splitlines()
    assert done.stderr == b""
    wrong = [line for line in said if line.startswith("✗")]
    assert bool(wrong) == bool(done.returncode)
    return wrong


def flip(path: Path, bit: int) -> None:
    """Turns one bit of a file over."""
    contents = bytearray(path.read_bytes())
    contents[bit // 8] ^= 1 << bit % 8
    path.write_bytes(bytes(contents))


SHA256SUM = shutil.which("sha256sum")
WITHOUT_SHA256SUM = "there is no sha256sum on this computer"
