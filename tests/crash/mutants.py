"""The order of writes, broken in one place each: what a campaign is worth shows in what it catches.

A mutant is applied in the process of the program that is run, and nowhere in callvault itself.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import event, true

import archive.store
from archive import access
from archive.carrying_out import CarryingOut
from archive.catalogue import database, log, outbox
from archive.catalogue.database import Catalogue
from archive.catalogue.errands import REMOVE
from archive.mirror import Mirror
from archive.mirror_records import Errand, Shown
from archive.store import Staged, Store
from ingest.intake import Intake
from tests.crash import program
from tests.crash.harms import HARMS
from tests.crash.judging import Judge
from tests.crash.scenarios import SCENARIOS
from tests.crash.stage import quick_folder, set_up
from tests.s3_server import ENVIRONMENT, S3Server


@dataclass(frozen=True, slots=True)
class Mutant:
    change: Callable[[], None]
    scenario: str
    harm: str
    """Of `tests.crash.campaign.HARMS`: what catches it in that scenario."""
    near: str
    """In which points, by a part of their names."""


class _Without:
    """A module, one of whose functions does nothing."""

    def __init__(self, module: object, name: str) -> None:
        self._module = module
        self._name = name

    def __getattr__(self, name: str) -> object:
        return _nothing if name == self._name else getattr(self._module, name)


def _nothing(*_: object, **__: object) -> None:
    pass


def _set(owner: object, name: str, value: object) -> None:
    setattr(owner, name, value)


def bytes_not_synced() -> None:
    _set(archive.store, "os", _Without(os, "fsync"))


def names_not_synced() -> None:
    _set(Store, "sync", _nothing)


def new_folders_not_synced() -> None:
    _set(Store, "_make_folder", lambda _, folder: folder.mkdir(parents=True, exist_ok=True))


def overwriting() -> None:
    _set(archive.store, "publish", os.replace)


def row_before_bytes() -> None:
    later: list[tuple[Staged, str]] = []
    publish, admit_batch = Store.publish, Intake._admit_batch

    def put_off(store: Store, staged: Staged, relative: str) -> None:
        if relative.startswith("_holding"):
            later.append((staged, relative))
        else:
            publish(store, staged, relative)

    def admitted(intake: Intake, *batch: Any) -> object:
        done = admit_batch(intake, *batch)
        for staged, relative in later:
            publish(intake._store, staged, relative)
        intake._store.sync([relative for _, relative in later])
        later.clear()
        return done

    _set(Store, "publish", put_off)
    _set(Intake, "_admit_batch", admitted)


def moved_in_the_catalogue_first() -> None:
    later: list[tuple[str, str]] = []
    move, tidy = Store.move, Store.tidy

    def tidied(store: Store, relative: str) -> None:
        for old, new in later:
            move(store, old, new)
            store.sync([old, new])
        later.clear()
        tidy(store, relative)

    _set(Store, "move", lambda _, old, new: later.append((old, new)))
    _set(Store, "tidy", tidied)


def copied_to_its_name() -> None:
    def copied(store: Store, old: str, new: str) -> None:
        store._make_folder(store.path(new).parent)
        shutil.copyfile(store.path(old), store.path(new))
        store.path(old).unlink()

    _set(Store, "move", copied)


def recovery_forgets_what_was_published() -> None:
    _set(Intake, "_published", _nothing)


def recovery_not_synced() -> None:
    recover = Intake.recover

    def recovered(intake: Intake, *now: Any) -> None:
        sync, Store.sync = Store.sync, _nothing  # type: ignore[method-assign]
        recover(intake, *now)
        Store.sync = sync  # type: ignore[method-assign]

    _set(Intake, "recover", recovered)


def recovery_removes_what_moved() -> None:
    """It takes what lies at its new place, and in the catalogue at the old one, for a leftover."""
    from ingest.filing import Filing

    move = Filing._move

    def moved(filing: Filing, one: Any) -> bool:
        if not filing._store.exists(one.path) and filing._store.exists(one.target):
            filing._store.path(one.target).unlink()
            return False
        return move(filing, one)

    _set(Filing, "_move", moved)


def source_removed_at_once() -> None:
    stage = Store.stage

    def staged(store: Store, source: Path, *rest: Any) -> Staged:
        done = stage(store, source, *rest)
        source.unlink()
        return done

    _set(Store, "stage", staged)


def mirrored_before_sent() -> None:
    do, write_down = CarryingOut.do, Mirror._write_down

    def written_down(of: Mirror, results: Sequence[tuple[Errand, Any]]) -> None:
        write_down(of, results)
        for errand, _ in results:
            do(of._carrying_out, errand)

    _set(CarryingOut, "do", lambda *_: Shown())
    _set(Mirror, "_write_down", written_down)


def mirrored_unconfirmed() -> None:
    def put(of: CarryingOut, errand: Errand) -> Shown:
        path = of._store.path(errand.key)
        of._objects.put(errand.key, path, errand.sha256, path.stat().st_size, {}, None)
        return Shown()

    _set(CarryingOut, "_put", put)


def old_object_first() -> None:
    due = Mirror._due
    _set(outbox, "_possible", true)
    _set(
        Mirror,
        "_due",
        lambda *given: sorted(due(*given), key=lambda errand: errand.action != REMOVE),
    )


def sending_not_noted() -> None:
    _set(outbox, "send", _nothing)


def custody_apart() -> None:
    _apart(log, "append")


def _apart(module: Any, name: str) -> None:
    """What a function writes is written by a transaction of its own, right after the other's."""
    write, begun = getattr(module, name), Catalogue._begun
    later: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    @contextmanager
    def in_two(catalogue: Catalogue, **options: bool) -> Iterator[object]:
        with begun(catalogue, **options) as tx:
            yield tx
        if later:
            with begun(catalogue) as tx:
                for given, named in later:
                    write(tx, *given, **named)
            later.clear()

    _set(module, name, lambda _tx, *given, **named: later.append((given, named)))
    _set(Catalogue, "_begun", in_two)


