"""A real office: recordings, sheets and custody files in its archive and in a real S3 bucket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from archive.catalogue.database import open_catalogue
from archive.fixity import Level, Place
from archive.layout import CUSTODY
from archive.repair import Mended, Repair
from archive.s3 import connect
from archive.store import Store
from audit.verification import Verified, Wanted, verify
from config.settings import Settings
from ingest.session import open_session
from tests.ingest.small_office import DAY, EVENING, office, recorded, sheet, sound
from tests.s3_server import S3Server

SURNAMES = "陈刘王赵孙李周吴郑冯"
_OWN = (".callvault/sheets/", f"{CUSTODY}/")


class World:
    """Its inbox is empty: what is bad in one place is good in the other or nowhere."""

    def __init__(self, folder: Path, server: S3Server, calls: int) -> None:
        self.desk = office(folder / "office").with_mirror(server.endpoint_url)
        self.bucket = server.folder / server.bucket
        self._fill(calls)
        self.pristine = {place: self.files(place) for place in Place}

    @property
    def settings(self) -> Settings:
        return self.desk.settings

    @property
    def database(self) -> Path:
        return self.desk.archive / ".callvault" / "catalogue.sqlite"

    def root(self, place: Place) -> Path:
        return self.desk.archive if place is Place.ARCHIVE else self.bucket

    def file(self, place: Place, path: str) -> Path:
        return self.root(place) / path

    def files(self, place: Place) -> Mapping[str, bytes]:
        """What is kept at a place, without the catalogue and what was put aside."""
        root = self.root(place)
        found = {}
        for path in sorted(root.rglob("*")):
            relative = path.relative_to(root).as_posix()
            if path.is_file() and (not relative.startswith(".") or relative.startswith(_OWN)):
                found[relative] = path.read_bytes()
        return found

    def verify(self, *places: Place, settings: Settings | None = None) -> Verified:
        """Every byte of everything, as the command does it."""
        wanted = Wanted(places, Level.CONTENTS, 1, 1, restart=False)
        settings = settings or self.settings
        with closing(open_catalogue(settings.catalogue.url, make=False)) as catalogue:
            return verify(catalogue, settings, wanted, _now, lambda *_: None)

    def repair(self) -> Sequence[Mended]:
        assert self.settings.mirror is not None
        objects = connect(self.settings.mirror)
        store, inbox = Store(self.desk.archive), self.desk.inbox
        with closing(open_catalogue(self.settings.catalogue.url)) as catalogue:
            return list(Repair(catalogue, store, objects, inbox, _now).run(None, dry_run=False))

    def _fill(self, calls: int) -> None:
        rows = []
        for number in range(calls):
            name = f"{SURNAMES[number % 10]}{'建海明丽国'[number // 10 % 5]}{chr(0x4E00 + number)}"
            phone, at = f"138{number:08d}", f"{9 + number // 50:02d}{number % 50:02d}07"
            self.desk.drop(recorded(name, phone, at), sound(number % 150)[: 1500 + 7 * number])
            if number % 4:
                rows.append((name, phone, f"{at[:2]}:{at[2:4]}"))
        for part in range(3):
            self.desk.drop(f"{DAY}/王芳/记录表{part}.csv", sheet(rows[part::3]))
            self.desk.ingest()  # each pass writes a custody file or two
        for path in sorted(self.desk.inbox.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()

    def write_down(self) -> None:
        """Brings the custody files up to the catalogue."""
        with open_session(self.settings) as session:
            session.mirror(_now, everything=True)


def _now() -> datetime:
    return EVENING
