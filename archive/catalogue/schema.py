"""The catalogue's tables. A change here needs a migration in `archive/migrations/versions`."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

HEAD = "0017"
"""The newest migration: a catalogue that is there already need not load Alembic."""


class Moment(TypeDecorator[datetime]):
    """An aware time, kept as UTC: SQLite has no time zones, and PostgreSQL is then no exception."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        return None if value is None else value.replace(tzinfo=UTC)


_JSON = JSON(none_as_null=True)  # of nothing there is one kind


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

inbox_file = Table(
    "inbox_file",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", Text, nullable=False, unique=True),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("state", String(12), nullable=False, index=True),
    Column("day", Date, nullable=False, index=True),
    Column("collector", Text),
    Column("arrived_at", Moment, nullable=False),
    Column("reason", _JSON),
    Column("path", Text),
    Column("recording_id", ForeignKey("recording.id")),
)

customer = Table(
    "customer",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False, index=True),
    Column("folder", Text, nullable=False),
    # Two folders must differ for file systems that fold case and width.
    Column("folder_fold", Text, nullable=False, unique=True),
    # The name in the form in which two spellings are equal: the key's first part.
    Column("spelling", Text, nullable=False, server_default="", index=True),
    # Named by a person before any sheet did; known while somebody's word says so.
    Column("by_person", Boolean, nullable=False, server_default=false()),
)

customer_number = Table(
    "customer_number",
    metadata,
    Column("customer_id", ForeignKey("customer.id"), primary_key=True),
    Column("number", String(32), primary_key=True, index=True),
)

sheet = Table(
    "sheet",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", Text, nullable=False, index=True),
    Column("sha256", String(64), nullable=False, index=True),
    Column("day", Date, nullable=False, index=True),
    Column("collector", Text),
    Column("arrived_at", Moment, nullable=False),
    Column("state", String(12), nullable=False),
    Column("columns", _JSON, nullable=False),
    Column("problems", _JSON, nullable=False),
)

sheet_row = Table(
    "sheet_row",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sheet_id", ForeignKey("sheet.id"), nullable=False),
    Column("key", Text, nullable=False, index=True),
    Column("tab", Text, nullable=False),
    Column("line", Integer, nullable=False),
    Column("day", Date, nullable=False, index=True),
    Column("collector", Text),
    Column("department", Text),
    Column("customer_name", Text),
    Column("numbers", _JSON, nullable=False),
    Column("called_at", Moment),
    Column("precision", String(8)),
    Column("reached", Boolean),
    Column("promised", Date),
    Column("promised_text", Text),
    Column("location", Text),
    Column("hours", Text),
    Column("raw", _JSON, nullable=False),
    Column("problems", _JSON, nullable=False),
    Column("customer_id", ForeignKey("customer.id"), index=True),
    Column("duration_seconds", Float),
    # Null in rows that are older than the column.
    Column("further", _JSON),
    Column("misread", _JSON),
    Column("masked", _JSON),
    Column("of_others", _JSON),
    UniqueConstraint("sheet_id", "key"),
)

recording = Table(
    "recording",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("size", BigInteger, nullable=False),
    Column("source", Text, nullable=False),
    Column("day", Date, nullable=False, index=True),
    # The day its name says the call took place, where that is another one.
    Column("call_day", Date, nullable=False, index=True),
    Column("collector", Text),
    Column("arrived_at", Moment, nullable=False),
    Column("path", Text, nullable=False),
    Column("path_fold", Text, nullable=False, unique=True),
    Column("target", Text),
    Column("target_fold", Text, unique=True),
    Column("filed", Boolean, nullable=False),
    Column("started_at", Moment),
    Column("precision", String(8)),
    Column("numbers", Text, nullable=False),
    Column("container", Text),
    Column("codec", Text),
    Column("duration_seconds", Float),
    Column("condition", String(12)),
    Column("silent", Boolean),
    Column("dbfs", Float),
    Column("tags", _JSON),
    Column("notes", _JSON),
    # What a file beside it said: evidence is read again at each decision, the file may be gone.
    Column("sidecar", _JSON),
    Column("verdict", String(12)),
    Column("why", String(16)),
    Column("candidates", _JSON),
    Column("customer_id", ForeignKey("customer.id")),
    Column("row_id", ForeignKey("sheet_row.id"), index=True),
    # What became of its source in the inbox: `moved` or `deleted`.
    Column("released", String(8)),
    # `ordered`: its bytes are to go; `disposed`: they are gone.
    Column("disposal", String(8)),
)
Index("ix_recording_customer_started", recording.c.customer_id, recording.c.started_at)
Index("ix_recording_collector_started", recording.c.collector, recording.c.started_at)
# What is looked for at every pass, and is nothing or little of what there is.
for _name, _few in (
    ("on_the_way", recording.c.target.is_not(None)),
    ("unprobed", recording.c.condition.is_(None)),
    ("held", recording.c.filed.is_(False)),
    ("leaving", recording.c.disposal == "ordered"),
):
    Index(f"ix_recording_{_name}", recording.c.id, sqlite_where=_few, postgresql_where=_few)
