"""What stands in the way of a package, and proofs that cannot be had."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive import keeping
from archive.catalogue import log, recordings
from archive.catalogue.database import open_catalogue
from archive.catalogue.search import Query
from archive.custody import Event
from archive.errors import ArchiveError
from archive.stamping import Stamping
from archive.store import Store
from archive.timestamp import read
from audit.export import Wanted, export
from commands.exit_codes import FAILED
from tests.audit.offices import IN_TIME
from tests.audit.packages import by_program, desk_with, exported, stamping, tree
from tests.desk import Desk, finish
from tests.stamp_authority import OPENSSL, WITHOUT_OPENSSL, StampAuthority


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StampAuthority]:
    if OPENSSL is None:
        pytest.skip(WITHOUT_OPENSSL)
    with StampAuthority(tmp_path_factory.mktemp("stamps") / "authority") as authority:
        yield authority


def paths(package: Path) -> list[list[str]]:
    """The way up of each entry that is told."""
    lines = (package / "custody/entries.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["path"] for line in lines]


def stamped(package: Path) -> list[str]:
    return [one for one in tree(package) if one.endswith(".tsr")]


def test_an_anchor_that_got_no_stamp_proves_nothing_and_is_not_told(
    authority: StampAuthority, tmp_path: Path
) -> None:
    authority.reply = lambda _: (503, [])
    desk = desk_with(tmp_path / "office", more=f"[custody]\n{stamping(authority)}")
    authority.reply = authority.answer
    package = exported(desk, tmp_path / "out")
    assert not any(paths(package))
    assert stamped(package) == []
    assert by_program(package) == []


def test_an_anchor_in_a_file_with_others_entries_is_kept_back(
    authority: StampAuthority, tmp_path: Path
) -> None:
    desk = desk_with(tmp_path / "office")
    store = Store(desk.archive)
    with closing(open_catalogue(desk.office.settings.catalogue.url)) as catalogue:
        with catalogue.transaction() as tx:
            anchor = Event("anchored", "0" * 64, {"first": 1, "last": 5})
            log.append(tx, [Event("verified", "1" * 64, {}), anchor], IN_TIME)
        keeping.keep(catalogue, store, IN_TIME)
        stamps = Stamping(
            catalogue,
            store,
            lambda contents, sha256: read(authority.token(authority.query(contents)), sha256),
            timedelta(0),
        )
        assert stamps.stamp(datetime.now(UTC)).new == 1
    package = exported(desk, tmp_path / "out")
    assert not any(paths(package))
    assert len(stamped(package)) == 1  # which can be verified by its digest
    assert not list((package / "custody").glob("0*.jsonl"))
    assert by_program(package) == []


def test_an_altered_custody_file_is_never_given_out(
    authority: StampAuthority, tmp_path: Path
) -> None:
    desk = desk_with(tmp_path / "office", more=f"[custody]\n{stamping(authority)}")
    (stamp,) = (desk.archive / ".callvault/custody").rglob("*.tsr")
    file = stamp.with_suffix(".jsonl")
    file.write_bytes(file.read_bytes().replace(b"+08:00", b"+09:00", 1))
    done = desk.run("export", "-o", str(tmp_path / "out"))
    assert done.exit_code == FAILED
    assert "custody file" in done.stderr


def _altered(desk: Desk, change: str) -> None:
    with (
        closing(open_catalogue(desk.office.settings.catalogue.url)) as catalogue,
        catalogue.transaction() as tx,
    ):
        assert tx.exec_driver_sql(change).rowcount > 0


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE custody SET entry = replace(entry, '王芳', '李娜') WHERE event = 'admitted'",
        "UPDATE custody SET hash = previous WHERE entry LIKE '%工地老赵%'",  # beside what goes in
        """UPDATE custody SET entry = replace(entry, '"first":1', '"first":2')
        WHERE event = 'anchored'""",
    ],
)
def test_a_log_that_was_altered_is_never_given_out(
    authority: StampAuthority, tmp_path: Path, change: str
) -> None:
    desk = desk_with(tmp_path / "office", more=f"[custody]\n{stamping(authority)}")
    _altered(desk, change)
    done = desk.run("export", "--customer", "陈建国", "-o", str(tmp_path / "out"))
    assert done.exit_code == FAILED
    assert "the custody log in the catalogue does not hold" in done.stderr
    assert not (tmp_path / "out").exists()


def test_certificates_that_are_gone_are_told(tmp_path: Path) -> None:
    pem = tmp_path / "root.pem"
    pem.write_bytes(b"certificates")
    desk = desk_with(tmp_path / "office")
    text = desk.config.read_text(encoding="utf-8")
    more = f"[custody]\ntimestamp_url = 'http://127.0.0.1:9/'\ntimestamp_ca = '{pem}'\n"
    desk.config.write_text(text + more, encoding="utf-8")
    pem.unlink()
    done = desk.run("export", "-o", str(tmp_path / "out"))
    assert done.exit_code != 0
    assert "root.pem" in done.stderr
    assert not (tmp_path / "out").exists()


def test_where_nothing_can_be_written_that_is_told(tmp_path: Path) -> None:
    desk = desk_with(tmp_path / "office")
    (tmp_path / "file").write_bytes(b"mine")
    done = desk.run("export", "-o", str(tmp_path / "file/out"))
    assert done.exit_code == FAILED
    assert "cannot be written" in done.stderr
    assert (tmp_path / "file").read_bytes() == b"mine"


@pytest.mark.parametrize("name", ["out", "out.zip"])
def test_what_comes_to_its_place_meanwhile_is_not_overwritten(tmp_path: Path, name: str) -> None:
    desk = desk_with(tmp_path / "office")
    target = tmp_path / "packages" / name
    before = _exports(desk)

    def interfere(step: str, _done: int, _total: int) -> None:
        if step == "export" and not target.exists():
            if target.suffix:
                target.write_bytes(b"mine")
            else:
                target.mkdir()
                (target / "mine").write_bytes(b"mine")

    wanted = Wanted(Query(), target, with_sheets=True, by="me", version="1")
    settings = desk.office.settings
    with (
        closing(open_catalogue(settings.catalogue.url)) as catalogue,
        pytest.raises(ArchiveError) as raised,
    ):
        export(catalogue, settings, wanted, IN_TIME, interfere)
    assert raised.value.message.key in ("export.taken", "export.cannot_write")
    assert list(tree(tmp_path / "packages").values()) == [b"mine"]
    assert _exports(desk) == before + 1  # it was made, and so it is logged


@pytest.mark.parametrize("name", ["link", "nowhere"])
def test_a_link_is_refused_before_anything_is_copied(tmp_path: Path, name: str) -> None:
    desk = desk_with(tmp_path / "office")
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "there")
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    before = _exports(desk)
    done = desk.run("export", "-o", str(tmp_path / name))
    assert done.exit_code == FAILED
    assert "Name a new folder in it" in done.stderr
    assert _exports(desk) == before


@pytest.mark.skipif(sys.platform == "win32", reason="a console is not closed by a signal there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", None)])
def test_where_the_window_is_closed_no_half_package_stays(
    tmp_path: Path, number: signal.Signals
) -> None:
    if signal.getsignal(number) is signal.SIG_IGN:
        pytest.skip("whoever started the tests has it ignored, as nohup does, and so may callvault")
    desk = desk_with(tmp_path / "office")
    desk.run("search")  # so that what waits for the lock is the very last step
    packages = tmp_path / "packages"
    with (
        closing(open_catalogue(desk.office.settings.catalogue.url)) as catalogue,
        catalogue.transaction(),
    ):
        process = desk.start("export", "-o", str(packages / "out"))
        while not list(packages.glob(".callvault-export-*/*")):
            assert process.poll() is None
        process.send_signal(number)
    code, _, said = finish(process)
    assert (code, "no half package" in said) == (FAILED, True)
    assert list(packages.iterdir()) == []


def test_of_what_a_killed_export_left_beside_a_package_that_is_told(tmp_path: Path) -> None:
    desk = desk_with(tmp_path / "office")
    left = tmp_path / "packages/.callvault-export-k1lled"
    left.mkdir(parents=True)
    done = desk.run("export", "-o", str(left.parent / "out"))
    assert f"{left}, a package that" in done.stdout
    (told,) = desk.told("export", "-o", str(left.parent / "again"))["unfinished"]
    assert told == str(left)
    assert left.exists()  # another export may be running


@pytest.mark.parametrize("harm", ["moved", "moving"])
def test_a_recording_that_is_moved_meanwhile_is_to_be_exported_again(
    tmp_path: Path, harm: str
) -> None:
    desk = desk_with(tmp_path / "office")
    settings, store = desk.office.settings, Store(desk.archive)
    target = tmp_path / "packages/out"
    with closing(open_catalogue(settings.catalogue.url)) as catalogue:
        with catalogue.reading() as tx:
            last = max(recordings.by_ids(tx, [1, 2]), key=lambda one: one.path)
        moved = replace(last, target="刘海燕/2026-11-16/moved.mp3")

        def move(_step: str, _done: int, _total: int) -> None:
            if store.exists(last.path) and list((tmp_path / "packages").glob(".callvault-*/*/*")):
                with catalogue.transaction() as tx:
                    recordings.aim(tx, last.id, moved.target)
                store.move(last.path, str(moved.target))
                if harm == "moved":
                    with catalogue.transaction() as tx:
                        recordings.arrive(tx, moved, True, IN_TIME, False)

        wanted = Wanted(Query(), target, with_sheets=True, by="me", version="1")
        with pytest.raises(ArchiveError) as raised:
            export(catalogue, settings, wanted, IN_TIME, move)
    assert raised.value.message.key == "export.recording_moved"
    assert not target.exists()


def _exports(desk: Desk) -> int:
    with (
        closing(open_catalogue(desk.office.settings.catalogue.url)) as catalogue,
        catalogue.reading() as tx,
    ):
        return len(log.of_event(tx, "exported"))
