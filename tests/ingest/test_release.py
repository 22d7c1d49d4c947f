"""Sources in the inbox are released only on two copies that were verified just now."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from archive.proof import LIFE, prove
from config.language import LANGUAGES, Words
from ingest import release as release_module
from ingest.hold_told import tell_add, tell_release
from ingest.inbox_pass import Clock, Steps
from ingest.release import Released
from ingest.session import open_session
from ingest.summary import Summary
from tests.dying import killed
from tests.ingest.people import Person
from tests.ingest.small_office import (
    DAY,
    EVENING,
    SHEET,
    SmallOffice,
    office,
    recorded,
    sha256,
    sheet,
    sound,
    tree,
)
from tests.s3_server import S3Server

CHEN = recorded("陈建国", "15405381201", "091207")
LIU = recorded("刘海燕", "13869170000", "094011")
PRIVATE = recorded("妈妈", "15405389999", "120533")
COPY = f"{DAY}/李强/{Path(LIU).name}"
ROWS = [("陈建国", "15405381201", "9:12"), ("刘海燕", "13869170000", "9:40")]
SOUNDS = {CHEN: sound(1), LIU: sound(2), PRIVATE: sound(3), COPY: sound(2)}
SET = Clock(lambda: EVENING, own=False)
ANOTHER = bytes(reversed(sound(1)))
"""Other bytes, as many."""


@pytest.fixture(scope="module")
def quick() -> Iterator[Path]:
    """Many small syncs are quick in memory; any folder would do."""
    memory = Path("/dev/shm")  # noqa: S108
    with TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def one_server(quick: Path) -> Iterator[S3Server]:
    with S3Server(quick / "bucket") as server:
        yield server


@pytest.fixture
def server(one_server: S3Server, monkeypatch: pytest.MonkeyPatch) -> S3Server:
    one_server.sign_in(monkeypatch)
    return one_server


@pytest.fixture(scope="module")
def master(quick: Path, one_server: S3Server) -> SmallOffice:
    """Everything is taken in and mirrored; made once, for tests that begin there."""
    desk = office(quick / "master").with_mirror(one_server.endpoint_url)
    hand_over(desk)
    with pytest.MonkeyPatch.context() as patched:
        one_server.sign_in(patched)
        assert desk.ingest().counts["mirrored"] == 3
    return desk


@pytest.fixture
def folder(quick: Path) -> Iterator[Path]:
    with TemporaryDirectory(dir=quick) as folder:
        yield Path(folder)


@pytest.fixture
def mirrored(folder: Path, master: SmallOffice, server: S3Server) -> Callable[[str], SmallOffice]:
    """An office of its own that is mirrored into a bucket of its own, with a policy from now on."""

    def made(policy: str) -> SmallOffice:
        desk = an_office(folder / "office", server, policy)
        shutil.copytree(master.folder, desk.folder, dirs_exist_ok=True)
        bucket = server.folder / desk_bucket(desk)
        shutil.copytree(server.folder / "recordings", bucket, dirs_exist_ok=True)
        return desk

    return made


def desk_bucket(desk: SmallOffice) -> str:
    """The bucket of the office in this folder."""
    return f"bucket-{desk.folder.parent.name.replace('_', '-').lower()}"


def that(policy: str, desk: SmallOffice) -> SmallOffice:
    """The office with another policy."""
    released = desk.folder / "inbox-released"
    inbox = replace(desk.settings.inbox, release=policy, released=released)
    return replace(desk, settings=replace(desk.settings, inbox=inbox))


def an_office(folder: Path, server: S3Server, policy: str) -> SmallOffice:
    desk = office(folder)
    (server.folder / desk_bucket(desk)).mkdir(exist_ok=True)
    return that(policy, desk.with_mirror(server.endpoint_url, desk_bucket(desk)))


def hand_over(desk: SmallOffice) -> None:
    """Two customers' calls, a private one that stays in holding, a copy, and the sheet."""
    for source, content in SOUNDS.items():
        desk.drop(source, content)
    desk.drop(SHEET, sheet(ROWS))


