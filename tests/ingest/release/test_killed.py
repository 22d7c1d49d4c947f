"""A kill at any write of a release loses nothing and leaves nothing unsaid."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from ingest.session import open_session
from tests.dying import killed
from tests.ingest.release.releasing import CHEN, COPY, SET, SOUNDS, inbox, moved, releases, that
from tests.ingest.small_office import SHEET, SmallOffice, office, sha256


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
