"""`callvault rebuild`: the catalogue from custody files, the archive's files from the mirror."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime
from functools import partial

from archive import presence
from archive.catalogue import consistency, papers
from archive.catalogue.database import Catalogue, open_catalogue, sqlite_file
from archive.connecting import connect_for_rebuilding
from archive.custody_ahead import one_beyond
from archive.custody_mending import mend_custody
from archive.errors import CatalogueError, CustodyError
from archive.fixity import WHOLE
from archive.keeping import keep
from archive.layout import CUSTODY
from archive.lock import locked
from archive.objects import ObjectStore, StoreError
from archive.rebuilding import Rebuilt, aside_of, custody_paths, rebuild
from archive.restoring import Restored, fetch_custody, restore
from archive.store import Store
from config.language import Message
from config.settings import FolderMirror, Mirror, Settings
from config.visible import visible
from ingest.desk import DONE, NEEDS_A_PERSON, Desk, Told, as_json, lines

_OTHERWISE = "custody.known_otherwise"
_PASSING = ("archive.catalogue_busy", "archive.disk_full")
"""What keeps a catalogue from being read that may be whole: it is not put aside for that."""


def tell_rebuild(
    desk: Desk,
    form: str,
    *,
    mirror: Mirror | FolderMirror | None,
    tell: Callable[[str, int, int], None],
) -> Told:
    """From custody files alone, or with what a `mirror` has. ArchiveError where it cannot be done.

    `tell` hears a step, how many more are done, and of how many.
    """
    settings = desk.settings
    objects, unasked = None, dict[str, Message]()
    store = Store(settings.archive.path)
    if mirror is not None:
        objects = connect_for_rebuilding(mirror, settings.archive.path)
        unasked = _require_newest(settings, store, mirror, objects)
    else:
        presence.require(settings)
    _require_some(store, objects)
    with locked(settings.archive.path):
        fetched = _fetch_custody(store, objects, desk.clock.now().date()) if objects else 0
        url = settings.catalogue.url
        told = _write_down(url, store, desk.clock.now())
        made = rebuild(store, url, desk.clock.now(), partial(tell, "rebuild"), told=told)
        with closing(open_catalogue(url)) as catalogue:
            restored = restore(catalogue, store, objects, partial(tell, "restore"))
    code = NEEDS_A_PERSON if restored.missing or restored.in_the_way else DONE
    doubts = tuple(
        desk.words("custody.mirror_unasked", name=name, why=desk.words.say(why))
        for name, why in unasked.items()
    )
    if form == "json":
        return Told(as_json(_as_json(made, fetched, restored)), doubts, code)
    place = sqlite_file(url)
    assert place is not None  # another one cannot be made anew
    said = [desk.words("custody.rebuilt", files=made.files, aside=aside_of(store, place))]
    if mirror is not None:
        said.insert(0, desk.words("custody.fetched", count=fetched))
    if made.set_right:
        said.append(desk.words("custody.set_right", count=made.set_right))
    counts = {"there": restored.there, "found": restored.found, "fetched": restored.fetched}
    said.append(desk.words("custody.restored", **counts))
    lost = [desk.words("custody.lost", path=visible(path)) for path in restored.missing]
    lost += [desk.words("custody.in_the_way", path=visible(path)) for path in restored.in_the_way]
    if restored.frozen is not None:
        lost.append(visible(desk.words.say(restored.frozen)))
    return Told(lines(*said), (*doubts, *lost), code)


def _fetch_custody(store: Store, objects: ObjectStore, today: date) -> int:
    """What the archive lacks, and what it has damaged."""
    return fetch_custody(store, objects) + mend_custody(store, objects, today)


def _write_down(url: str, store: Store, now: datetime) -> bool:
    """What a catalogue that is whole knows beyond its custody files comes along. Returns whether
    they tell all that it knows by then.
    """
    try:
        with closing(open_catalogue(url, make=False)) as catalogue:
            consistency.check_database(catalogue)
            # Rows that somebody altered would become history, and the mirror's, too.
            if any(consistency.check_log(catalogue)) or any(consistency.compare(catalogue, WHOLE)):
                return False
            keep(catalogue, store, now)
            _require_its_own(catalogue, store)
    except (CatalogueError, CustodyError) as error:
        if error.message.key in (*_PASSING, _OTHERWISE):
            raise
        return False
    return True


def _require_its_own(catalogue: Catalogue, store: Store) -> None:
    """CustodyError where the newest custody file is not the one that a whole catalogue knows: what
    was made of the files would say less, or something else, and nothing would tell.
    """
    with catalogue.reading() as tx:
        newest = papers.last_file(tx)
    if not store.exists(newest.path) or store.read_sha256(newest.path)[0] != newest.sha256:
        raise CustodyError(Message.of(_OTHERWISE, path=store.path(newest.path)))


def _require_newest(
    settings: Settings, store: Store, mirror: Mirror | FolderMirror, objects: ObjectStore
) -> dict[str, Message]:
    """CustodyError where another mirror knows of what happened after all that this one, and the
    archive, know. Returns which could not be asked, and why.
    """
    known = {path.relative_to(store.root).as_posix() for path in custody_paths(store)}
    known |= {one.key for one in objects.list(f"{CUSTODY}/")}
    unasked = {}
    for other in (settings.mirror, *settings.further):
        if other is None or other.name == mirror.name:
            continue
        try:
            beyond = one_beyond(connect_for_rebuilding(other, store.root), known)
        except StoreError as error:
            unasked[other.name] = error.message
            continue
        if beyond is not None:
            said = {"name": mirror.name, "other": other.name, "key": beyond}
            raise CustodyError(Message.of("custody.other_mirror_ahead", **said))
    return unasked


def _require_some(store: Store, objects: ObjectStore | None) -> None:
    """Before anything is made: the archive's own folder on a bare mount point would pass for it."""
    there = bool(custody_paths(store))
    if not there and (objects is None or next(objects.list(f"{CUSTODY}/"), None) is None):
        raise CustodyError(Message.of("custody.none", path=store.path(CUSTODY)))


def _as_json(made: Rebuilt, fetched: int, restored: Restored) -> dict[str, object]:
    return {
        "custody_files": made.files,
        "custody_files_fetched": fetched,
        "set_right": made.set_right,
        "there": restored.there,
        "found": restored.found,
        "fetched": restored.fetched,
        "missing": list(restored.missing),
        "in_the_way": list(restored.in_the_way),
    }
