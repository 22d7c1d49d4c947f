"""A bad object of a mirror is set aside within the store, and sent anew from the archive."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from archive import layout
from archive.carrying_out import Failure
from archive.fixity import Flaw, Kept
from archive.mirror_records import Shown
from archive.objects import ObjectStore, StoreError
from archive.places import of_one_object
from archive.sealed_objects import beneath
from config.language import Message


def send_anew(
    objects: ObjectStore,
    one: Kept,
    flaw: Flaw,
    do: Callable[[], Shown | Failure],
    today: date,
) -> tuple[Shown, str | None]:
    """What the store shows by `do`, which sends it, and the key of the bad object by now.

    By then the catalogue calls the object confirmed no more. Raises StoreError.
    """
    aside = None if flaw is Flaw.MISSING else _set_aside(objects, one, today)
    told = do()
    if isinstance(told, Failure):
        raise StoreError(told.message, outage=told.outage)
    return told, aside


def _set_aside(objects: ObjectStore, one: Kept, today: date) -> str:
    """Copies a bad object within the store, and removes it once the copy is shown to be it.

    As the store has it: what was sealed and is damaged opens no more.
    """
    objects = beneath(objects)
    keys = layout.aside_path(one.path, today)
    aside = next(key for key in keys if objects.look(key) is None)
    told = of_one_object(objects, partial(_copied, objects, one.path, aside), "not_copied_aside")
    if told is not None:
        raise StoreError(Message.of(f"repair.{told}", key=one.path))
    objects.delete(one.path)
    return aside


def _copied(objects: ObjectStore, key: str, aside: str) -> str | None:
    """What is to be said, if it was not."""
    objects.copy(key, aside)
    copied = objects.read_sha256(aside)
    same = copied is not None and copied == objects.read_sha256(key)
    return None if same else "not_set_aside"
