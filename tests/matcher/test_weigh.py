from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.language import LANGUAGES, sentences
from matcher.decision import Reason
from matcher.evidence import Evidence, Heard, Precision, Row
from matcher.learned import Learned
from matcher.register import Register
from matcher.said import said, written
from matcher.slips import alike, one_slip
from matcher.spelling import spelled
from matcher.weigh import weigh
from matcher.weights import WEIGHTS

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 11, 16)
NOON = datetime(2026, 11, 16, 12, tzinfo=ZONE)
A, B = "13812345678", "13987654321"


def reasons(evidence: Evidence, row: Row, *elsewhere: str) -> dict[str, Reason]:
    weighed = weigh(
        said(Heard("recording", TODAY, evidence), evidence, spelled, Register((), spelled)),
        written(row, row.customer, (), (*row.numbers, *elsewhere), spelled),
        Learned(),
    )
    assert weighed.weight == sum(reason.weight for reason in weighed.reasons)
    return {reason.code: reason for reason in weighed.reasons}


def by_name(contact: str | None, name: str | None, note: str | None = None) -> set[str]:
    return set(reasons(Evidence("test", contact, note), Row("r", TODAY, name)))


def by_number(*heard: str, row: tuple[str, ...] = (A,), note: str | None = None) -> set[str]:
    return set(reasons(Evidence("test", numbers=heard, note=note), Row("r", TODAY, None, row)))


def by_time(minutes: int, precision: Precision = Precision.MINUTE) -> set[str]:
    row = Row("r", TODAY, None, called_at=NOON, precision=precision)
    started_at = NOON + timedelta(minutes=minutes)
    return set(reasons(Evidence("test", started_at=started_at), row))


def test_absent_evidence_says_nothing() -> None:
    row = Row("r", TODAY, "张建国", (A,), None, NOON, Precision.MINUTE, "李娜", True)
    assert reasons(Evidence("test"), row) == {}
    full = Evidence("test", "张建国", None, None, (A,), NOON, Precision.SECOND, None, "李娜")
    assert reasons(full, Row("r", TODAY, None)) == {}


@pytest.mark.parametrize(
    ("contact", "name", "code"),
    [
        ("张建国", "张建国", "name_equal"),
        ("张 建国", "张建国(本人)", "name_equal"),
        ("Li Wei", "LIWEI", "name_equal"),
        ("张健国", "张建国", "name_sound"),
        ("章建国", "张建国", "name_sound"),
        ("張建國", "张建国", "name_equal"),
        ("张红国", "张建国", "name_near"),
        ("张建", "张建国", "name_near"),
        ("国建张", "张建国", "name_unlike"),
        ("王芳", "王伟", "name_half"),
        ("李红", "张建国", "name_differs"),
        ("王伟", "王伟(大桥镇)", "name_base"),
    ],
)
def test_names(contact: str, name: str, code: str) -> None:
    assert by_name(contact, name) == {code}


def test_a_note_that_stands_in_the_sheets_bracket_makes_the_name_equal() -> None:
    assert by_name("王伟", "王伟(大桥镇)", "大桥镇") == {"name_equal"}


@pytest.mark.parametrize("contact", ["挖机老板", "妈妈", "宏达建材公司", "Papa"])
def test_what_is_no_persons_name_contradicts_no_name(contact: str) -> None:
    assert by_name(contact, "张建国") == set()


def test_surnames() -> None:
    row = Row("r", TODAY, "张建国")
    assert set(reasons(Evidence("test", surname="张"), row)) == {"surname_equal"}
    assert set(reasons(Evidence("test", surname="李"), row)) == {"surname_differs"}
    firm = Row("r", TODAY, "宏达建材公司")
    assert reasons(Evidence("test", surname="李"), firm) == {}


@pytest.mark.parametrize(
    ("heard", "code"),
    [
        (A, "number_equal"),
        ("13812345679", "number_near"),
        ("13812845678", "number_slip"),
        ("1381234578", "number_slip"),
        ("13812345687", "number_near"),
        ("13887654321", "number_differs"),
    ],
)
def test_numbers(heard: str, code: str) -> None:
    assert by_number(heard) == {code}


def test_of_several_numbers_the_best_agreement_counts() -> None:
    assert by_number("13700000000", A) == {"number_equal"}
    assert by_number(A, row=("13700000000", A)) == {"number_equal"}
    assert by_number("053187654321", row=("87654321",)) == {"number_equal"}