def access_removed_first() -> None:
    waiting = access.waiting

    def removed(store: Store, now: datetime) -> object:
        found = waiting(store, now)
        for one in found[0]:
            access._remove(store, one, now)
        return found

    _set(access, "waiting", removed)


def access_entered_anew() -> None:
    _set(log, "known", lambda *_: frozenset())


def _synchronous(mode: str) -> Callable[[], None]:
    def change() -> None:
        make_durable = database._make_durable

        def made(engine: Any) -> None:
            make_durable(engine)
            event.listen(
                engine, "connect", lambda one, _: one.execute(f"PRAGMA synchronous = {mode}")
            )

        _set(database, "_make_durable", made)

    return change


CUT = "power cut"
MUTANTS = {
    "bytes not synced": Mutant(bytes_not_synced, "admit", CUT, "fsync"),
    "names not synced": Mutant(names_not_synced, "admit", CUT, "fdatasync"),
    "new folders not synced": Mutant(new_folders_not_synced, "file", CUT, "fdatasync"),
    "overwriting": Mutant(overwriting, "file", "collision", "name"),
    "row before bytes": Mutant(row_before_bytes, "admit", "kill", "renameat2"),
    "catalogue moves first": Mutant(moved_in_the_catalogue_first, "file", "kill", "renameat2"),
    "copied to its name": Mutant(copied_to_its_name, "file", "kill", "sendfile"),
    "recovery forgets": Mutant(
        recovery_forgets_what_was_published, "recover_admit", "kill", "fdatasync"
    ),
    "recovery not synced": Mutant(recovery_not_synced, "recover_admit", CUT, "fdatasync"),
    "recovery removes": Mutant(recovery_removes_what_moved, "recover_file", "kill", "unlink"),
    "source removed": Mutant(source_removed_at_once, "admit", "kill", "renameat2"),
    "mirrored before sent": Mutant(mirrored_before_sent, "mirror", "kill", "sendto"),
    "mirrored unconfirmed": Mutant(mirrored_unconfirmed, "mirror", CUT, "did not show"),
    "old object first": Mutant(old_object_first, "move", "kill", "sendto"),
    "sending not noted": Mutant(sending_not_noted, "mirror_then_move", "kill", "sendto"),
    "custody apart": Mutant(custody_apart, "admit", "kill", "fdatasync"),
    "access removed first": Mutant(access_removed_first, "accesses", "kill", "unlink"),
    "access entered anew": Mutant(access_entered_anew, "accesses", "kill", "unlink"),
    "synchronous FULL": Mutant(_synchronous("FULL"), "admit", CUT, "fsync"),
    "synchronous NORMAL": Mutant(_synchronous("NORMAL"), "admit", CUT, "fsync"),
    "synchronous OFF": Mutant(_synchronous("OFF"), "admit", CUT, "fsync"),
}


def caught(name: str, folder: Path, server: S3Server) -> str | None:
    """Where the harm that is for it shows that promises are broken; `None` where it shows none."""
    mutant = MUTANTS[name]
    stage = set_up(SCENARIOS[mutant.scenario], folder, server, mutant.change)
    for point, broken in HARMS[mutant.harm](stage, Judge(stage), lambda one: mutant.near in one):
        if broken:
            return f"{mutant.scenario}, {mutant.harm} at {point}: {broken[0]}"
    return None


def main() -> int:
    """Tries every mutant, or those that are named, and tells what catches it."""
    os.environ.update(ENVIRONMENT)
    program.prepare()
    missed = 0
    with TemporaryDirectory(dir=quick_folder()) as folder, S3Server(Path(folder) / "s3") as server:
        for number, name in enumerate(sys.argv[1:] or MUTANTS):
            found = caught(name, Path(folder) / f"m{number}", server)
            missed += found is None
            print(f"{name:24} {found or 'NOT CAUGHT'}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
