from bench.in_process import Decided
from bench.office.clerk import Class, read_office
from bench.office.generate import generate
from bench.office.truth import Office, SheetFile
from bench.score import Fate, Filed, by_folder_alone, filed_by, score
from matcher.decision import Decision, Verdict
from matcher.evidence import Row
from tests.bench.test_clerk import DAY, N1, line, recording, shown


def perfect(office: Office) -> list[frozenset[int] | None]:
    """What a matcher would do that knew the truth and held every tie."""
    return [
        frozenset({one.customer})
        if one.customer is not None and reading.kind is not Class.TIE
        else None
        for one, reading in zip(office.recordings, read_office(office), strict=True)
    ]


def with_one(filed: Filed, at: int, into: int) -> Filed:
    return [*filed[:at], frozenset({into}), *filed[at + 1 :]]


def test_the_truth_scores_without_fault() -> None:
    office = generate(5, 60)
    tally = score(office, read_office(office), perfect(office))
    assert (tally.wrong, tally.ties_decided, tally.share(Class.DECIDABLE)) == (0, 0, 1.0)
    assert tally.recordings == len(office.recordings)


def test_a_planted_wrong_filing_is_counted() -> None:
    office = generate(5, 60)
    readings = read_office(office)
    at = next(at for at, one in enumerate(readings) if one.kind is Class.DECIDABLE)
    stranger = max(office.names) + 1
    tally = score(office, readings, with_one(perfect(office), at, stranger))
    assert tally.wrong == 1
    assert [(fault.kind, fault.at) for fault in tally.faults] == [("wrong", at)]


def test_a_personal_call_filed_is_wrong() -> None:
    office = next(
        one
        for one in map(generate, range(10))
        if any(each.customer is None for each in one.recordings)
    )
    at = next(at for at, one in enumerate(office.recordings) if one.customer is None)
    readings = read_office(office)
    tally = score(office, readings, with_one(perfect(office), at, 0))
    assert tally.fates[readings[at].kind, Fate.WRONG] == 1


def test_a_decided_tie_is_a_fault_even_if_it_is_right() -> None:
    found = next(
        (office, readings, at)
        for office in map(generate, range(40))
        for readings in [read_office(office)]
        for at, one in enumerate(readings)
        if one.kind is Class.TIE and office.recordings[at].customer is not None
    )
    office, readings, at = found
    customer = office.recordings[at].customer
    assert customer is not None
    tally = score(office, readings, with_one(perfect(office), at, customer))
    assert (tally.wrong, tally.ties_decided) == (0, 1)


def test_a_decidable_recording_that_is_held_is_listed_with_its_kinds() -> None:
    office = generate(5, 60)
    readings = read_office(office)
    at = next(at for at, one in enumerate(readings) if one.kind is Class.DECIDABLE)
    filed: Filed = [None if place == at else one for place, one in enumerate(perfect(office))]
    (fault,) = score(office, readings, filed).faults
    assert fault.kind == "held"
    assert f"recorder {office.recordings[at].recorder}" in fault.traits


def test_a_filing_under_anothers_row_in_a_common_folder_is_told() -> None:
    """Two customers of one name, told apart by no paper, have one folder."""
    lines = (line(1, "张三", N1), line(2, "张三", None))
    office = Office(
        seed=7,
        recordings=(recording(shown("张三"), 2), recording(shown("张三"), 1)),
        sheets=(SheetFile("sheet", b"", DAY, lines),),
        names={1: "张三", 2: "张三"},
        mess=0,
    )
    decided = Decided(
        heard=(),
        decisions=tuple(
            Decision(key, Verdict.MATCHED, "张三", lines[0].key, "clear", ()) for key in "01"
        ),
        rows=tuple(Row(one.key, DAY, one.name, one.numbers, "张三") for one in lines),
        unread=(),
    )
    assert filed_by(office, decided) == [frozenset({1, 2})] * 2
    assert by_folder_alone(office, decided) == ["7:0"]