def test_a_number_in_another_row_of_the_customer() -> None:
    row = Row("r", TODAY, "张建国", (B,))
    found = reasons(Evidence("test", numbers=(A,)), row, A)
    assert set(found) == {"number_elsewhere"}
    assert found["number_elsewhere"].weight < WEIGHTS["number_equal"]


@pytest.mark.parametrize("note", ["尾号5678", "后四位5678", "逾期 尾号:5678"])
def test_last_digits(note: str) -> None:
    assert by_number(note=note) == {"number_tail"}
    assert by_number(note=note, row=(B,)) == {"number_differs"}


def test_a_relatives_phone_may_have_another_number() -> None:
    assert by_number(B, note="配偶") == {"number_of_relative"}
    assert WEIGHTS["number_of_relative"] == 0


@pytest.mark.parametrize(
    ("minutes", "codes"),
    [
        (0, {"time_equal"}),
        (3, {"time_near"}),
        (-10, {"time_near"}),
        (15, {"time_close"}),
        (-16, set()),
        (29, set()),
        (60, {"time_apart"}),
        (61, {"time_off"}),
        (120, {"time_far"}),
        (-180, {"time_very_far"}),
        (400, {"time_very_far"}),
        (-715, {"time_half_day"}),
    ],
)
def test_times(minutes: int, codes: set[str]) -> None:
    assert by_time(minutes) == codes


def test_a_time_known_to_the_day_says_no_minutes() -> None:
    assert by_time(0, Precision.DAY) == set()
    assert by_time(300, Precision.DAY) == set()


def test_minutes_are_said() -> None:
    row = Row("r", TODAY, None, called_at=NOON, precision=Precision.MINUTE)
    late = Evidence("test", started_at=NOON + timedelta(minutes=3, seconds=20))
    assert reasons(late, row)["time_near"].values == (("minutes", "3"),)


def test_days() -> None:
    yesterday = Row("r", TODAY - timedelta(1), None)
    assert set(reasons(Evidence("test"), yesterday)) == {"day_differs"}
    dated = Evidence("test", started_at=NOON - timedelta(1), precision=Precision.DAY)
    assert reasons(dated, yesterday) == {}
    assert set(reasons(dated, Row("r", TODAY, None))) == {"day_differs"}


@pytest.mark.parametrize(
    ("heard", "noted", "codes"),
    [
        ("李娜", "李 娜", {"collector_equal"}),
        ("李娜", "赵强", {"collector_differs"}),
        ("李娜", "李强", {"collector_differs"}),
        ("李娜", "小李", set()),
        ("娜姐", "李娜", set()),
        ("李娜", "小赵", {"collector_differs"}),
        ("李娜", "信贷部李娜", set()),
        ("李娜", None, set()),
        ("李娜、王芳", "王芳", set()),
        ("李娜、王芳", "李娜、王芳", {"collector_equal"}),
        ("李娜、王芳", "赵强", {"collector_differs"}),
    ],
)
def test_collectors(heard: str, noted: str | None, codes: set[str]) -> None:
    row = Row("r", TODAY, None, collector=noted)
    assert set(reasons(Evidence("test", collector=heard), row)) == codes


def test_only_a_call_that_did_not_reach_the_customer_weighs() -> None:
    for reached, codes in ((False, {"not_reached"}), (True, set()), (None, set())):
        assert set(reasons(Evidence("test"), Row("r", TODAY, None, reached=reached))) == codes


def test_every_reason_has_a_weight_and_a_sentence_in_each_language() -> None:
    for code in WEIGHTS:
        assert set(sentences()[f"reasons.{code}"]) == set(LANGUAGES)


words = st.text("abc", max_size=6)


@given(words, words)
def test_one_slip_is_one_edit_or_one_swap(one: str, other: str) -> None:
    edits = {one[:i] + one[i + 1 :] for i in range(len(one))}
    edits |= {one[:i] + letter + one[i:] for i in range(len(one) + 1) for letter in "abc"}
    edits |= {one[:i] + letter + one[i + 1 :] for i in range(len(one)) for letter in "abc"}
    edits |= {one[:i] + one[i : i + 2][::-1] + one[i + 2 :] for i in range(len(one))}
    assert one_slip(one, other) == (other in edits - {one})
    assert one_slip(other, one) == one_slip(one, other)


def test_alike_names_share_two_characters() -> None:
    assert alike("张建国", "张健国")
    assert alike("王建", "王建国")
    assert not alike("王伟", "王芳")
    assert not alike("张建国", "张建国")
