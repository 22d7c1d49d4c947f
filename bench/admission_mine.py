"""Admission alone, as a pass does it: from a scan of the inbox to every recording in holding.

    python -m bench.admission_mine callvault.toml

Prints the seconds that it took, the start of Python apart; nothing is probed, as no peer does that.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from archive.keeping import keep
from archive.store import Store
from config.load import load
from ingest.hearing import Ears
from ingest.inbox import scan
from ingest.intake import Intake, Terms
from ingest.session import open_session

NOW = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
"""On the evening of the day for which the recordings are handed over."""


def main() -> None:
    settings = load(Path(sys.argv[1]), os.environ)
    with open_session(settings) as session:
        store = Store(settings.archive.path)
        store.prepare()
        terms = Terms(settings.office.timezone, Ears.of(settings).patterns, 1 << 30, mirrored=False)
        intake = Intake(session.catalogue, store, terms)
        began = time.perf_counter()
        found = scan(settings.inbox.path)
        done = intake.admit([(seen, NOW) for seen in found.files], NOW)
        keep(session.catalogue, store, NOW)
        print(time.perf_counter() - began)
    assert done.recordings == len(found.files), done


if __name__ == "__main__":
    main()
