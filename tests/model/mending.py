"""`verify` and `repair`, held against what lies on the disk and in the store.

What verifying names is just what is wrong: every copy that is not what the catalogue says, and no
other. What repairing leaves wrong has no good copy anywhere, and nothing that was good is touched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from archive import s3
from archive.catalogue.database import open_catalogue
from archive.fixity import Level, Place
from archive.layout import ASIDE
from archive.repair import Mended, Outcome, Repair
from archive.store import Store
from audit.verification import Wanted, verify
from tests.ingest.small_office import SmallOffice, sha256
from tests.model.seen import Seen, look
from tests.model.truth import Truth

Told = tuple[str, str | None]
"""The code of something that was found, and the path or key of what it is about."""
EMPTIED = {"archive.emptied": Place.ARCHIVE, "archive.mirror_emptied": Place.MIRROR}
"""A place with nothing at all in it is taken for one that is away."""


def check_verified(desk: SmallOffice, objects: Mapping[str, bytes], at: datetime) -> None:
    """Every byte is looked at, as the command does it; what it names is what is wrong."""
    wrong = wrong_copies(look(desk), objects)
    wanted = Wanted(list(Place), Level.CONTENTS, 1, 1, restart=True)
    with closing(open_catalogue(desk.settings.catalogue.url, make=False)) as catalogue:
        verified = verify(catalogue, desk.settings, wanted, lambda: at, lambda *_: None)
    away = {EMPTIED[why.key] for why in verified.stopped}
    told = {(one.code, one.path) for one in verified.discoveries}
    if Place.ARCHIVE in away:
        assert not look(desk).files, "an archive with recordings counts as emptied"
    if Place.MIRROR in away:
        assert not objects, "a store with objects counts as emptied"
    here = [place for place in Place if place not in away]
    told, wrong = ({one for one in of if one[0].startswith((*here,))} for of in (told, wrong))
    assert not wrong - told, "verify does not name what is wrong"
    assert not told - wrong, "verify names what is right"


def wrong_copies(seen: Seen, objects: Mapping[str, bytes]) -> set[Told]:
    """What is to be named."""
    paths = seen.paths
    wrong = set[Told]()
    for digest, one in seen.recordings.items():
        lies, there = paths.get(one["path"]), objects.get(one["path"])
        arrived = lies is None and paths.get(one["target"] or "") == digest
        if lies != digest and not arrived:
            wrong.add(("archive_missing" if lies is None else "archive_altered", one["path"]))
        if one["path"] in seen.objects and (there is None or sha256(there) != digest):
            wrong.add(("mirror_missing" if there is None else "mirror_altered", one["path"]))
    for one in seen.tables["fault"]:  # known from before, and no object of now
        path = seen.by_id[one["recording_id"]]["path"]
        if one["place"] == "mirror" and path not in seen.objects:
            wrong.add((f"mirror_{one['kind']}", path))
    named = [one[of] for one in seen.recordings.values() for of in ("path", "target")]
    coming = [one["path"] for one in seen.tables["inbox_file"]]
    return wrong | {("archive_unknown", path) for path in paths.keys() - {*named, *coming}}


def repair(desk: SmallOffice, at: datetime) -> Sequence[Mended]:
    """As the command does it; of places that are empty each recording is named to it."""
    seen = look(desk)
    named = [one["id"] for one in seen.recordings.values()]
    assert desk.settings.mirror is not None
    objects = s3.connect(desk.settings.mirror)
    emptied = not seen.files or next(objects.list(""), None) is None
    with closing(open_catalogue(desk.settings.catalogue.url, make=False)) as catalogue:
        work = Repair(catalogue, Store(desk.archive), objects, desk.inbox, lambda: at)
        return list(work.run(named if emptied else None, dry_run=False))


@dataclass(frozen=True, slots=True)
class Copies:
    """An office and its store at one time."""

    seen: Seen
    objects: Mapping[str, bytes]


def check_repaired(
    desk: SmallOffice, truth: Truth, before: Copies, after: Copies, told: Sequence[Mended]
) -> None:
    """Holds what repairing left against what was there."""
    outcomes = {(one.place, one.kept.path): one.outcome for one in told}
    by_path = {one["path"]: one for one in before.seen.recordings.values()}
    for code, path in wrong_copies(before.seen, before.objects):
        one = by_path.get(path or "")
        # What is on its way is at its place once the next pass has ended the move.
        if path is None or one is None or one["target"]:
            continue
        place = Place(code.partition("_")[0])
        copies = after.seen.files if place is Place.ARCHIVE else after.objects
        if path in copies and sha256(copies[path]) == one["sha256"]:
            continue
        good = has_good_copy(truth, before, one["sha256"])
        assert not good, "a good copy was not made use of"
        assert outcomes.get((place, path)) is Outcome.NO_GOOD_COPY, "no word of what is lost"
    _nothing_good_is_touched(before, after)
    _bad_copies_are_aside(desk, before, after)


def has_good_copy(truth: Truth, there: Copies, digest: str) -> bool:
    """In the inbox under a name that the catalogue knows, in the archive, or in the store.

    A sheet is no recording's copy, though both be empty.
    """
    one = there.seen.recordings[digest]
    files = there.seen.tables["inbox_file"]
    known = {file["source"] for file in files if file["recording_id"] == one["id"]}
    inbox = (truth.inbox.get(source) for source in known | {one["source"]})
    papers = there.seen.papers
    objects = (sha256(one) for key, one in there.objects.items() if key not in papers)
    return (
        any(drop is not None and drop.digest == digest for drop in inbox)
        or there.seen.paths.get(one["path"]) == digest
        or digest in objects
    )


def check_nothing_left(truth: Truth, there: Copies) -> None:
    """At rest: what is harmed yet is nowhere whole."""
    for digest in truth.harmed.keys() | truth.objects_harmed.values():
        good = has_good_copy(truth, there, digest)
        assert not good, "what has a good copy stays harmed"


def _nothing_good_is_touched(before: Copies, after: Copies) -> None:
    bad = {path for _, path in wrong_copies(before.seen, before.objects)}
    for was, now in ((before.seen.files, after.seen.files), (before.objects, after.objects)):
        kept = {path: content for path, content in was.items() if path not in bad}
        assert kept.items() <= now.items(), "a repair touched what was right"


def _bad_copies_are_aside(desk: SmallOffice, before: Copies, after: Copies) -> None:
    private = (desk.archive / ASIDE).rglob("*")
    aside = {path.read_bytes() for path in private if path.is_file()}
    for path, content in before.seen.files.items():
        kept = after.seen.files.get(path) == content or content in aside
        assert kept, "a bad file was thrown away"
    aside = {one for key, one in after.objects.items() if key.startswith(f"{ASIDE}/")}
    for key, content in before.objects.items():
        kept = after.objects.get(key) == content or content in aside
        assert kept, "a bad object was thrown away"