def inbox(desk: SmallOffice) -> set[str]:
    return set(tree(desk.inbox))


def moved(desk: SmallOffice) -> dict[str, str]:
    """What lies where sources are moved to: SHA-256 by path."""
    folder = desk.settings.inbox.released
    return {path: digest for path, (digest, _) in tree(folder).items()}


def releases(desk: SmallOffice) -> list[tuple[str, str]]:
    """What custody says of sources: event and original name, in order of the names."""
    told = [one for one in desk.custody() if one["event"].startswith("source_")]
    return sorted((one["original_name"], one["event"]) for one in told)


def told(summary: Summary) -> list[str]:
    """The problems, which can be said in every language."""
    for problem in summary.released.problems:
        assert all(Words(language).say(problem) for language in LANGUAGES)
    return [problem.key for problem in summary.released.problems]


def object_of(desk: SmallOffice, source: str) -> Path:
    (line,) = [one for one in desk.report()["recordings"] if one["source"] == source]
    bucket = desk.folder.parents[1] / "bucket" / desk_bucket(desk)
    return bucket / str(line["archive_path"])


def in_archive(desk: SmallOffice, source: str) -> Path:
    (line,) = [one for one in desk.report()["recordings"] if one["source"] == source]
    return desk.archive / str(line["archive_path"])


# What is released


def test_by_default_the_inbox_is_only_read(mirrored: Callable[[str], SmallOffice]) -> None:
    desk = mirrored("keep")
    before = tree(desk.inbox)
    summary = desk.ingest()
    assert summary.released == Released()
    assert tree(desk.inbox) == before
    assert not desk.settings.inbox.released.exists()


def test_recordings_are_moved_once_they_are_mirrored_and_sheets_stay(
    folder: Path, server: S3Server
) -> None:
    desk = an_office(folder / "office", server, "move")
    hand_over(desk)
    before = {source: digest for source, (digest, _) in tree(desk.inbox).items()}
    summary = desk.ingest()
    assert told(summary) == []
    assert summary.counts["released"] == 4
    assert inbox(desk) == {SHEET}
    assert moved(desk) == {one: digest for one, digest in before.items() if one != SHEET}
    assert releases(desk) == sorted((source, "source_moved") for source in SOUNDS)
    assert (desk.inbox / CHEN).parent.is_dir()


def test_recordings_are_deleted_once_they_are_mirrored(
    mirrored: Callable[[str], SmallOffice],
) -> None:
    desk = mirrored("delete")
    desk.ingest()
    assert inbox(desk) == {SHEET}
    assert releases(desk) == sorted((source, "source_deleted") for source in SOUNDS)
    kept = {digest for digest, _ in desk.kept().values()}
    assert kept == {sha256(content) for content in SOUNDS.values()}


def test_custody_says_where_a_source_went_and_what_was_proven(
    mirrored: Callable[[str], SmallOffice],
) -> None:
    desk = mirrored("move")
    desk.ingest()
    (entry,) = [
        one for one in desk.custody() if one.get("original_name") == CHEN and "proof" in one
    ]
    digest, path = sha256(SOUNDS[CHEN]), in_archive(desk, CHEN).relative_to(desk.archive).as_posix()
    assert (entry["event"], entry["sha256"]) == ("source_moved", digest)
    assert entry["to"] == str(desk.settings.inbox.released / CHEN)
    assert entry["proof"] == {
        "at": EVENING.isoformat(),
        "archive": {"path": path, "sha256": digest},
        "object": {"key": path, "sha256": digest, "checked": entry["proof"]["object"]["checked"]},
    }


@pytest.mark.parametrize("policy", ["move", "delete"])
def test_the_day_is_reported_as_if_the_sources_were_still_there(
    mirrored: Callable[[str], SmallOffice], policy: str
) -> None:
    desk = mirrored(policy)
    before = desk.report()
    desk.ingest()
    assert inbox(desk) == {SHEET}
    assert desk.report() == before
    again = desk.ingest()
    assert (again.counts["released"], told(again)) == (0, [])
    assert desk.report() == before
    assert desk.ingest().counts["files"] == 1
    (desk.inbox / SHEET).unlink()
    desk.ingest()
    assert desk.report() == before