Index("ix_recording_arrived_at", recording.c.arrived_at)

open_day = Table(
    "open_day",
    metadata,
    # Something of this day is new: it is to be matched again. Gone once the decisions stand.
    Column("day", Date, primary_key=True),
)

mention = Table(
    "mention",
    metadata,
    # Names and numbers that a day's rows and recordings say: what of them becomes known or is
    # forgotten later bears on the day.
    Column("day", Date, primary_key=True),
    Column("value", Text, primary_key=True, index=True),
)

word = Table(
    "word",
    metadata,
    # What a person said of a recording; without a customer: that it stays in holding.
    Column("recording_id", ForeignKey("recording.id"), primary_key=True),
    Column("customer_id", ForeignKey("customer.id"), index=True),
    # The row's key: the row itself is replaced when its sheet is corrected.
    Column("row_key", Text, index=True),
    Column("said_by", Text, nullable=False),
    Column("said_at", Moment, nullable=False),
)

legal_hold = Table(
    "legal_hold",
    metadata,
    # Customers whose recordings may not go, whatever the rules say, until a person releases them.
    Column("customer_id", ForeignKey("customer.id"), primary_key=True, autoincrement=False),
    Column("reason", Text, nullable=False),
    Column("said_by", Text, nullable=False),
    Column("said_at", Moment, nullable=False),
)

disposal = Table(
    "disposal",
    metadata,
    # A person's order that a recording's bytes go, and by which rule they may; the row stays.
    Column("recording_id", ForeignKey("recording.id"), primary_key=True, autoincrement=False),
    Column("reason", Text, nullable=False),
    Column("said_by", Text, nullable=False),
    Column("said_at", Moment, nullable=False),
    # The rule, the customer's last day and until when it was kept, as the list said.
    Column("rule", _JSON, nullable=False),
    # The digest of that list.
    Column("list", String(64), nullable=False),
    # When its file was gone.
    Column("disposed_at", Moment),
)

confirmed = Table(
    "confirmed",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("customer_id", ForeignKey("customer.id"), nullable=False, index=True),
    Column("kind", String(8), nullable=False),
    Column("value", Text, nullable=False),
    Column("recording_id", ForeignKey("recording.id"), nullable=False),
    Column("said_by", Text, nullable=False),
    Column("said_at", Moment, nullable=False),
    # Of one person only: what two have confirmed tells nobody apart.
    UniqueConstraint("kind", "value"),
)

act = Table(
    "act",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("at", Moment, nullable=False),
    # The person; `None` where a pass decided.
    Column("by", Text),
    Column("undoes", ForeignKey("act.id")),
)

act_change = Table(
    "act_change",
    metadata,
    Column("act_id", ForeignKey("act.id"), primary_key=True),
    Column("recording_id", ForeignKey("recording.id"), primary_key=True, index=True),
    Column("customer_before", ForeignKey("customer.id")),
    Column("row_before", Text),
    Column("word_before", _JSON),
    Column("customer_after", ForeignKey("customer.id")),
    Column("row_after", Text),
    Column("word_after", _JSON),
    # False until the decision that follows from a person's word stands.
    Column("settled", Boolean, nullable=False, index=True),
)

