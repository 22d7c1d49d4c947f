"""A desk whose mirrors are encrypted on this computer, and what they hold."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from commands.exit_codes import DONE, NEEDS_A_PERSON
from tests.audit.offices import Row, miui
from tests.desk import IN_TIME, Desk
from tests.s3_server import S3Server

CHEN = Row("陈建国", "15405381201")
CALL = miui("陈建国", "15405381201")
STRANGER = miui("工地老赵", "15405387777")
MODES = {"first": (), "nas": ("--using", "nas")}


class SealedDesk(Desk):
    """The first mirror is a bucket, the other one a folder; each has a key of its own."""

    def __init__(self, folder: Path, server: S3Server, nas: Path) -> None:
        super().__init__(folder)
        self.server, self.nas = server, nas
        self.bucket = server.folder / server.bucket
        self.plain = self.config.read_text(encoding="utf-8")
        self.keys = {name: folder / f"{name}.key" for name in ("first", "nas", "other")}
        for key in self.keys.values():
            if not key.exists():
                assert self.run("new-key", str(key)).exit_code == DONE
        self.set(first="first", nas="nas")

    def set(self, *, first: str | None, nas: str | None) -> None:
        """Which key each mirror's settings name."""
        self.config.write_text(
            f'{self.plain}[mirror]\nbucket = "{self.server.bucket}"\n'
            f'endpoint_url = "{self.server.endpoint_url}"\nregion = "us-east-1"\n'
            f'addressing_style = "path"\n{_key_file(first)}'
            f"[[mirrors]]\nname = 'nas'\nfolder = '{self.nas}'\n{_key_file(nas)}",
            encoding="utf-8",
        )

    def password(self, name: str) -> str:
        return self.keys[name].read_text(encoding="utf-8").strip()

    def ingest(self) -> None:
        done = self.run("ingest", "--as-of", IN_TIME)
        assert done.exit_code in (DONE, NEEDS_A_PERSON), done.output
        assert done.stderr == ""

    def kept(self) -> Mapping[str, bytes]:
        """Recordings, sheets and custody files, by their paths in the archive."""
        every = (path for path in sorted(self.archive.rglob("*")) if path.is_file())
        found = {path.relative_to(self.archive).as_posix(): path.read_bytes() for path in every}
        own = (".callvault/sheets/", ".callvault/custody/")
        return {
            path: contents
            for path, contents in found.items()
            if not path.startswith(".callvault/") or path.startswith(own)
        }

    def lose_the_computer(self) -> None:
        shutil.rmtree(self.archive)
        shutil.rmtree(self.inbox)
        self.inbox.mkdir()
        (self.config.parent / "callvault.toml.archive").unlink(missing_ok=True)


def _key_file(name: str | None) -> str:
    return f"key_file = '{name}.key'\n" if name else ""


def contents_of(folder: Path) -> Mapping[str, bytes]:
    every = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in every}


def objects(desk: SealedDesk) -> Mapping[str, bytes]:
    """What both mirrors hold, by place and key."""
    in_nas = contents_of(desk.nas)
    return {f"bucket/{key}": one for key, one in contents_of(desk.bucket).items()} | {
        f"nas/{key}": one for key, one in in_nas.items() if not key.startswith(".callvault-mirror/")
    }