def test_a_copy_that_is_handed_over_later_goes_too(mirrored: Callable[[str], SmallOffice]) -> None:
    desk = mirrored("delete")
    desk.ingest()
    desk.drop("later.amr", SOUNDS[CHEN])
    assert desk.ingest().counts["released"] == 1
    assert inbox(desk) == {SHEET}
    assert ("later.amr", "source_deleted") in releases(desk)


def test_what_is_handed_over_again_under_its_old_name_lies_beside_what_was_moved(
    mirrored: Callable[[str], SmallOffice],
) -> None:
    desk = mirrored("move")
    desk.ingest()
    desk.drop(CHEN, SOUNDS[CHEN])
    desk.ingest()
    stem = CHEN.removesuffix(".amr")
    assert {one for one in moved(desk) if one.startswith(stem)} == {CHEN, f"{stem} (2).amr"}


def test_a_new_recording_under_the_name_of_a_released_one_replaces_nothing(
    mirrored: Callable[[str], SmallOffice],
) -> None:
    desk = mirrored("move")
    desk.ingest()
    desk.drop(CHEN, sound(7))
    assert desk.ingest().counts["admitted"] == 1
    assert "recording_replaced" not in {code for code, _ in desk.codes()}
    lines = [one["sha256"] for one in desk.report()["recordings"]]
    assert {sha256(SOUNDS[CHEN]), sha256(sound(7))} <= set(lines)


# What stays


def nothing(_desk: SmallOffice) -> None:
    """All is as it was."""


def lose_archive_copy(desk: SmallOffice) -> None:
    in_archive(desk, CHEN).unlink()


def alter_archive_copy(desk: SmallOffice) -> None:
    path = in_archive(desk, CHEN)
    path.chmod(0o600)
    path.write_bytes(ANOTHER)


def lose_object(desk: SmallOffice) -> None:
    object_of(desk, CHEN).unlink()


def alter_object(desk: SmallOffice) -> None:
    object_of(desk, CHEN).write_bytes(ANOTHER)


def alter_source_quietly(desk: SmallOffice) -> None:
    """Size and time stay as they were."""
    desk.drop(CHEN, ANOTHER)


@pytest.mark.parametrize("policy", ["move", "delete"])
@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (nothing, None),
        (lose_archive_copy, "archive_missing"),
        (alter_archive_copy, "archive_differs"),
        (lose_object, "object_missing"),
        (alter_object, "object_differs"),
        (alter_source_quietly, "source_differs"),
    ],
)
def test_without_two_copies_of_its_very_bytes_a_source_stays(
    mirrored: Callable[[str], SmallOffice],
    harm: Callable[[SmallOffice], None],
    said: str | None,
    policy: str,
) -> None:
    desk = mirrored(policy)
    harm(desk)
    summary = desk.ingest()
    assert told(summary) == ([f"release.{said}"] if said else [])
    assert inbox(desk) == ({SHEET, CHEN} if said else {SHEET})
    assert CHEN not in dict(releases(desk)) or said is None
    assert summary.needs_a_person == (said is not None or summary.counts["held"] > 0)


def test_a_source_that_changed_is_another_file_and_stays(
    mirrored: Callable[[str], SmallOffice],
) -> None:
    """It is taken in by a pass of its own; here only the release has a look."""
    desk = mirrored("delete")
    path = desk.inbox / CHEN
    path.write_bytes(SOUNDS[CHEN] + b"more")
    with open_session(desk.settings) as session:
        assert session.release(SET.now).sources == 3
    assert inbox(desk) == {SHEET, CHEN}


def make_link(path: Path) -> None:
    aside = path.with_name("aside.amr")
    path.rename(aside)
    path.symlink_to(aside)


def make_second_name(path: Path) -> None:
    os.link(path, path.with_name("second.amr"))


