"""Damage to the catalogue's own file: what of it is noticed, and what it changed."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from archive.errors import CatalogueError
from archive.fixity import Place
from archive.layout import CUSTODY
from archive.rebuilding import rebuild
from archive.store import Store
from config.settings import Catalogue
from tests.archive.two_copies import flip
from tests.damage.tally import KINDS, Tally
from tests.damage.world import World
from tests.ingest.small_office import EVENING

_PAGE = 4096
Contents = dict[str, list[tuple[object, ...]]]


def damage_catalogue(world: World, faults: int, chance: random.Random, tally: Tally) -> None:
    """Each fault in a copy of its own; the archive stays as it is."""
    copy = world.database.with_name("damaged.sqlite")
    sound = world.database.read_bytes()
    before = contents(world.database)
    assert before is not None
    for number in range(faults):
        kind = KINDS[number % 4]
        where = ("catalogue", kind)
        tally.done[where] += 1
        _damage(copy, sound, kind, chance)
        after = contents(copy)
        noticed = _noticed(world, copy)
        tally.found[where] += noticed
        tally.named[where] += noticed
        if after == before:
            tally.harmless[where] += 1
        elif not noticed:
            tally.missed.update(_differing(before, after))
        else:
            tally.repairable[where] += 1
            tally.repaired[where] += _rebuilt(world, copy, number) == _lasting(before)
    copy.unlink(missing_ok=True)


def _rebuilt(world: World, copy: Path, number: int) -> Contents | None:
    """What the catalogue says that is made anew from the custody files; the damaged one is none."""
    rebuild(Store(world.desk.archive), f"sqlite:///{copy}", EVENING + timedelta(seconds=number))
    made = contents(copy)
    return made and _lasting(made)


def _lasting(told: Contents) -> Contents:
    """Without what custody files do not have: where they themselves are mirrored."""
    return {
        name: sorted((row for row in rows if CUSTODY not in repr(row)), key=repr)
        for name, rows in told.items()
        if name not in ("", "changed")  # tables made at another time order their constraints anew
    } | {"custody_file": told["custody_file"]}


def contents(database: Path) -> Contents | None:
    """All that a database says; `None` where it cannot be read."""
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as opened:
            opened.text_factory = bytes
            tables = [
                name.decode()
                for (name,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            ]
            schema = opened.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name")
            return {"": schema.fetchall()} | {
                name: opened.execute(f'SELECT * FROM "{name}" NOT INDEXED').fetchall()  # noqa: S608
                for name in tables
            }
    except (sqlite3.Error, UnicodeDecodeError):
        return None


def _damage(copy: Path, sound: bytes, kind: str, chance: random.Random) -> None:
    for journal in copy.parent.glob(f"{copy.name}-*"):
        journal.unlink()
    if kind == "deletion":
        copy.unlink(missing_ok=True)
    elif kind == "flip":
        copy.write_bytes(flip(sound, chance.randrange(len(sound) * 8)))
    elif kind == "truncation":
        copy.write_bytes(sound[: chance.randrange(len(sound))])
    else:
        one, other = (at * _PAGE for at in chance.sample(range(len(sound) // _PAGE), 2))
        swapped = bytearray(sound)
        swapped[one : one + _PAGE] = sound[other : other + _PAGE]
        swapped[other : other + _PAGE] = sound[one : one + _PAGE]
        copy.write_bytes(swapped)


def _noticed(world: World, copy: Path) -> bool:
    settings = replace(world.settings, catalogue=Catalogue(f"sqlite:///{copy}"))
    try:
        return bool(world.verify(Place.ARCHIVE, settings=settings).discoveries)
    except CatalogueError:
        return True


def _differing(before: Contents, after: Contents | None) -> list[str]:
    """The tables and columns, by their place, of which they tell otherwise."""
    told = []
    for table, rows in before.items():
        now = (after or {}).get(table, [])
        if len(rows) != len(now):
            told.append(f"{table}, rows")
        for was, is_ in zip(rows, now, strict=False):
            told += [f"{table}, column {n}" for n in range(len(was)) if was[n] != is_[n]]
    return told
