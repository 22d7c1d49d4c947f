"""Every section and key of the settings: how each is read, and its default."""

from __future__ import annotations

from collections.abc import Mapping

from config import grades, notifying, retention, rule_values, values
from config.given import Key

OPTIONAL = ("mirror", "retention")
"""Sections without which there is no such thing."""

SECTIONS: Mapping[str, Mapping[str, Key]] = {
    "office": {
        "name": Key(values.text, ""),
        "timezone": Key(values.zone, "Asia/Shanghai"),
        "language": Key(values.language, "zh"),
    },
    "inbox": {
        "path": Key(values.path),
        "settle_seconds": Key(values.seconds, 10),
        "scan_seconds": Key(values.seconds, 300),
        "watch": Key(values.watching, "auto"),
        "max_megabytes": Key(values.up_to(1_000_000, values.count), 2048),
        "patterns": Key(values.patterns, []),
        "raw_audio": Key(values.raw_formats, []),
        "release": Key(values.releasing, "keep"),
        "released": Key(values.path, None),
    },
    "handoff": {
        "deadline": Key(values.clock, "17:00"),
        "remind_minutes": Key(values.up_to(1440, values.count_or_none), 30),
        "off_due": Key(rule_values.off_due, "same_day"),
    },
    "calendar": {
        "working_days": Key(rule_values.weekdays, "1-5"),
        "holidays": Key(rule_values.holidays, []),
        "extra_working_days": Key(rule_values.dates, []),
    },
    "rules": {
        "call_hours": Key(rule_values.call_hours, "08:00-22:00"),
        "calls_a_day": Key(values.up_to(1000, values.count), 3),
        "due_day": Key(rule_values.day_of_month, 15),
        "grace_days": Key(rule_values.days_of_grace, 1),
        "completeness_percent": Key(rule_values.percent, 0),
        "required": Key(rule_values.required, {}),
    },
    "sheet": {
        "columns": Key(values.columns, {}),
        "reached": Key(rule_values.outcomes, []),
        "not_reached": Key(rule_values.outcomes, []),
    },
    "archive": {
        "path": Key(values.path),
        "name": Key(values.template, "{date}_{time}_{customer}_{last4}"),
    },
    "catalogue": {"url": Key(values.database, None)},
    "mirror": {
        "bucket": Key(values.bucket),
        "prefix": Key(values.prefix, ""),
        "endpoint_url": Key(values.endpoint, None),
        "region": Key(values.some_text, None),
        "addressing_style": Key(values.addressing, "auto"),
        "profile": Key(values.some_text, None),
        "workers": Key(values.workers, 8),
        "megabits": Key(values.megabits, 0),
        "quiet": Key(values.quiet, []),
        "store": Key(values.store, None),
        "encryption": Key(values.encryption, "none"),
        "kms_key": Key(values.some_text, None),
        "lock": Key(values.locking, "off"),
        "engine": Key(values.engine, "boto3"),
        "key_file": Key(values.path, None),
    },
    "retention": retention.KEYS,
    "custody": {
        "timestamp_url": Key(values.authority, None),
        "timestamp_ca": Key(values.path, None),
        "timestamp_hours": Key(values.hours, 1),
    },
    "report": {"at": Key(values.clock, "20:00"), "folder": Key(values.path, "reports")},
    "alarms": {
        "command": Key(values.command, []),
        "free_percent": Key(values.up_to(99, values.count), 5),
        "free_gigabytes": Key(values.up_to(1_000_000, values.count), 2),
    },
    "verify": {
        "slices": Key(values.up_to(99_999, values.count_or_none), 30),
        "at": Key(values.clock, "21:00"),
    },
    "log": {
        "file": Key(values.path, "callvault.log"),
        "megabytes": Key(values.up_to(10_000, values.count), 5),
        "keep": Key(values.up_to(1000, values.count), 5),
    },
    "notify": notifying.KEYS,
    "coverage": {
        "plan": Key(grades.plan, grades.DEFAULT_PLAN),
        "credit_calls": Key(values.up_to(31, values.count), 2),
        "months_back": Key(values.up_to(120, values.count), 3),
    },
}
