"""A pass has its custody files time-stamped, mirrors the tokens, and goes on where it gets none."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from shutil import rmtree

import pytest

from archive.catalogue import kept
from archive.catalogue.database import open_catalogue
from archive.layout import stamp_path
from archive.rebuilding import rebuild
from archive.repair import Repair
from archive.restoring import fetch_custody
from archive.s3 import connect
from archive.store import Store
from config.settings import Custody
from ingest.custody_told import tell_check
from ingest.desk import NEEDS_A_PERSON, Told
from tests.ingest.people import Person
from tests.ingest.small_office import EVENING, SHEET, SmallOffice, office, recorded, sheet, sound
from tests.s3_server import S3Server
from tests.stamp_authority import OPENSSL, WITHOUT_OPENSSL, StampAuthority

pytestmark = pytest.mark.skipif(OPENSSL is None, reason=WITHOUT_OPENSSL)

CALL = recorded("张三", "15400001001", "091207")


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StampAuthority]:
    monkeypatch.setenv("NO_PROXY", "*")
    with StampAuthority(tmp_path / "authority") as authority:
        yield authority


@pytest.fixture
def desk(tmp_path: Path, authority: StampAuthority) -> SmallOffice:
    """An office that has named an authority; a recording and its sheet are in the inbox."""
    desk = office(tmp_path / "office")
    desk.drop(CALL, sound(1))
    desk.drop(SHEET, sheet([("张三", "15400001001", "9:12")]))
    custody = Custody(authority.url, authority.root)
    return replace(desk, settings=replace(desk.settings, custody=custody))


@pytest.fixture
def mirrored(desk: SmallOffice, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallOffice]:
    with S3Server(desk.folder / "bucket") as server:
        server.sign_in(monkeypatch)
        yield desk.with_mirror(server.endpoint_url)


def newest(folder: Path) -> tuple[Path, Path]:
    """The last custody file, and where its token lies."""
    file = max((folder / ".callvault/custody").rglob("*.jsonl"), key=lambda path: path.name)
    return file, Path(stamp_path(str(file)))


def papers(desk: SmallOffice) -> list[tuple[str, str]]:
    """What the catalogue knows of, beside recordings."""
    url = desk.settings.catalogue.url
    with closing(open_catalogue(url)) as catalogue, catalogue.reading() as tx:
        return [(one.path, one.sha256) for one in kept.papers(tx)]


def test_the_newest_file_is_stamped_and_mirrored_with_its_token(
    mirrored: SmallOffice, authority: StampAuthority
) -> None:
    assert mirrored.ingest().problems == ()
    file, token = newest(mirrored.folder / "bucket/recordings")
    assert file.read_bytes() == newest(mirrored.archive)[0].read_bytes()
    assert authority.verifies(file, token)
    before = mirrored.rows()
    mirrored.ingest()
    assert (mirrored.rows(), authority.asked) == (before, 1)


def test_a_damaged_token_is_repaired_from_its_copy(
    mirrored: SmallOffice, authority: StampAuthority
) -> None:
    mirrored.ingest()
    file, token = newest(mirrored.archive)
    token.write_bytes(b"damaged")
    assert mirrored.settings.mirror is not None
    objects = connect(mirrored.settings.mirror)
    with closing(open_catalogue(mirrored.settings.catalogue.url)) as catalogue:
        store = Store(mirrored.archive)
        repair = Repair(catalogue, store, objects, mirrored.inbox, lambda: EVENING)
        assert len(list(repair.run(None, dry_run=False))) == 1
    assert authority.verifies(file, token)


def test_after_a_loss_the_token_is_known_again(
    mirrored: SmallOffice, authority: StampAuthority
) -> None:
    mirrored.ingest()
    before = [one for one in papers(mirrored) if "custody" in one[0]]
    assert [path[-4:] for path, _ in before].count(".tsr") == 1
    rmtree(mirrored.archive / ".callvault")
    assert mirrored.settings.mirror is not None
    store = Store(mirrored.archive)
    fetch_custody(store, connect(mirrored.settings.mirror))
    rebuild(store, mirrored.settings.catalogue.url, EVENING)
    assert [one for one in papers(mirrored) if "custody" in one[0]] == before
    assert authority.asked == 1


def test_without_a_token_all_else_is_done_and_a_later_pass_gets_one(
    desk: SmallOffice, authority: StampAuthority
) -> None:
    authority.reply = lambda _: (503, [])
    summary = desk.ingest()
    assert [one.key for one in summary.problems] == ["stamp.http_refused"]
    assert summary.needs_a_person
    assert desk.filed() == {CALL: "张三/2026-11-16"}
    authority.reply = authority.answer
    assert desk.ingest(EVENING + timedelta(days=1)).problems == ()
    assert authority.verifies(*newest(desk.archive))


def unreadable(token: Path) -> None:
    token.unlink()
    token.mkdir()


DOUBTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "it is gone": (Path.unlink, "is gone"),
    "it cannot be read": (unreadable, "cannot be read"),
    "it was altered": (lambda token: token.write_bytes(token.read_bytes()[:-9]), "was altered"),
    "another answer": (lambda token: token.write_bytes(token.read_bytes() + b" "), "was altered"),
}


@pytest.mark.parametrize("doubt", DOUBTS)
def test_no_time_stamp_is_told_that_is_not_there(desk: SmallOffice, doubt: str) -> None:
    """The catalogue alone says what anybody writes into it."""
    desk.ingest()
    whole = told(desk)
    assert "a time-stamp authority saw" in whole.output
    assert whole.notes == ()
    touch, why = DOUBTS[doubt]
    touch(newest(desk.archive)[1])
    doubted = told(desk)
    assert "a time-stamp authority saw" not in doubted.output
    assert why in "".join(doubted.notes)
    assert doubted.exit_code == NEEDS_A_PERSON


def test_a_time_stamp_of_another_authority_is_no_proof(desk: SmallOffice, tmp_path: Path) -> None:
    desk.ingest()
    with StampAuthority(tmp_path / "another") as another:
        custody = replace(desk.settings.custody, timestamp_ca=another.root)
        doubted = told(replace(desk, settings=replace(desk.settings, custody=custody)))
    assert "do not vouch" in "".join(doubted.notes)
    assert "a time-stamp authority saw" not in doubted.output
    nobody = replace(desk.settings.custody, timestamp_ca=None)
    believed = told(replace(desk, settings=replace(desk.settings, custody=nobody)))
    assert "a time-stamp authority saw" in believed.output


def told(desk: SmallOffice) -> Told:
    """`callvault custody --verify`."""
    return tell_check(Person(desk).desk, "text")


def test_an_earlier_time_that_somebody_wrote_into_the_catalogue_is_not_told(
    desk: SmallOffice,
) -> None:
    desk.ingest()
    with closing(sqlite3.connect(desk.archive / ".callvault/catalogue.sqlite")) as database:
        earlier = "datetime(stamped_at, '-1 year')"
        database.execute(f"UPDATE custody_file SET stamped_at = {earlier} || '.000000'")  # noqa: S608
        database.commit()
    doubted = told(desk)
    assert "was altered" in "".join(doubted.notes)
    assert "a time-stamp authority saw" not in doubted.output
