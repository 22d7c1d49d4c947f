"""An archive that is older than its mirror: its history must not fork there."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import pytest

from commands.exit_codes import DONE, FAILED, NEEDS_A_PERSON
from tests.audit.offices import DAY, NEXT_DAY, Row, miui
from tests.desk import Desk
from tests.s3_server import S3Server

LATER = date(2026, 11, 18)
UNKNOWN = "a custody file that this archive does not know"


class Mirrored(Desk):
    """A bucket and a folder on a NAS are its mirrors."""

    def __init__(self, folder: Path, server: S3Server, nas: Path) -> None:
        first = f'[mirror]\nbucket = "{server.bucket}"\nendpoint_url = "{server.endpoint_url}"\n'
        first += 'region = "us-east-1"\naddressing_style = "path"\n'
        super().__init__(folder, more=f"{first}[[mirrors]]\nname = 'nas'\nfolder = '{nas}'\n")
        self.places = (server.folder / server.bucket, nas)
        self.backup = folder / "backup"

    def hand_over(self, name: str, number: str, day: date = DAY) -> None:
        self.office.record(miui(name, number, day=day), day=day)
        self.office.sheet(Row(name, number), day=day, source=f"{day}/{name}.xlsx")

    def ingest(self, day: date = DAY) -> tuple[int, str]:
        done = self.run("ingest", "--as-of", f"{day}T16:30")
        return done.exit_code, done.stderr

    def back_up(self) -> None:
        shutil.copytree(self.archive, self.backup)

    def put_back(self) -> None:
        shutil.rmtree(self.archive)
        shutil.copytree(self.backup, self.archive)

    def objects(self) -> Mapping[str, bytes]:
        return {
            str(path): path.read_bytes()
            for place in self.places
            for path in place.rglob("*")
            if path.is_file()
        }

    def rebuilt(self, using: str) -> None:
        """As the sentence says: the folder is put aside, and made anew from the mirror."""
        self.archive.rename(self.archive.with_name(f"aside-{using}"))
        done = self.run("rebuild", "--using", using)
        assert done.exit_code == DONE, done.output


@pytest.fixture
def desk(tmp_path: Path, server: S3Server, nas: Path) -> Mirrored:
    desk = Mirrored(tmp_path / "office", server, nas)
    desk.hand_over("陈建国", "15405381201")
    assert desk.ingest() == (DONE, "")
    return desk


def names(desk: Desk) -> Iterable[str]:
    return {path.split("/")[0] for path in desk.tree() if path.endswith(".mp3")}


def test_where_a_backup_was_put_back_nothing_is_sent(desk: Mirrored) -> None:
    desk.back_up()
    desk.hand_over("刘海燕", "13869170000", NEXT_DAY)
    assert desk.ingest(NEXT_DAY) == (DONE, "")
    desk.put_back()
    before = desk.objects()
    desk.hand_over("王强", "13869170005", LATER)
    for _ in range(2):
        code, told = desk.ingest(LATER)
        assert code == NEEDS_A_PERSON
        assert told.count(UNKNOWN) == 2
    assert desk.run("repair").stderr.count(UNKNOWN) == 2
    verified = desk.run("verify")
    assert (verified.exit_code, verified.stdout.count(UNKNOWN)) == (NEEDS_A_PERSON, 2)
    assert desk.objects() == before
    assert "王强" in names(desk)
    found = {
        one["code"]: one["message"] for one in desk.told("report", "--date", str(LATER))["findings"]
    }
    assert UNKNOWN in found["mirror_pending"]
    desk.rebuilt("mirror")
    assert desk.ingest(LATER) == (DONE, "")
    assert names(desk) == {"陈建国", "刘海燕", "王强"}
    assert desk.run("check").exit_code == DONE
    desk.rebuilt("nas")
    assert desk.run("custody", "--verify").exit_code == DONE


@pytest.mark.parametrize(
    ("clock", "later"), [("2027-05-01", LATER), ("2026-11-16", date(2020, 1, 1))]
)
def test_a_clock_that_was_wrong_before_or_after_the_backup_hides_nothing(
    desk: Mirrored, clock: str, later: date
) -> None:
    """Custody files lie under their dates: the mirror's later ones would lie before the last."""
    desk.hand_over("王强", "13869170005")
    assert desk.ingest(date.fromisoformat(clock)) == (DONE, "")
    desk.back_up()
    desk.hand_over("刘海燕", "13869170000", NEXT_DAY)
    assert desk.ingest(later) == (DONE, "")
    desk.put_back()
    before = desk.objects()
    code, told = desk.ingest(LATER)
    assert (code, told.count(UNKNOWN)) == (NEEDS_A_PERSON, 2)
    assert desk.objects() == before


def test_a_legal_hold_that_the_backup_does_not_know_is_not_written_over(desk: Mirrored) -> None:
    """On the same day: the files that fork have the same name."""
    desk.back_up()
    assert desk.run("hold", "add", "陈建国").exit_code == DONE
    assert desk.ingest() == (DONE, "")
    desk.put_back()
    desk.hand_over("王强", "13869170005")
    before = desk.objects()
    code, told = desk.ingest()
    assert (code, told.count(UNKNOWN)) == (NEEDS_A_PERSON, 2)
    assert desk.objects() == before
    desk.rebuilt("mirror")
    assert desk.ingest() == (DONE, "")
    assert "陈建国" in desk.run("hold", "list").stdout


