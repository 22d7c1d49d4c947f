"""Commands on how long recordings are kept: hold, and retention with due and apply."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import datetime
from pathlib import Path

import click

from commands.exit_codes import EXIT
from commands.invocation import Invocation
from commands.options import DAY, FILE, TEXT, command, date_of, formats
from commands.screen import end_with, typed, writing


@command("hold")
@click.argument("what", type=click.Choice(["add", "release", "list"]))
@click.argument("customer", type=TEXT, required=False, metavar="[CUSTOMER]")
@click.option("--reason", type=TEXT, default="", help="Why, for who reads it later; with add.")
@formats("text", "json")
@click.pass_obj
def hold(
    invocation: Invocation, /, what: str, customer: str | None, reason: str, form: str
) -> None:
    """Put a CUSTOMER under legal hold (add), end that (release), or list all who are (list).

    Nothing of theirs goes then, whatever the rules say: no source in the inbox is deleted, and
    where the mirror's store knows legal holds, it deletes none of their objects. CUSTOMER as with
    assign.
    """
    from ingest.hold_told import tell_add, tell_list, tell_release

    if (what == "list") == (customer is not None):
        raise click.UsageError("name a customer with add and release, and none with list")
    if reason and what != "add":
        raise click.UsageError("--reason goes with add")
    desk = invocation.desk
    if customer is None:
        end_with(tell_list(desk, form))
    if what == "add":
        end_with(tell_add(desk, customer, reason, form))
    end_with(tell_release(desk, customer, form))


@click.group("retention", epilog=EXIT)
def retention() -> None:
    """List whose recordings need not be kept any more by [retention], or have them disposed of."""


@command("due")
@click.option("--on", type=DAY, help="As of this day. Default: today.")
@click.option("--out", type=FILE, help="Write the list that apply takes.")
@formats("text", "json", "csv")
@click.pass_obj
def retention_due(
    invocation: Invocation, /, on: datetime | None, out: Path | None, form: str
) -> None:
    """List the customers whose files need not be kept any more, and whose are bound all the same.

    Nothing is deleted. What lies in holding is nobody's and never due. CSV is the list itself.
    """
    from ingest.retention_told import tell_due

    desk = invocation.desk
    with writing(out, invocation.words) if out is not None else nullcontext():
        told = tell_due(desk, date_of(on), form, out)
    end_with(told)


@command("apply")
@click.argument("signed", type=FILE, metavar="LIST")
@click.option("--by", type=TEXT, required=True, help="Who orders it.")
@click.option("--reason", type=TEXT, required=True, help="Why.")
@click.option("--yes", type=int, metavar="N", help="So many are to go: do not ask.")
@formats("text", "json")
@click.pass_obj
def retention_apply(
    invocation: Invocation, /, signed: Path, by: str, reason: str, yes: int | None, form: str
) -> None:
    """Have the recordings of a LIST disposed of that `retention due --out` wrote.

    Lines may be struck out of it, and nothing else changed. Every recording is looked at again, and
    kept where anything is not as the list says. Their bytes go from all mirrors and the archive,
    for good; nothing undoes it. Their history, hashes and custody stay.
    """
    from ingest.retention_told import Order, tell_apply

    end_with(tell_apply(invocation.desk, Order(signed, by, reason, yes), typed, form))


retention.add_command(retention_due)
retention.add_command(retention_apply)
