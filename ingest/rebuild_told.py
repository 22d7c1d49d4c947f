"""`callvault rebuild`: the catalogue from custody files, the archive's files from the mirror."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from functools import partial

from archive.catalogue.database import open_catalogue
from archive.layout import ASIDE
from archive.lock import locked
from archive.rebuilding import rebuild
from archive.restoring import Restored, fetch_custody, restore
from archive.store import Store
from config.language import Message
from config.visible import visible
from ingest.desk import DONE, Desk, Told, as_json, lines
from ingest.errors import WordError

_NEEDS_A_PERSON = 3


def tell_rebuild(
    desk: Desk, form: str, *, mirror: bool, tell: Callable[[str, int, int], None]
) -> Told:
    """Raises ArchiveError where it cannot be done; WordError for a mirror that is not set up.

    `tell` hears a step, how many more are done, and of how many.
    """
    settings = desk.settings
    objects = None
    if mirror:
        if settings.mirror is None:
            raise WordError(Message.of("findings.mirror_off"))
        from archive.s3 import connect

        objects = connect(settings.mirror)
    store = Store(settings.archive.path)
    with locked(settings.archive.path):
        fetched = fetch_custody(store, objects) if objects is not None else 0
        url = settings.catalogue.url
        files = rebuild(store, url, desk.clock.now(), partial(tell, "rebuild"))
        with closing(open_catalogue(url)) as catalogue:
            restored = restore(catalogue, store, objects, partial(tell, "restore"))
    code = _NEEDS_A_PERSON if restored.missing else DONE
    if form == "json":
        return Told(as_json(_as_json(files, fetched, restored)), exit_code=code)
    said = [desk.words("custody.rebuilt", files=files, aside=store.path(ASIDE))]
    if mirror:
        said.insert(0, desk.words("custody.fetched", count=fetched))
    counts = {"there": restored.there, "found": restored.found, "fetched": restored.fetched}
    said.append(desk.words("custody.restored", **counts))
    lost = tuple(desk.words("custody.lost", path=visible(path)) for path in restored.missing)
    return Told(lines(*said), lost, code)


def _as_json(files: int, fetched: int, restored: Restored) -> dict[str, object]:
    return {
        "custody_files": files,
        "custody_files_fetched": fetched,
        "there": restored.there,
        "found": restored.found,
        "fetched": restored.fetched,
        "missing": list(restored.missing),
    }
