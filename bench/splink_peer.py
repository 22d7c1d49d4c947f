"""Splink as its own documentation sets it up: recordings linked to rows by a trained model.

Its training wants thousands of pairs, so one model is trained on all the offices together, and
pairs are only ever made within an office. What would give an office away, the date and the
collectors' names, is told by the minute of the day and by the collector's number in the office.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bench.in_process import Read, called_on
from matcher.evidence import Evidence, Precision, Row

SURE = 0.5
"""Match probability from which the best row is taken: likelier than not. At 0.95, as one merges
records, it files a third fewer and is wrong no less often."""


def by_splink(reads: Sequence[Read]) -> Sequence[Sequence[Row | None]]:
    """The best row of each recording of each office, where the model is sure enough."""
    logging.disable(logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _linked(reads)
        finally:
            logging.disable(logging.NOTSET)


def _linked(reads: Sequence[Read]) -> Sequence[Sequence[Row | None]]:
    import pyarrow as pa
    from splink import DuckDBAPI, Linker, block_on

    db = DuckDBAPI()
    tables = [
        db.register(pa.Table.from_pylist(records, _schema()), dataset_display_name=name)
        for name, records in (("recordings", _recordings(reads)), ("rows", _rows(reads)))
    ]
    linker = Linker(tables, _settings())
    training = linker.training
    sure: Any = [block_on("office", "number"), block_on("office", "name", "day")]
    training.estimate_probability_two_random_records_match(sure, recall=0.8)
    training.estimate_u_using_random_sampling(max_pairs=1e6)
    for block in _blocks():
        training.estimate_parameters_using_expectation_maximisation(block)
    pairs = linker.inference.predict(threshold_match_probability=SURE).as_record_list()
    return _best(reads, pairs)


def _blocks() -> Sequence[Any]:
    from splink import block_on

    return [
        block_on("office", "number"),
        block_on("office", "name"),
        block_on("office", "day", "collector"),
    ]


def _schema() -> Any:
    import pyarrow as pa

    texts = ("unique_id", "name", "number", "collector", "day", "office")
    fields = [(name, pa.string()) for name in texts]
    return pa.schema([*fields, ("minute", pa.float64())])


def _settings() -> Any:
    import splink.comparison_library as cl
    from splink import SettingsCreator, block_on

    return SettingsCreator(
        link_type="link_only",
        comparisons=[
            cl.JaroWinklerAtThresholds("name", [0.9, 0.7]).configure(
                term_frequency_adjustments=True
            ),
            cl.DamerauLevenshteinAtThresholds("number", [1, 2]),
            cl.ExactMatch("collector"),
            cl.CustomComparison(
                output_column_name="minute",
                comparison_levels=[
                    {
                        "sql_condition": "minute_l IS NULL OR minute_r IS NULL",
                        "label_for_charts": "unknown",
                        "is_null_level": True,
                    },
                    *(
                        {
                            "sql_condition": f"abs(minute_l - minute_r) <= {minutes}",
                            "label_for_charts": f"within {minutes} minutes",
                        }
                        for minutes in (2, 10, 60)
                    ),
                    {"sql_condition": "ELSE", "label_for_charts": "apart"},
                ],
            ),
        ],
        blocking_rules_to_generate_predictions=[*_blocks(), block_on("office", "day")],
        unique_id_column_name="unique_id",
    )


def _recordings(reads: Sequence[Read]) -> list[dict[str, object]]:
    return [
        {
            "unique_id": f"{office}-{at}",
            "office": str(office),
            "name": one.evidence.contact,
            **_common(one.evidence, one.evidence.started_at, collectors),
            "day": called_on(one).isoformat(),
        }
        for office, read in enumerate(reads)
        for collectors in [_collectors(read)]
        for at, one in enumerate(read.heard)
    ]


def _rows(reads: Sequence[Read]) -> list[dict[str, object]]:
    return [
        {
            "unique_id": f"{office}-{at}",
            "office": str(office),
            "name": row.name,
            **_common(row, row.called_at, collectors),
            "day": row.day.isoformat(),
        }
        for office, read in enumerate(reads)
        for collectors in [_collectors(read)]
        for at, row in enumerate(read.rows)
    ]


def _common(
    said: Evidence | Row, moment: datetime | None, collectors: Mapping[str, str]
) -> dict[str, object]:
    """What a recording and a row say in the same words."""
    return {
        "number": said.numbers[0] if said.numbers else None,
        "collector": collectors.get(said.collector or ""),
        "minute": _minute(moment if said.precision is not Precision.DAY else None),
    }


def _collectors(read: Read) -> dict[str, str]:
    names = {row.collector for row in read.rows} | {one.evidence.collector for one in read.heard}
    return {name: str(at) for at, name in enumerate(sorted(filter(None, names)))}


def _minute(clock: datetime | None) -> float | None:
    return clock.hour * 60 + clock.minute + clock.second / 60 if clock else None


def _best(reads: Sequence[Read], pairs: Any) -> Sequence[Sequence[Row | None]]:
    best: dict[str, tuple[float, str]] = {}
    for pair in pairs:
        sides = {pair["source_dataset_l"]: pair["unique_id_l"]}
        sides[pair["source_dataset_r"]] = pair["unique_id_r"]
        weighed = (float(pair["match_weight"]), sides["rows"])
        best[sides["recordings"]] = max(weighed, best.get(sides["recordings"], weighed))
    return [
        [
            read.rows[int(best[key][1].partition("-")[2])] if key in best else None
            for key in (f"{office}-{at}" for at in range(len(read.heard)))
        ]
        for office, read in enumerate(reads)
    ]
