from __future__ import annotations

import os

import pytest

collect_ignore_glob = ["test_*.py"] if os.name == "nt" else []
"""Windows makes no such names, links and pipes."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--whole", action="store_true", help="with the hostile files that cost minutes"
    )
