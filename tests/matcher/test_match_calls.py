"""Several calls of one customer, what a person is shown, and large days."""

from config.language import LANGUAGES, Words
from matcher.customers import identify
from matcher.match import match
from matcher.opinion import Rules
from tests.matcher.a_day import A, B, clear, heard, held, one, outcome, row
from tests.matcher.office import Office


def test_each_call_of_a_customer_gets_its_own_row() -> None:
    rows = [row("r1", "张建国", A, time="10:00"), row("r2", "张建国", A, time="10:08")]
    calls = [heard(None, A, time="10:09", key="1"), heard("张建国", time="10:06", key="2")]
    assert [decision.row for decision in match(calls, rows)] == ["r2", "r1"]


def test_the_nearer_of_two_near_rows_is_the_call() -> None:
    rows = [row("r1", "张建国", A, time="10:00"), row("r2", "张建国", A, time="10:08")]
    assert outcome(one(heard(None, A, time="10:07"), *rows)) == clear("r2")


def test_calls_without_times_in_the_sheet_go_by_its_lines() -> None:
    rows = [row(f"sheet|{line}", "张建国", A) for line in (10, 9, 11)]
    calls = [heard(None, A, time=time, key=time) for time in ("15:00", "9:00", "12:00")]
    assert [decision.row for decision in match(calls, rows)] == ["sheet|11", "sheet|9", "sheet|10"]


def test_more_recordings_than_rows_stand_under_the_best_row() -> None:
    rows = [row("r1", "张建国", A, time="10:00")]
    calls = [heard("张建国", A, time=time, key=time) for time in ("10:01", "10:30", "11:10")]
    assert [outcome(decision) for decision in match(calls, rows)] == [clear("r1")] * 3


def test_candidates_are_at_most_five_with_every_customer_before_second_rows() -> None:
    rows = [row(f"a{i}", "王伟", A, time="10:00") for i in range(6)]
    rows.append(row("b", "王伟", B, time="11:00"))
    decision = one(heard("王伟", time="10:00"), *rows)
    assert len(decision.candidates) == 5
    assert decision.candidates[-1].row == "b"
    weights = [candidate.weight for candidate in decision.candidates]
    assert weights == sorted(weights, reverse=True)


def test_the_chosen_row_stands_first() -> None:
    rows = [row("r1", "张建国", A, time="10:00"), row("r2", "张建国", A, time="10:08")]
    calls = [heard(None, A, time="10:00", key="1"), heard(None, A, time="10:01", key="2")]
    assert [decision.candidates[0].row for decision in match(calls, rows)] == ["r1", "r2"]


def test_rules_set_what_is_enough() -> None:
    strict = Rules(enough=20, shown=1)
    (decision,) = match([heard("张建国")], [row("r1", "张建国", A)], strict)
    assert outcome(decision) == held("weak")


def test_every_reason_and_outcome_has_its_sentence() -> None:
    said = set()
    for truth in Office(7).days(6):
        rows = identify(truth.rows, ()).rows
        for decision in match(truth.recordings, rows):
            for language in LANGUAGES:
                words = Words(language)
                assert words(f"reasons.why_{decision.why}")
                for candidate in decision.candidates:
                    for reason in candidate.reasons:
                        said.add(reason.code)
                        assert "{" not in words(f"reasons.{reason.code}", **dict(reason.values))
    assert len(said) > 12


def test_a_name_that_a_whole_day_shares_names_nobody() -> None:
    rows = [row(f"r{i:03}", "王伟", f"138{i:08}", time="10:00") for i in range(80)]
    assert outcome(one(heard("王伟", time="10:00"), *rows)) == held("tie")
    assert outcome(one(heard("王伟", "13800000000"), *rows)) == held("tie")


def test_a_customer_called_all_day_long() -> None:
    rows = [
        row(f"r{i:03}", "张建国", A, time=f"{8 + i // 60}:{i % 60:02}", customer="张")
        for i in range(200)
    ]
    assert outcome(one(heard(None, A, time="10:30"), *rows)) == clear("r150")
    calls = [heard(None, A, time=f"{8 + i // 60}:{i % 60:02}", key=f"{i:03}") for i in range(200)]
    assert all(decision.customer == "张" for decision in match(calls, rows))
