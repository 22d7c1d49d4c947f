"""With which key each mirror's objects are sealed, from before the first of them is sent.

Under another key, or as plain files, all of them would seem damaged, and be replaced.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from archive.catalogue.schema import encryption


def of(tx: Connection, mirror: str) -> str | None:
    """The key's fingerprint; `None` of a mirror with plain objects, or none yet."""
    asked = select(encryption.c.fingerprint).where(encryption.c.mirror == mirror)
    return tx.execute(asked).scalar()


def settle(tx: Connection, mirror: str, fingerprint: str | None) -> None:
    """Writes down what the objects are going to be sealed with; `None`: they stay plain."""
    tx.execute(delete(encryption).where(encryption.c.mirror == mirror))
    if fingerprint is not None:
        tx.execute(insert(encryption).values(mirror=mirror, fingerprint=fingerprint))