def make_another_file(path: Path) -> None:
    """With the size and the time of the one that was taken in."""
    before = path.stat()
    path.unlink()
    path.write_bytes(ANOTHER)
    os.utime(path, ns=(before.st_mtime_ns, before.st_mtime_ns))


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
@pytest.mark.parametrize("swap", [make_link, make_second_name, make_another_file])
@pytest.mark.parametrize("policy", ["move", "delete"])
@pytest.mark.parametrize("late", [False, True])
def test_a_source_that_became_another_file_meanwhile_stays(
    mirrored: Callable[[str], SmallOffice],
    monkeypatch: pytest.MonkeyPatch,
    swap: Callable[[Path], None],
    policy: str,
    late: bool,
) -> None:
    """Swapped after the scan, or at the last moment, when it is written down already."""
    desk = mirrored(policy)
    path = desk.inbox / CHEN
    place = "_carry_out" if late else "prove"
    original: Callable[..., Any] = getattr(release_module, place)
    done: list[bool] = []

    def swapping(*arguments: Any) -> Any:
        mine = arguments[0].source if late else arguments[2].source
        if mine == CHEN and not done:
            done.append(True)
            swap(path)
        return original(*arguments)

    monkeypatch.setattr(release_module, place, swapping)
    with open_session(desk.settings) as session:
        released = session.release(SET.now)
    assert done
    assert released.sources == 3
    assert path.is_symlink() or path.exists()
    # A new file may be given an old one's number; then its bytes tell.
    said = {"release.source_differs", "release.changed_meanwhile"}
    (problem,) = released.problems
    assert problem.key in said
    events = [event for name, event in releases(desk) if name == CHEN]
    written = "source_moved" if policy == "move" else "source_deleted"
    assert events == (sorted(["source_kept", written]) if late else [])
    (row,) = [one for one in desk.rows()["recording"] if CHEN in one]
    assert not {"moved", "deleted"} & set(row)


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_source_that_the_archive_leads_back_to_is_no_second_copy(
    mirrored: Callable[[str], SmallOffice],
) -> None:
    """A customer's folder was replaced by a link to where the collector's own file lies."""
    desk = mirrored("keep")
    path = in_archive(desk, CHEN)
    source = f"copies/{path.name}"
    desk.drop(source, SOUNDS[CHEN])
    desk.ingest()
    shutil.rmtree(path.parent)
    path.parent.symlink_to((desk.inbox / source).parent)
    summary = that("delete", desk).ingest()
    assert told(summary) == ["release.source_is_archive"]
    assert inbox(desk) == {SHEET, source}


@pytest.mark.skipif(
    os.name == "nt" or os.geteuid() == 0, reason="root and Windows write into every folder"
)
def test_a_source_in_a_folder_that_cannot_be_changed_stays_and_custody_is_silent(
    mirrored: Callable[[str], SmallOffice],
) -> None:
    desk = mirrored("delete")
    folder = (desk.inbox / CHEN).parent
    folder.chmod(0o500)
    try:
        summary = desk.ingest()
    finally:
        folder.chmod(0o700)
    assert told(summary) == ["release.in_the_way"]
    assert inbox(desk) == {SHEET, CHEN, LIU, PRIVATE}
    assert releases(desk) == [(COPY, "source_deleted")]
    assert desk.ingest().counts["released"] == 3


