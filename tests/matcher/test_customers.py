from dataclasses import replace
from datetime import date
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from matcher.customers import Identified, Known, identify
from matcher.evidence import Row

TODAY = date(2026, 11, 16)
A, B, C, D = "13812345678", "13987654321", "15011112222", "15133334444"


def row(name: str | None, *numbers: str, key: str = "") -> Row:
    return Row(key or f"{name} {numbers}", TODAY, name, numbers)


def known(name: str, *numbers: str) -> Known:
    return Known(f"known {name} {'/'.join(numbers)}", name, frozenset(numbers))


def keys(identified: Identified) -> list[str | None]:
    return [row.customer for row in identified.rows]


def test_a_new_customer_is_known_by_name_and_smallest_number() -> None:
    identified = identify([row("张建国", B, A)], ())
    assert keys(identified) == [f"张建国|{A}"]
    assert identified.new == (Known(f"张建国|{A}", "张建国", frozenset({A, B})),)


def test_spellings_of_one_name_are_one_customer() -> None:
    identified = identify([row("张 建国", A), row("张建国(本人)", A)], [known("张建国", A)])
    assert keys(identified) == [f"known 张建国 {A}"] * 2
    assert identified.new == ()


def test_traditional_and_simplified_characters_are_one_name() -> None:
    both = identify([row("劉麗", A), row("刘丽", A)], ())
    assert keys(both) == [f"刘丽|{A}"] * 2
    assert both.new == (Known(f"刘丽|{A}", "刘丽", frozenset({A})),)
    alone = identify([row("劉麗", A), row("劉麗")], [])
    assert keys(alone) == [f"刘丽|{A}"] * 2
    assert [customer.name for customer in alone.new] == ["劉麗"]
    assert keys(identify([row("劉麗", A)], [known("刘丽", A)])) == [f"known 刘丽 {A}"]


def test_spellings_of_one_name_that_share_a_number_are_one_customer() -> None:
    firm = ("顺达建筑工程", "聊城顺达建筑工程有限公司")
    for one, other in (("王文泉", "王雯泉"), firm):
        assert len(set(keys(identify([row(one, A), row(other, A)], ())))) == 1
        assert len(set(keys(identify([row(one, A), row(other, B)], ())))) == 2
        assert keys(identify([row(other, A)], [known(one, A)])) == [f"known {one} {A}"]


def test_a_row_without_a_number_is_whose_name_is_written_so() -> None:
    """王房 is another spelling of 汪房's name, and somebody else's own one."""
    both = [row("汪房", A), row("王房", A), row("王房", B), row("汪房"), row("王房")]
    assert keys(identify(both, ())) == [f"汪房|{A}", f"汪房|{A}", f"汪房|{B}", f"汪房|{A}", None]


def test_a_number_with_a_slip_in_its_middle_is_still_the_customers() -> None:
    slipped = A[:5] + "9" + A[6:]
    assert len(set(keys(identify([row("王伟", A), row("王伟", slipped)], ())))) == 1
    assert keys(identify([row("王伟", slipped)], [known("王伟", A)])) == [f"known 王伟 {A}"]


def test_two_slips_of_one_number_are_both_the_customers() -> None:
    # Two apart from each other; the right one, whichever day has it, is one from either.
    right, digit, exchanged = "15463470997", "15463470097", "15436470997"
    rows = [row("杨洪", number) for number in (right, digit, exchanged)]
    assert len(set(keys(identify(rows, ())))) == 1
    assert len(set(keys(identify(rows[1:], ())))) == 2
    # Met as two by then, a third number tells of neither more than of the other.
    both = [known("杨洪", digit), known("杨洪", exchanged)]
    assert keys(identify(rows[:1], both)) == [None]
    network = A[:2] + "9" + A[3:]
    assert len(set(keys(identify([row("王伟", A), row("王伟", network)], ())))) == 2


def test_digits_that_are_no_number_are_the_customers_whose_number_they_nearly_are() -> None:
    def misread(digits: str) -> Row:
        return replace(row("王伟"), misread=(digits,))

    several = [row("王伟", A), row("王伟", B), misread(A[:-1])]
    assert keys(identify(several, ()))[2] == f"王伟|{A}"
    assert keys(identify([row("王伟", A), misread(C[:-1])], ()))[1] == f"王伟|{C[:-1]}"
    both_kinds = replace(row("王伟", A), misread=(C[:-1],))
    assert [one.customer for one in identify([both_kinds], ()).new] == [f"王伟|{A}"]
    assert keys(identify([misread(C[:-1]), misread(C[:-1])], ())) == [f"王伟|{C[:-1]}"] * 2
    near = A[:-1] + ("7" if A[-1] != "7" else "6")
    both = [row("王伟", A), row("王伟", near), misread(A[:-1])]
    assert keys(identify(both, ()))[2] is None


