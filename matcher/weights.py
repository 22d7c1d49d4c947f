"""What each named reason weighs, and which reasons name a customer.

Bits, log2(m / u), where m is how often the reason holds for the right row and u how often it holds
for a wrong row of the same day (Fellegi and Sunter, 1969). Bits add up; absent evidence adds
nothing. They are checked on the simulated offices of `bench/office`.
"""

from __future__ import annotations

WEIGHTS = {
    # u: two customers of one office share a number about once in 100,000 pairs (couples, firms).
    # Strong enough that a far time and another collector's folder together leave it standing.
    "number_equal": 17.0,
    # As strong; a little less, so that of one customer's rows the one that has the number wins.
    "number_elsewhere": 16.0,
    # The customer's on another day's sheet; numbers change hands, seldom.
    "number_known": 15.0,
    # A person listened and said whose it is.
    "number_confirmed": 16.0,
    # The number is equal, and by the papers of other days another customer's, too, who has no row
    # on this one: a couple's. Then the name or a near time must speak for the row.
    "number_shared": -11.5,
    # m: one number in a hundred is mistyped. A slip before the last two digits is nobody else's
    # number by chance; in the last two, families and firms buy neighbouring numbers.
    "number_slip": 7.0,
    "number_near": 3.0,
    # The row shows the first three and the last four digits of a number, and these are the called
    # one's. u: as with the last four.
    "number_masked": 7.0,
    # u: 1 in 10,000 for four digits. Beside the own collector (2) enough, alone not.
    "number_tail": 7.5,
    # The last digits are equal, and those of another customer's, too, who has no row on this day.
    "tail_shared": -4.5,
    # m: second numbers and changed numbers, one call in fifteen. Beside an equal name it is a
    # conflict unless the time speaks for the row, see `matcher.claims`.
    "number_differs": -4.0,
    # Another customer's by the papers of other days: nobody else's call.
    "number_of_other": -12.0,
    "number_of_relative": 0.0,
    # m: 0.95; u: the commonest full names are borne by one person in a thousand.
    "name_equal": 10.0,
    # The row tells namesakes apart in brackets and the recording does not.
    "name_base": 8.0,
    "name_confirmed": 12.0,
    # One slip from the row's, and whole on another day's sheet with the row's number; but brothers
    # have one phone, too.
    "name_known": 5.0,
    # A firm without its town and form: 永固建筑 for 临沂市永固建筑工程有限公司.
    "name_part": 8.5,
    # The note says whose wife or driver has the phone, and gives the full name.
    "name_in_note": 8.0,
    # m: one name in fifty is typed in other characters of its sound. u: one pair in 2,000.
    "name_sound": 5.5,
    # m: one name in fifty is mistyped. u: one pair in two hundred is this alike, brothers above
    # all. Needs the near time of a call that nobody else recorded.
    "name_near": 3.0,
    "name_unlike": -2.0,
    # The surname and one character of two: 王伟 may be 王玮's slip, and is mostly another person.
    # The rarer the surname, the less so; this is with the commonest.
    "name_half": -4.0,
    "name_differs": -6.0,
    # Another customer bears exactly the name that was heard.
    "name_of_other": -10.0,
    # The name is equal, and a customer whom other days know and this one does not bears it, too:
    # a row may have been forgotten, and a file lie in another's folder, so the time must speak.
    "namesake_known": -4.5,
    # The same, and the recording tells no date: it may be of a day on which the other was called.
    "namesake_undated": -5.0,
    # 阿卜杜拉·买买提曲阜: a name and a town, or another's longer name.
    "name_goes_on": -3.5,
    # The customer is called like a collector, and the file may say no more than who called, about
    # whatever call: never enough without a number.
    "name_of_collector": -20.0,
    # Beside rows with a number another collector has one of the name without: one person, or two
    # of one name.
    "number_lacking": -3.5,
    # The name is equal, and the customer's rows have two numbers one slip apart: one person, or two
    # of one name.
    "numbers_alike": -3.5,
    # By how many customers of the day have it: 王 or 李 is one customer in thirteen (3.7).
    "surname_equal": 1.0,
    "surname_differs": -2.0,
    # u: a wrong row lies within 2 minutes one time in 120, within 10 minutes one in twenty-four;
    # m: hands round to 5 or 10 minutes, and note a call's start or its end.
    "time_equal": 5.5,
    # To the minute, of a collector whose times are exact: one in 240.
    "time_exact": 7.5,
    "time_near": 4.0,
    "time_close": 2.0,
    # The row knows the hour alone: a wrong row's is the same one time in eight.
    "time_hour": 2.5,
    # Half an hour and more.
    "time_apart": -1.0,
    # More than an hour is another call, mostly: a name that merely happens to be a customer's must
    # not be filed against it. Up to two may be a morning's calls written up at noon, where the
    # call is the only one that is left.
    "time_off": -4.5,
    # 3:10 typed for 15:10, or another call.
    "time_half_day": -2.5,
    "time_far": -5.0,
    "time_very_far": -6.0,
    # The sheet has no times, and its lines stand in the order of the calls.
    "order_fits": 3.0,
    "order_differs": -3.0,
    "day_differs": -10.0,
    # u: a wrong row's call lasts as long to a few seconds one time in sixty.
    "duration_equal": 5.0,
    # Written in whole minutes, or counted from the first ring.
    "duration_near": 1.0,
    "duration_differs": -3.0,
    # u: an office has four to twenty collectors.
    "collector_equal": 2.0,
    # m: they stand in for each other, and sheets have nicknames.
    "collector_differs": -3.5,
    # The row has no number, and several customers its name.
    "row_open": -1.0,
    # m: a call that nobody answered seldom leaves a recording.
    "not_reached": -2.0,
    # Of calls that nothing names, see `matcher.resembling`; it decides nothing.
    "resembles": 0.0,
    # No other free call could be this recording's, and no other recording could be this call's.
    "only_one_left": 2.0,
}

NUMBER = frozenset({"number_equal", "number_elsewhere", "number_known", "number_confirmed"})
NAME = frozenset({"name_equal", "name_base", "name_confirmed"})
NAME_LIKE = frozenset({"name_near", "name_sound"})
NAMES_A_CUSTOMER = NUMBER | NAME | {"number_tail", "name_in_note", "name_part"}
"""One of these can carry a match by itself."""
HINTS = frozenset(
    {
        "number_slip",
        "number_near",
        "number_masked",
        "name_known",
        "name_sound",
        "name_near",
        "surname_equal",
    }
)
"""These point at a customer whose call it may be, if the time or all else speaks for it."""
CAVEATS = frozenset(
    {
        "number_shared",
        "tail_shared",
        "namesake_known",
        "namesake_undated",
        "name_goes_on",
        "name_of_collector",
        "number_lacking",
        "numbers_alike",
    }
)
"""These say that more is needed, and not who is likelier."""
SUPPORT = NAMES_A_CUSTOMER | HINTS

TIME_CLOSE = frozenset({"time_exact", "time_equal", "time_hour", "time_near", "time_close"})
TIME_NEAR = frozenset({"time_exact", "time_equal", "time_near", "order_fits"})
TIME_FAR = frozenset({"time_far", "time_very_far", "order_differs", "day_differs"})
TIME_OFF = TIME_FAR | {"time_off"}
TO_THE_MINUTE = frozenset({"time_exact", "time_equal"})
TIME_APART = TIME_OFF | {"time_apart"}
"""Half an hour and more, where the other is to the minute."""
AGAINST = frozenset(
    {"number_differs", "number_of_other", "name_differs", "name_of_other", "surname_differs"}
)
