"""The pace of uploads: what is sent in any stretch of time, by however many workers."""

from __future__ import annotations

import io
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from archive.pace import Pace
from archive.s3 import connect
from archive.s3_parts import PART
from config.settings import Mirror
from tests.s3_server import S3Server
from tests.stores.recording import Recording

PIECE = 16_384


class Time:
    """Passes only where somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


@dataclass
class Request:
    body: Any


def test_bytes_take_as_long_as_the_office_says() -> None:
    passing = Time()
    pace = Pace(2, lambda: passing.now, passing.sleep)
    for _ in range(100):
        pace.keep(2500)
    assert passing.now - 100 == pytest.approx(1.0)


def test_a_slow_worker_makes_good_half_a_second_and_no_more() -> None:
    passing = Time()
    pace = Pace(8, lambda: passing.now, passing.sleep)
    pace.keep(1_000_000)
    assert passing.now == pytest.approx(101.0)
    passing.now += 10
    pace.keep(500_000)
    assert passing.now == pytest.approx(111.0)
    pace.keep(250_000)
    assert passing.now == pytest.approx(111.25)


def test_workers_share_the_line() -> None:
    """Each waits for all that was let through before it."""
    waits: list[float] = []
    pace = Pace(8, lambda: 0.0, waits.append)
    for _ in range(4):
        pace.keep(100_000)
    assert waits == pytest.approx([0.1, 0.2, 0.3, 0.4])


def test_what_is_sent_is_read_at_the_pace_and_again_where_it_is_sent_again() -> None:
    passing = Time()
    pace = Pace(8, lambda: passing.now, passing.sleep)
    request = Request(io.BytesIO(b"x" * 1_000_000))
    pace.slow_down(request, event_name="before-send.s3.PutObject")
    for _ in range(2):
        request.body.seek(0)
        sent = b""
        while piece := request.body.read(PIECE):
            sent += piece
        assert sent == b"x" * 1_000_000
    assert passing.now == pytest.approx(102.0)


def test_a_request_without_bytes_is_left_as_it_is() -> None:
    request = Request(None)
    Pace(1).slow_down(request)
    assert request.body is None


def test_a_real_transfer_keeps_the_pace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole objects by four workers, and one in parts."""
    with S3Server(tmp_path / "s3") as server:
        server.sign_in(monkeypatch)
        mirror = Mirror(server.bucket, "", server.endpoint_url, None, "auto", None, workers=4)
        small = [Recording(tmp_path / f"{one}.mp3", bytes([one]) * 250_000) for one in range(8)]
        large = Recording(tmp_path / "large.wav", bytes(PART + 1_000_000))
        store = connect(replace(mirror, megabits=24))

        def put(recording: Recording) -> None:
            recording.put(store, recording.path.name)

        begun = time.monotonic()
        with ThreadPoolExecutor(4) as workers:
            list(workers.map(put, small))
        whole = time.monotonic() - begun
        assert whole >= 2_000_000 * 8 / 24e6 - 0.5  # half a second may be made good at first
        fast = connect(replace(mirror, megabits=160))
        begun = time.monotonic()
        large.put(fast, "large.wav")
        assert time.monotonic() - begun >= large.size * 8 / 160e6 * 0.9
        assert fast.read_sha256("large.wav") == large.sha256
        assert all(store.read_sha256(one.path.name) == one.sha256 for one in small)
