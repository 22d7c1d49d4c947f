"""What stands in the way of a package, and proofs that cannot be had."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive import keeping
from archive.catalogue import log
from archive.catalogue.database import open_catalogue
from archive.catalogue.search import Query
from archive.custody import Event
from archive.errors import ArchiveError
from archive.stamping import Stamping
from archive.store import Store
from archive.timestamp import read
from audit.export import Wanted, export
from cli import FAILED
from tests.audit.offices import IN_TIME
from tests.audit.packages import by_program, desk_with, exported, stamping, tree
from tests.desk import Desk
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


def _exports(desk: Desk) -> int:
    with (
        closing(open_catalogue(desk.office.settings.catalogue.url)) as catalogue,
        catalogue.reading() as tx,
    ):
        return len(log.of_event(tx, "exported"))