def test_a_guarantors_number_joins_nobody() -> None:
    def guaranteed(*numbers: str) -> Row:
        return replace(row("王伟", *numbers, D), of_others=(D,))

    rows = [guaranteed(A), guaranteed(B), guaranteed(A, C), replace(guaranteed(), name="王玮")]
    identified = identify(rows, ())
    assert keys(identified) == [f"王伟|{A}", f"王伟|{B}", f"王伟|{A}", "王玮|"]
    assert [new.numbers for new in identified.new] == [{A, C}, {B}, set()]
    assert [one.numbers for one in identified.rows] == [one.numbers for one in rows]
    assert keys(identify([guaranteed(), row("王伟", A), row(None, D)], [])) == [
        f"王伟|{A}",
        f"王伟|{A}",
        f"王伟|{A}",
    ]
    assert keys(identify([guaranteed(B)], [known("王伟", A, D)])) == [f"王伟|{B}"]


def masked(number: str, name: str = "王伟") -> Row:
    return replace(row(name), masked=(number,))


def test_masked_numbers_tell_customers_apart() -> None:
    one, other = "138****5678", "138****1111"
    rows = [masked(one), masked(other), masked(one), row("王伟")]
    identified = identify(rows, ())
    assert keys(identified) == [f"王伟|{one}", f"王伟|{other}", f"王伟|{one}", None]
    assert [(new.customer, new.numbers) for new in identified.new] == [
        (f"王伟|{other}", frozenset()),
        (f"王伟|{one}", frozenset()),
    ]
    assert keys(identify([masked(one), row("王伟")], ())) == [f"王伟|{one}"] * 2
    assert keys(identify([masked(one)], identified.new)) == [f"王伟|{one}"]


def test_a_masked_number_is_whose_number_fits() -> None:
    one, fits = "138****5678", "13888885678"
    assert keys(identify([row("王伟", A), masked(one), row("王伟", B)], ()))[1] == f"王伟|{A}"
    assert keys(identify([row("王伟", A), masked(one), row("王伟", fits)], ()))[1] is None
    assert keys(identify([masked(one)], [known("王伟", A)])) == [f"known 王伟 {A}"]
    assert keys(identify([masked(one)], (), [known("王伟", A)])) == [f"known 王伟 {A}"]
    assert keys(identify([masked(one)], [known("李强", A)])) == [f"王伟|{one}"]
    met = [Known(f"王伟|{one}", "王伟", frozenset())]
    assert keys(identify([row("王伟", A), row("王伟", B)], met)) == [f"王伟|{one}", f"王伟|{B}"]
    gained = [Known(f"王伟|{one}", "王伟", frozenset({A}))]
    assert keys(identify([row("王伟", fits)], gained)) == [f"王伟|{fits}"]
    both = replace(masked(one), misread=(A[:-1],))
    assert keys(identify([both, replace(row("王伟", B), masked=(one,))], ())) == [
        f"王伟|{one}",
        f"王伟|{B}",
    ]


def test_two_customers_of_one_name_are_told_apart_by_their_numbers() -> None:
    identified = identify([row("王伟", A), row("王伟", B)], ())
    assert keys(identified) == [f"王伟|{A}", f"王伟|{B}"]
    assert [customer.numbers for customer in identified.new] == [{A}, {B}]


def test_neighbouring_numbers_are_still_two_customers() -> None:
    assert len(identify([row("王伟", "13800000001"), row("王伟", "13800000002")], ()).new) == 2


def test_a_row_with_two_numbers_joins_both() -> None:
    rows = [row("王伟", A), row("王伟", B), row("王伟", C, B), row("王伟", A, C)]
    assert keys(identify(rows, ())) == [f"王伟|{A}"] * 4


def test_a_number_under_two_names_joins_nobody() -> None:
    assert len(set(keys(identify([row("张建国", A), row("李红", A)], ())))) == 2


def test_a_known_customer_is_found_by_a_shared_number_of_that_name() -> None:
    catalogue = [known("王伟", A, C), known("李红", B)]
    identified = identify([row("王伟", A), row("王伟", C, D), row("王伟", B)], catalogue)
    assert keys(identified) == [f"known 王伟 {A}/{C}"] * 2 + [f"王伟|{B}"]