act_memory = Table(
    "act_memory",
    metadata,
    # What an act confirmed, or forgot.
    Column("id", Integer, primary_key=True),
    Column("act_id", ForeignKey("act.id"), nullable=False, index=True),
    Column("added", Boolean, nullable=False),
    Column("customer_id", ForeignKey("customer.id"), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("value", Text, nullable=False),
    Column("recording_id", ForeignKey("recording.id"), nullable=False),
    Column("said_by", Text, nullable=False),
    Column("said_at", Moment, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    # Of a sheet or a custody file: none.
    Column("recording_id", ForeignKey("recording.id"), index=True),
    Column("action", String(8), nullable=False),
    Column("key", Text, nullable=False, unique=True),
    # The store may have it, whatever the catalogue heard of it.
    Column("sent", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Moment, nullable=False, index=True),
    Column("error", _JSON),
    Column("sha256", String(64), nullable=False),
    # Null of a sheet: its file tells.
    Column("size", BigInteger),
    Column("source", Text, nullable=False),
    # What a `hold` is to bring about; of others: the object that is there may be under one.
    Column("legal_hold", Boolean),
    # Null where a custody file that is older than the column brought it back.
    Column("owed_at", Moment),
)

mirrored = Table(
    "object",
    metadata,
    Column("key", Text, primary_key=True),
    Column("recording_id", ForeignKey("recording.id"), index=True),
    Column("checksum", String(64), nullable=False),
    Column("confirmed_at", Moment, nullable=False),
    # What the store showed of its lock.
    Column("locked_until", Moment),
    # Why it has not the lock that was asked for; null: it has, or none was asked for.
    Column("unlocked", _JSON),
    # True: the store showed the legal hold that we set; false: it knows no such thing.
    Column("legal_hold", Boolean),
)

further_object = Table(
    "further_object",
    metadata,
    # What each mirror beside the first has, or may have, and what it owes of it.
    Column("id", Integer, primary_key=True),
    # The mirror's name in the settings.
    Column("mirror", String(32), nullable=False),
    Column("key", Text, nullable=False),
    # Of a sheet or a custody file: none.
    Column("recording_id", ForeignKey("recording.id")),
    Column("sha256", String(64), nullable=False),
    # Null of a sheet: its file tells.
    Column("size", BigInteger),
    Column("source", Text, nullable=False),
    # The store may have it, whatever the catalogue heard of it.
    Column("sent", Boolean, nullable=False),
    # `put`, `hold` or `remove`; null: nothing is owed.
    Column("action", String(8)),
    # `missing` or `altered`, as verifying found it, until it is repaired.
    Column("fault", String(8)),
    # When the store showed it.
    Column("confirmed_at", Moment),
    Column("locked_until", Moment),
    Column("unlocked", _JSON),
    # True: a legal hold that we set may be on it; false: the store knows no such thing.
    Column("legal_hold", Boolean),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("error", _JSON),
    UniqueConstraint("mirror", "key"),
)
Index("ix_further_object_recording", further_object.c.recording_id, further_object.c.mirror)
# What is owed, in its order: of a million copies that may be some, or all.
Index(
    "ix_further_object_owed",
    further_object.c.mirror,
    further_object.c.id,
    sqlite_where=further_object.c.action.is_not(None),
    postgresql_where=further_object.c.action.is_not(None),
)

encryption = Table(
    "encryption",
    metadata,
    # Mirrors whose objects are sealed, by the key's fingerprint; of a plain one there is no row.
    # In a custody file it comes before rows of objects, so that none is ever known without it.
    Column("mirror", String(32), primary_key=True),
    Column("fingerprint", String(16), nullable=False),
)

custody = Table(
    "custody",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("event", String(24), nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    # The entry as it was hashed: the bytes count, not what they mean.
    Column("entry", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)
ACCESSES = (
    "access_torn",
    "exported",
    "history_told",
    "listened",
    "numbers_shown",
    "searched",
)
"""Events that tell who saw what; few beside what happens to recordings. Who adds one needs a
migration that makes the index anew.
"""
# As text, for SQLite takes an index of some rows only where the question says the same to the
# letter.
IS_ACCESS = text(f"event IN ({', '.join(map(repr, ACCESSES))})")
Index(
    "ix_custody_access",
    custody.c.event,
    custody.c.at,
    sqlite_where=IS_ACCESS,
    postgresql_where=IS_ACCESS,
)

custody_file = Table(
    "custody_file",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("path", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    # The last entry that this file or one before it has, and its hash.
    Column("last", Integer, nullable=False),
    Column("head", String(64), nullable=False),
    Column("written_at", Moment, nullable=False),
    # When a time-stamp authority saw it, and the hash of what that answered.
    Column("stamped_at", Moment),
    Column("stamp_sha256", String(64)),
)

changed = Table(
    "changed",
    metadata,
    # Rows that changed since the last custody file: triggers note them, of every writer.
    Column("table_name", Text, primary_key=True),
    Column("key", Text, primary_key=True),
)

fault = Table(
    "fault",
    metadata,
    # A copy that is not what the catalogue says, until it is repaired.
    Column("recording_id", ForeignKey("recording.id"), primary_key=True),
    # `archive` or `mirror`.
    Column("place", String(8), primary_key=True),
    # `missing` or `altered`.
    Column("kind", String(8), nullable=False),
    Column("found_at", Moment, nullable=False),
)

verification = Table(
    "verification",
    metadata,
    # One run over a slice of the recordings; resumed where it `reached`.
    Column("id", Integer, primary_key=True),
    Column("place", String(8), nullable=False),
    # `presence`, `size` or `contents`.
    Column("level", String(8), nullable=False),
    Column("slice", Integer, nullable=False),
    Column("slices", Integer, nullable=False),
    Column("began_at", Moment, nullable=False),
    Column("ended_at", Moment),
    # The last recording's id.
    Column("reached", Integer, nullable=False),
    Column("seen", Integer, nullable=False),
    Column("faults", Integer, nullable=False),
    # Over the SHA-256 of all that were seen, in order.
    Column("digest", String(64), nullable=False),
    # What was found beside faults of copies, which no other row tells.
    Column("beside", Integer, nullable=False, server_default="0"),
)

alarm = Table(
    "alarm",
    metadata,
    # Something about the office's machines that a person must see to.
    Column("id", Integer, primary_key=True),
    Column("code", String(32), nullable=False, index=True),
    Column("message", _JSON, nullable=False),
    Column("raised_at", Moment, nullable=False),
    Column("cleared_at", Moment),
)

answer = Table(
    "answer",
    metadata,
    # What people said of findings; of each finding the last one counts. Nothing is ever changed.
    Column("id", Integer, primary_key=True),
    Column("finding", String(15), nullable=False, index=True),
    Column("day", Date, nullable=False, index=True),
    Column("code", String(32), nullable=False),
    # Whom and what the finding was about, for when it is there no more.
    Column("about", Text, nullable=False),
    # Null: what was said before is taken back.
    Column("reason", Text),
    Column("said_by", Text, nullable=False),
    Column("said_at", Moment, nullable=False),
)
