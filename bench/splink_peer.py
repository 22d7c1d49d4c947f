"""Splink as its own documentation sets it up: recordings linked to rows by a trained model."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from typing import Any

from bench.in_process import Read
from matcher.evidence import Precision, Row

SURE = 0.95
"""Match probability from which the best row is taken."""


def by_splink(read: Read) -> Sequence[Row | None]:
    """The best row of each recording, where the model is sure enough."""
    logging.disable(logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _linked(read)
        finally:
            logging.disable(logging.NOTSET)


def _linked(read: Read) -> Sequence[Row | None]:
    import pyarrow as pa
    from splink import DuckDBAPI, Linker, block_on

    db = DuckDBAPI()
    tables = [
        db.register(pa.Table.from_pylist(records, _schema()), dataset_display_name=name)
        for name, records in (("recordings", _recordings(read)), ("rows", _rows(read)))
    ]
    linker = Linker(tables, _settings())
    training = linker.training
    sure: Any = [block_on("number"), block_on("name", "day")]
    training.estimate_probability_two_random_records_match(sure, recall=0.8)
    training.estimate_u_using_random_sampling(max_pairs=1e6)
    for block in (block_on("number"), block_on("name"), block_on("day", "collector")):
        training.estimate_parameters_using_expectation_maximisation(block)
    pairs = linker.inference.predict(threshold_match_probability=SURE).as_record_list()
    return _best(read, pairs)


def _schema() -> Any:
    import pyarrow as pa

    texts = ("unique_id", "name", "number", "collector", "day")
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
        blocking_rules_to_generate_predictions=[
            block_on("number"),
            block_on("name"),
            block_on("day", "collector"),
        ],
        unique_id_column_name="unique_id",
    )


def _recordings(read: Read) -> list[dict[str, object]]:
    made: list[dict[str, object]] = []
    for at, one in enumerate(read.heard):
        said = one.evidence
        clock = said.started_at if said.precision is not Precision.DAY else None
        made.append(
            {
                "unique_id": str(at),
                "name": said.contact,
                "number": said.numbers[0] if said.numbers else None,
                "collector": said.collector,
                "day": (said.started_at.date() if said.started_at else one.day).isoformat(),
                "minute": clock and float(clock.timestamp() // 60),
            }
        )
    return made


def _rows(read: Read) -> list[dict[str, object]]:
    made: list[dict[str, object]] = []
    for at, row in enumerate(read.rows):
        clock = row.called_at if row.precision is not Precision.DAY else None
        made.append(
            {
                "unique_id": str(at),
                "name": row.name,
                "number": row.numbers[0] if row.numbers else None,
                "collector": row.collector,
                "day": row.day.isoformat(),
                "minute": clock and float(clock.timestamp() // 60),
            }
        )
    return made


def _best(read: Read, pairs: Any) -> Sequence[Row | None]:
    best: dict[int, tuple[float, int]] = {}
    for pair in pairs:
        sides = {pair["source_dataset_l"]: pair["unique_id_l"]}
        sides[pair["source_dataset_r"]] = pair["unique_id_r"]
        recording, row = int(sides["recordings"]), int(sides["rows"])
        weight = (float(pair["match_weight"]), -row)
        if recording not in best or weight > best[recording]:
            best[recording] = weight
    return [read.rows[-best[at][1]] if at in best else None for at in range(len(read.heard))]
