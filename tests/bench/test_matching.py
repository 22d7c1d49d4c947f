from random import Random

import pytest

from bench import cost
from bench.cases import describe
from bench.in_process import read_rows
from bench.matching import breakdown, main, one_office, table
from bench.office.clerk import Class
from bench.office.people import customers
from bench.score import Fate, Tally


def test_the_peers_are_scored_on_the_same_recordings() -> None:
    tallies: dict[str, Tally] = {}
    for seed in range(3, 9):
        for name, tally in one_office(seed, 60).items():
            tallies.setdefault(name, Tally()).add(tally)
    assert list(tallies) == ["callvault", "equal number", "rapidfuzz"]
    assert len({tally.recordings for tally in tallies.values()}) == 1
    shares = {name: tally.share(Class.DECIDABLE) for name, tally in tallies.items()}
    assert shares["callvault"] > shares["equal number"] > 0.3


def test_every_fault_can_be_told_in_words() -> None:
    faults = [
        fault for seed in range(3, 8) for fault in one_office(seed, 150)["equal number"].faults
    ]
    assert len(faults) > 20
    for fault in faults[:20]:
        told = describe(fault, 150)
        assert told.startswith(f"--- {fault.kind}: office {fault.seed}")
        assert "clerk     " in told
        assert "truth     " in told


def test_the_breakdown_counts_what_was_held() -> None:
    tally = one_office(2, 150)["equal number"]
    held = tally.fates[Class.DECIDABLE, Fate.HELD]
    assert held == sum(fault.kind == "held" for fault in tally.faults) > 0
    assert " of " in breakdown(tally)
    assert "callvault" in table({"callvault": tally})


def test_the_command_tells_its_figures(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--offices", "2", "--recordings", "30", "--processes", "1", "--show", "1"])
    said = capsys.readouterr().out
    assert "WRONG" in said
    assert "held though decidable" in said


def test_a_day_of_the_cost_bench_is_read_from_its_sheet() -> None:
    day = cost.day_of_calls(0, customers(Random("cost"), 4000, 0))
    rows = read_rows(cost.sheet_of(day))
    assert len(rows) == len(day.rows) == cost.A_DAY
    assert rows[0].numbers == day.rows[0].numbers
    assert rows[0].called_at == day.rows[0].called_at