def test_a_landline_may_lack_its_area_code() -> None:
    full, local = "053187654321", "87654321"
    assert keys(identify([row("王伟", local)], [known("王伟", full)])) == [f"known 王伟 {full}"]
    assert len(set(keys(identify([row("王伟", local), row("王伟", full)], ())))) == 1
    # Of two towns, the number alone does not say which.
    towns = [known("王伟", full), known("王伟", "01087654321")]
    assert keys(identify([row("王伟", local)], towns)) == [f"王伟|{local}"]


def test_a_row_that_ties_two_known_customers_together_is_left_open() -> None:
    catalogue = [known("王伟", A), known("王伟", B)]
    rows = [row("王伟", A), row("王伟", A, B), row("王伟", B), row("王伟", B, C), row("王伟", C)]
    assert keys(identify(rows, catalogue)) == [
        f"known 王伟 {A}",
        None,
        f"known 王伟 {B}",
        f"known 王伟 {B}",
        None,
    ]


def test_a_row_without_a_number_is_the_only_customer_of_its_name() -> None:
    assert keys(identify([row("王伟")], [known("王伟", A)])) == [f"known 王伟 {A}"]
    assert keys(identify([row("王伟"), row("王伟", A)], ())) == [f"王伟|{A}"] * 2


def test_a_row_without_a_number_is_new_where_nobody_has_the_name() -> None:
    identified = identify([row("王伟", key="1"), row("王伟", key="2")], [known("李红", A)])
    assert keys(identified) == ["王伟|"] * 2
    assert identified.new == (Known("王伟|", "王伟", frozenset()),)


def test_a_row_without_a_number_is_left_open_among_namesakes() -> None:
    assert keys(identify([row("王伟")], [known("王伟", A), known("王伟", B)])) == [None]
    identified = identify([row("王伟"), row("王伟", B)], [known("王伟", A)])
    assert keys(identified) == [None, f"王伟|{B}"]


def test_a_known_customer_without_a_number_gains_none() -> None:
    """What was filed under it may be the namesake's."""
    assert keys(identify([row("王伟", A)], [known("王伟")])) == [f"王伟|{A}"]
    assert keys(identify([row("王伟")], [known("王伟")])) == ["known 王伟 "]


def test_a_row_without_a_name_is_the_customer_of_its_number() -> None:
    assert keys(identify([row(None, A)], [known("王伟", A)])) == [f"known 王伟 {A}"]
    assert keys(identify([row(None, A), row("王伟", A)], ())) == [f"王伟|{A}"] * 2
    assert keys(identify([row(" ", A), row("王伟", A), row("李红", A)], ()))[0] is None
    assert keys(identify([row(None, A), row(None)], ())) == [None, None]


def test_a_row_without_a_name_is_open_where_its_number_is() -> None:
    catalogue = [known("王伟", A), known("王伟", B)]
    rows = [row("王伟", A, B, C), row(None, C)]
    assert keys(identify(rows, catalogue)) == [None, None]


names = st.sampled_from(["王伟", "李红", None])
numbers = st.lists(st.sampled_from([A, B, C, D, "053187654321", "87654321"]), max_size=3)
rows_of_a_day = st.lists(st.builds(lambda name, some: row(name, *some), names, numbers), max_size=8)
catalogues = st.lists(
    st.builds(lambda name, some: known(name, *sorted(set(some))), names.filter(bool), numbers),
    max_size=3,
    unique_by=lambda customer: customer.customer,
)


@given(rows_of_a_day, catalogues, st.randoms(use_true_random=False))
def test_the_order_of_rows_plays_no_part(
    rows: list[Row], catalogue: list[Known], dice: Random
) -> None:
    expected = identify(rows, catalogue)
    places = list(range(len(rows)))
    dice.shuffle(places)
    dice.shuffle(catalogue)
    again = identify([rows[place] for place in places], catalogue)
    assert keys(again) == [keys(expected)[place] for place in places]
    assert again.new == expected.new


@given(rows_of_a_day, catalogues)
def test_what_was_identified_once_stays(rows: list[Row], catalogue: list[Known]) -> None:
    """The next pass, which knows the new customers, tells the same and adds nobody."""
    first = identify(rows, catalogue)
    again = identify(rows, [*catalogue, *first.new])
    assert again.new == ()
    assert keys(again) == keys(first)
