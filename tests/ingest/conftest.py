from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.stores.ministack import running_ministack


@pytest.fixture(scope="module")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a store that knows versions, Object Lock and legal holds."""
    with running_ministack(tmp_path_factory.mktemp("ministack")) as endpoint_url:
        yield endpoint_url
