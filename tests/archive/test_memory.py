"""What people confirmed is remembered for one customer only."""

from __future__ import annotations

import pytest

from archive.catalogue import memory
from archive.said_records import Confirmed, Kind
from tests.archive.small_archive import AT, SmallArchive


def test_what_is_confirmed_of_one_customer_is_not_confirmed_of_another(
    archive: SmallArchive,
) -> None:
    heard = archive.admit(b"one")
    one, other = archive.customer("张三", "13800138000"), archive.customer("李四", "13900139000")
    said = Confirmed(one, Kind.NUMBER, "13700137000", heard.id, "李经理", AT)
    with archive.catalogue.transaction() as tx:
        memory.remember(tx, [said])
    again = Confirmed(other, Kind.NUMBER, "13700137000", heard.id, "李经理", AT)
    with (
        pytest.raises(ValueError, match="confirmed already"),
        archive.catalogue.transaction() as tx,
    ):
        memory.remember(tx, [again])
    with archive.catalogue.reading() as tx:
        assert memory.owner(tx, Kind.NUMBER, "13700137000") == one