def test_check_tells_of_it_before_anything_is_taken_in(desk: Mirrored) -> None:
    desk.back_up()
    assert desk.run("check").exit_code == DONE
    desk.hand_over("刘海燕", "13869170000", NEXT_DAY)
    desk.ingest(NEXT_DAY)
    desk.put_back()
    told = desk.run("check")
    assert told.exit_code == NEEDS_A_PERSON
    assert told.stdout.count(UNKNOWN) == 2


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("day", [DAY, NEXT_DAY])
def test_a_new_computer_does_not_begin_a_second_history(
    tmp_path: Path, server: S3Server, nas: Path, day: date
) -> None:
    new = Mirrored(tmp_path / "new", server, nas)
    before = new.objects()
    assert new.run("check").stdout.count(UNKNOWN) == 2
    new.hand_over("陈建国", "15405381201")
    new.hand_over("刘海燕", "13869170000", day)
    code, told = new.ingest(day)
    assert (code, told.count(UNKNOWN)) == (NEEDS_A_PERSON, 2)
    assert new.objects() == before
    new.rebuilt("mirror")
    assert new.ingest(day) == (DONE, "")
    assert names(new) == {"陈建国", "刘海燕"}


def test_two_computers_at_one_mirror_do_not_go_on(
    desk: Mirrored, tmp_path: Path, server: S3Server, nas: Path
) -> None:
    second = Mirrored(tmp_path / "second", server, nas)
    assert second.run("rebuild", "--mirror").exit_code == DONE
    desk.hand_over("刘海燕", "13869170000", NEXT_DAY)
    assert desk.ingest(NEXT_DAY) == (DONE, "")
    second.hand_over("王强", "13869170005", NEXT_DAY)
    assert UNKNOWN in second.ingest(NEXT_DAY)[1]
    assert desk.run("custody", "--verify").exit_code == DONE


def test_one_that_is_behind_is_brought_up(desk: Mirrored, nas: Path) -> None:
    away = nas.rename(nas.with_name("unplugged"))
    desk.hand_over("刘海燕", "13869170000", NEXT_DAY)
    assert desk.ingest(NEXT_DAY)[0] == NEEDS_A_PERSON
    away.rename(nas)
    assert desk.run("check").exit_code == DONE
    assert desk.ingest(NEXT_DAY) == (DONE, "")
    desk.rebuilt("nas")
    assert names(desk) == {"陈建国", "刘海燕"}


def test_nothing_is_rebuilt_from_one_that_is_behind_another(
    desk: Mirrored, nas: Path, server: S3Server
) -> None:
    away = nas.rename(nas.with_name("unplugged"))
    desk.hand_over("刘海燕", "13869170000", NEXT_DAY)
    desk.ingest(NEXT_DAY)
    away.rename(nas)
    desk.archive.rename(desk.archive.with_name("aside"))
    refused = desk.run("rebuild", "--using", "nas")
    assert refused.exit_code == FAILED
    assert "callvault rebuild --using mirror" in refused.stderr
    assert not desk.archive.exists()
    server.stop()
    told = desk.run("rebuild", "--using", "nas")
    assert told.exit_code == DONE, told.output
    assert 'the mirror "mirror" could not be asked' in told.stderr
    server.start()
    before = desk.objects()
    code, said = desk.ingest(NEXT_DAY)
    assert (code, said.count(UNKNOWN)) == (NEEDS_A_PERSON, 1)
    assert {key: one for key, one in desk.objects().items() if key in before} == before
    desk.rebuilt("mirror")
    assert names(desk) == {"陈建国", "刘海燕"}


def test_a_mirror_in_which_history_has_forked_can_be_rebuilt_from(desk: Mirrored) -> None:
    """As could happen before it was refused."""
    desk.back_up()
    desk.hand_over("刘海燕", "13869170000", NEXT_DAY)
    desk.ingest(NEXT_DAY)
    desk.put_back()
    hidden = {}
    for place in desk.places:
        for path in (place / f".callvault/custody/{NEXT_DAY}").iterdir():
            hidden[path] = path.read_bytes()
            path.unlink()
    desk.hand_over("王强", "13869170005", LATER)
    assert desk.ingest(LATER) == (DONE, "")
    for path, contents in hidden.items():
        path.write_bytes(contents)
    desk.archive.rename(desk.archive.with_name("aside"))
    told = desk.run("rebuild", "--mirror")
    assert told.exit_code == FAILED
    assert "two custody files of number 3" in told.stderr
    custody = desk.archive / ".callvault/custody"
    aside = desk.archive / ".callvault/aside/custody"
    aside.mkdir(parents=True)
    (custody / str(NEXT_DAY)).rename(aside / str(NEXT_DAY))
    again = desk.run("rebuild", "--mirror")
    assert again.exit_code == DONE, again.output
    assert names(desk) == {"陈建国", "刘海燕", "王强"}
    assert desk.run("verify").exit_code == DONE
    desk.hand_over("孙丽", "13869170009", LATER)
    assert desk.ingest(LATER) == (DONE, "")
