"""Commands by which people say whose a recording is, and take back what they said."""

from __future__ import annotations

from datetime import datetime

import click

from commands.invocation import Invocation
from commands.options import DAY, TEXT, command, date_of, formats
from commands.screen import end_with, one_key


@command("assign")
@click.argument("recording", type=TEXT)
@click.argument("target", type=TEXT, metavar="CUSTOMER|SHEET:LINE")
@click.option("--new", is_flag=True, help="A customer whom no sheet has named yet.")
@click.option("--no-remember", is_flag=True, help="Do not take contact and number as confirmed.")
@formats("text", "json")
@click.pass_obj
def assign(
    invocation: Invocation, /, form: str, *, new: bool, no_remember: bool, **named: str
) -> None:
    """Say whose RECORDING is: a customer's, or the call in a LINE of a SHEET.

    RECORDING is its number, the first 6 or more digits of its hash, or its path in the inbox or
    the archive, of which the end is enough. CUSTOMER is a name, a name and last digits, or a
    folder with a / after it. The recording moves there and stays, whatever comes later; its
    contact and number are evidence from then on.
    """
    from ingest.word_told import tell_assign

    end_with(tell_assign(invocation.desk, **named, form=form, new=new, remember=not no_remember))


@command("unassign")
@click.argument("recording", type=TEXT)
@formats("text", "json")
@click.pass_obj
def unassign(invocation: Invocation, recording: str, form: str) -> None:
    """Put RECORDING into holding, where it stays until a person says otherwise."""
    from ingest.word_told import tell_unassign

    end_with(tell_unassign(invocation.desk, recording, form))


@command("review")
@click.option("--day", type=DAY, help="Of this day alone.")
@formats("text", "json")
@click.pass_obj
def review(invocation: Invocation, day: datetime | None, form: str) -> None:
    """Walk through what is held, the best candidates first, one key to confirm.

    1-5 confirm a candidate, s skips, n is nobody's (stays held), u undoes the last, q quits. As
    JSON it only lists.
    """
    from ingest.review import tell_queue, walk

    desk = invocation.desk
    if form == "json":
        end_with(tell_queue(desk, date_of(day)))
    end_with(walk(desk, date_of(day), one_key, click.echo))


@command("undo")
@click.argument("act", type=TEXT, required=False, metavar="[ACT|RECORDING]")
@formats("text", "json")
@click.pass_obj
def undo(invocation: Invocation, act: str | None, form: str) -> None:
    """List the last acts; undo the one of this number, or the last decision on a recording.

    Undoing a pass puts what it filed back to where it was, by your word. Undoing an assign or
    unassign brings back what was said before; where nothing was, callvault decides again. An undo
    can be undone.
    """
    from ingest.undo_told import tell_undo

    end_with(tell_undo(invocation.desk, act, form))


@command("remembered")
@formats("text", "json")
@click.pass_obj
def remembered(invocation: Invocation, form: str) -> None:
    """List the contacts and numbers that people confirmed to be a customer's."""
    from ingest.word_told import tell_remembered

    end_with(tell_remembered(invocation.desk, form))


@command("forget")
@click.argument("ids", nargs=-1, required=True, type=int, metavar="ID...")
@formats("text", "json")
@click.pass_obj
def forget(invocation: Invocation, ids: tuple[int, ...], form: str) -> None:
    """Forget what was confirmed, by its numbers in `callvault remembered`."""
    from ingest.word_told import tell_forget

    end_with(tell_forget(invocation.desk, ids, form))