def test_a_source_that_cannot_be_removed_is_kept_and_custody_says_so(
    mirrored: Callable[[str], SmallOffice], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a program opens it at the last moment; it is not tried again and again."""
    desk = mirrored("delete")

    remove = Path.unlink

    def refuse(path: Path, missing_ok: bool = False) -> None:
        if path == desk.inbox / CHEN:
            raise PermissionError(13, "in use")
        remove(path, missing_ok)

    with open_session(desk.settings) as session:
        with monkeypatch.context() as patched:
            patched.setattr(Path, "unlink", refuse)
            first = session.release(SET.now)
            second = session.release(SET.now)
        assert session.release(SET.now) == Released()
    assert (first.sources, [one.key for one in first.problems]) == (3, ["release.in_the_way"])
    assert second == Released()
    events = [event for name, event in releases(desk) if name == CHEN]
    assert events == ["source_deleted", "source_kept"]
    assert inbox(desk) == {SHEET, CHEN}
    assert desk.ingest().counts["released"] == 1  # after a restart


def test_nothing_is_moved_to_another_volume(
    mirrored: Callable[[str], SmallOffice], tmp_path: Path
) -> None:
    desk = mirrored("move")
    if desk.folder.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second volume")
    changed = replace(desk.settings.inbox, released=tmp_path / "released")
    other = replace(desk, settings=replace(desk.settings, inbox=changed))
    assert told(other.ingest()) == ["release.other_volume"]
    assert moved(other) == {}
    assert inbox(desk) == {SHEET, *SOUNDS}
    assert releases(desk) == []


def test_a_folder_that_cannot_be_made_is_told(mirrored: Callable[[str], SmallOffice]) -> None:
    desk = mirrored("move")
    desk.settings.inbox.released.write_bytes(b"no folder")
    assert told(desk.ingest()) == ["release.no_folder"]
    assert inbox(desk) == {SHEET, *SOUNDS}


# The store out of reach, the proof too old, the end of the day


def test_while_the_store_is_out_of_reach_nothing_is_released(
    mirrored: Callable[[str], SmallOffice], server: S3Server
) -> None:
    desk = mirrored("delete")
    server.stop()
    assert told(desk.ingest()) == ["store.unreachable"]
    assert inbox(desk) == {SHEET, *SOUNDS}
    desk.drop("new.amr", sound(9))
    assert desk.ingest().drained.outage is not None
    server.start()
    assert desk.ingest().counts["released"] == 5
    assert inbox(desk) == {SHEET}


def test_a_store_that_refuses_to_show_an_object_proves_nothing(
    mirrored: Callable[[str], SmallOffice], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = mirrored("delete")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    assert told(desk.ingest()) == ["store.wrong_secret"]
    assert inbox(desk) == {SHEET, *SOUNDS}


def test_a_profile_that_is_not_there_is_told(
    mirrored: Callable[[str], SmallOffice], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = mirrored("delete")
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    assert told(desk.ingest()) == ["store.no_profile"]
    assert inbox(desk) == {SHEET, *SOUNDS}


def test_a_proof_that_has_run_out_releases_nothing(mirrored: Callable[[str], SmallOffice]) -> None:
    """As when a PC sleeps between the proof and the release."""
    desk = mirrored("delete")
    times = count()
    with open_session(desk.settings) as session:
        released = session.release(lambda: EVENING + next(times) * (LIFE + timedelta(minutes=1)))
    assert released == Released()
    assert inbox(desk) == {SHEET, *SOUNDS}
    assert releases(desk) == []


def test_it_ends_when_it_is_told_to(mirrored: Callable[[str], SmallOffice]) -> None:
    desk = mirrored("delete")
    with open_session(desk.settings) as session:
        assert session.release(SET.now, lambda: True) == Released()
    assert inbox(desk) == {SHEET, *SOUNDS}


def test_what_is_not_mirrored_yet_stays_and_an_inbox_that_is_gone_is_the_passs_to_tell(
    folder: Path, server: S3Server
) -> None:
    desk = an_office(folder / "office", server, "delete")
    hand_over(desk)
    with open_session(desk.settings) as session:
        session.take_in(SET, Steps())
        assert session.release(SET.now) == Released()
        assert inbox(desk) == {SHEET, *SOUNDS}
        desk.inbox.rename(desk.folder / "elsewhere")
        assert session.release(SET.now) == Released()


# Kills


def _killed(desk: SmallOffice, write: int, rename: str) -> bool:
    return killed(lambda _: release_once(desk), write, rename)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the kills fork")
@pytest.mark.parametrize(("policy", "rename"), [("move", "link"), ("delete", "rename")])
def test_a_kill_at_any_write_of_a_release_loses_nothing_and_leaves_nothing_unsaid(
    mirrored: Callable[[str], SmallOffice], folder: Path, policy: str, rename: str
) -> None:
    before = mirrored(policy)
    left = {CHEN, COPY}  # a recording's own source and a duplicate
    for source in SOUNDS.keys() - left:
        (before.inbox / source).unlink()
    (before.settings.inbox.released / CHEN).parent.mkdir(parents=True)
    wanted = {digest for digest, _ in before.kept().values()}
    for write in count(1):
        settings = replace(office(folder / f"{write}").settings, mirror=before.settings.mirror)
        desk = that(policy, SmallOffice(folder / f"{write}", settings))
        shutil.copytree(before.folder, desk.folder, dirs_exist_ok=True)
        if not _killed(desk, write, rename):
            break
        assert wanted == {digest for digest, _ in desk.kept().values()}
        gone = left - inbox(desk)
        assert gone <= set(dict(releases(desk))), f"killed at {write}: gone without a word"
        assert release_all(desk) == []
        assert inbox(desk) == {SHEET}
        there = {one: sha256(SOUNDS[one]) for one in left} if policy == "move" else {}
        assert moved(desk) == there
        after = desk.rows()
        assert release_all(desk) == []
        assert desk.rows() == after
        shutil.rmtree(desk.folder)
    assert write > 8


def release_once(desk: SmallOffice) -> None:
    with open_session(desk.settings) as session:
        session.release(SET.now)


def release_all(desk: SmallOffice) -> list[str]:
    with open_session(desk.settings) as session:
        return [problem.key for problem in session.release(SET.now).problems]


# Legal hold


def hold(desk: SmallOffice, customer: str) -> None:
    tell_add(Person(desk).desk, customer, "", "text")


def test_what_is_under_legal_hold_is_never_deleted_and_goes_after_its_release(
    mirrored: Callable[[str], SmallOffice],
) -> None:
    desk = mirrored("delete")
    hold(desk, "刘海燕")
    summary = desk.ingest()
    assert inbox(desk) == {LIU, COPY, SHEET}
    assert told(summary) == []
    assert summary.released.sources == 2
    tell_release(Person(desk).desk, "刘海燕", "text")
    desk.ingest()
    assert inbox(desk) == {SHEET}


def test_what_is_under_legal_hold_may_be_moved(mirrored: Callable[[str], SmallOffice]) -> None:
    desk = mirrored("move")
    hold(desk, "刘海燕")
    desk.ingest()
    assert inbox(desk) == {SHEET}
    assert moved(desk)[LIU] == sha256(SOUNDS[LIU])


def test_who_puts_a_customer_under_hold_while_copies_are_proven_is_heard(
    mirrored: Callable[[str], SmallOffice], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = mirrored("delete")

    def meanwhile(*args: Any) -> Any:
        monkeypatch.setattr(release_module, "prove", prove)
        hold(desk, "刘海燕")
        return prove(*args)

    monkeypatch.setattr(release_module, "prove", meanwhile)
    desk.ingest()
    assert inbox(desk) == {LIU, COPY, SHEET}
    assert LIU not in [source for source, _ in releases(desk)]


def test_what_went_back_into_holding_from_a_customer_under_hold_stays(
    mirrored: Callable[[str], SmallOffice],
) -> None:
    """Nobody's by now, it may turn out to be theirs all the same."""
    desk = mirrored("delete")
    hold(desk, "刘海燕")
    Person(desk).unassign(LIU)
    desk.ingest()
    assert inbox(desk) == {LIU, COPY, SHEET}


@pytest.mark.parametrize("number", ["13869170000、13700000001", "13700000001"])
def test_a_corrected_sheet_takes_nothing_out_of_a_legal_hold(
    mirrored: Callable[[str], SmallOffice], number: str
) -> None:
    """Whom it names is another customer for callvault; a person's word stands until it is ended."""
    desk = mirrored("delete")
    hold(desk, "刘海燕")
    desk.drop(SHEET, sheet([ROWS[0], ("刘海燕", number, "9:40")]))
    desk.ingest()
    assert inbox(desk) == {LIU, COPY, SHEET}
    tell_release(Person(desk).desk, "刘海燕/", "text")
    desk.ingest()
    assert inbox(desk) == {SHEET}
