"""`make bench-matching`: how well callvault files made-up offices, beside its peers.

    python -m bench.matching --offices 100 --seed 1 --recordings 200 --show 5
    python -m bench.matching --whole 3          runs the whole product, missing recordings too

A filing under another customer, a tie decided, and a customer whose recording is there and who is
named missing are faults: then the exit code is 1.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from collections import Counter
from collections.abc import Sequence
from functools import partial

from bench import in_process, in_process_missing, peers
from bench.missing import cases, missing
from bench.office.clerk import Class, read_office
from bench.office.generate import generate
from bench.score import Fate, Fault, Tally, by_folder_alone, filed_by, mixed, score

CALLVAULT = "callvault"


def one_office(seed: int, recordings: int) -> dict[str, Tally]:
    """All matchers on one office."""
    office = generate(seed, recordings)
    readings = read_office(office)
    found = in_process.read(office)
    decided = in_process.decide(found)
    tallies = {CALLVAULT: score(office, readings, filed_by(office, decided))}
    tallies[CALLVAULT].mixed = mixed(office, decided)
    tallies[CALLVAULT].by_folder_alone = by_folder_alone(office, decided)
    tallies[CALLVAULT].unread = len(found.unread)
    truth, named = missing(office, readings), in_process_missing.named(decided)
    held_for = in_process_missing.held_for(office, decided)
    tallies[CALLVAULT].missing_cases = [*cases(office, readings, truth, named, held_for)]
    tallies[CALLVAULT].missing.update(
        owed=len(truth.owed), named=len(truth.named(named)), falsely=len(truth.falsely(named))
    )
    for name, peer in peers.PEERS.items():
        picked = peers.filed_under_rows(office, peer(found))
        tallies[name] = score(office, readings, picked)
    return tallies


def all_offices(
    seeds: Sequence[int], recordings: int, processes: int, splink: int = 0
) -> dict[str, Tally]:
    """The sums over offices; Splink on the first `splink` ones, beside callvault on the same."""
    sums: dict[str, Tally] = {}
    few = f"{CALLVAULT}, {splink} offices"
    one = partial(one_office, recordings=recordings)
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        for at, found in enumerate(pool.imap(one, seeds)):
            for name, tally in found.items():
                sums.setdefault(name, Tally()).add(tally)
            if at < splink:
                sums.setdefault(few, Tally()).add(found[CALLVAULT])
    if splink:
        mine = sums.pop(few)  # the two stand side by side, last
        sums |= {few: mine, f"splink, {splink} offices": _splink(seeds[:splink], recordings)}
    return sums


def _splink(seeds: Sequence[int], recordings: int) -> Tally:
    from bench.splink_peer import by_splink

    offices = [generate(seed, recordings) for seed in seeds]
    picked = by_splink([in_process.read(office) for office in offices])
    tally = Tally()
    for office, rows in zip(offices, picked, strict=True):
        tally.add(score(office, read_office(office), peers.filed_under_rows(office, rows)))
    return tally


# --- printing ------------------------------------------------------------------------------------


def table(sums: dict[str, Tally]) -> str:
    heads = ("", "recordings", "right", "WRONG", "ties dec.", "decidable %", "open %", "misled")
    lines = [heads]
    for name, tally in sums.items():
        lines.append(
            (
                name,
                str(tally.recordings),
                str(tally.count(Fate.RIGHT)),
                str(tally.wrong),
                str(tally.ties_decided),
                f"{tally.share(Class.DECIDABLE):.2%}",
                f"{tally.share(Class.OPEN):.2%}",
                str(tally.count(Fate.WRONG, Class.MISLED)),
            )
        )
    widths = [max(len(line[at]) for line in lines) for at in range(len(heads))]
    return "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True))
        for line in lines
    )


def breakdown(tally: Tally, most: int = 40) -> str:
    """Decidable recordings that were held: by each kind, then by rule and kinds together."""
    held = [fault for fault in tally.faults if fault.kind == "held"]
    lost = Counter(trait for fault in held for trait in fault.traits)
    lines = ["held though decidable, by kind (a recording counts for each of its kinds):"]
    for trait, count in lost.most_common():
        share = count / tally.seen[trait]
        lines.append(f"  {count:5} of {tally.seen[trait]:6}  {share:6.1%}  {trait}")
    lines.append(
        "by the clerk's rule and all that was special, with one of them (--case OFFICE:AT):"
    )
    together = Counter(fault.traits[1:] for fault in held)
    example = {fault.traits[1:]: f"{fault.seed}:{fault.at}" for fault in held}
    for traits, count in together.most_common(most):
        lines.append(f"  {count:5}  {example[traits]:>8}  {', '.join(traits)}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _arguments(arguments)
    if asked.case:
        from bench.cases import describe

        seed, at = map(int, asked.case.split(":"))
        print(describe(Fault("case", seed, at, ()), asked.recordings))
        return 0
    if asked.whole:
        from bench.whole import run

        return run(range(asked.seed, asked.seed + asked.whole), asked.recordings)
    sums = all_offices(
        range(asked.seed, asked.seed + asked.offices),
        asked.recordings,
        asked.processes,
        asked.splink,
    )
    mine = sums[CALLVAULT]
    kinds = {kind: sum(mine.fates[kind, fate] for fate in Fate) for kind in Class}
    print(
        f"{asked.offices} offices from seed {asked.seed}: {mine.recordings} recordings, "
        + ", ".join(f"{count} {kind}" for kind, count in kinds.items())
    )
    print(table(sums))
    print(
        f"folders of two customers whom the papers tell apart: {mine.mixed}; "
        f"sheets not read: {mine.unread}"
    )
    alone = mine.by_folder_alone
    print(
        f"right by the folder alone, under another customer's row in it: {len(alone)}"
        + "".join(f" {case}" for case in alone)
    )
    told = mine.missing
    print(f"missing recordings: {told['named']} of {told['owed']} named, {told['falsely']} falsely")
    print("\n".join(mine.missing_cases))
    print()
    print(breakdown(mine))
    if asked.show:
        print()
        _show(mine.faults, asked.show, asked.recordings, asked.only)
    return int(mine.wrong > 0 or mine.ties_decided > 0 or told["falsely"] > 0)


def _show(faults: Sequence[Fault], most: int, recordings: int, only: str | None) -> None:
    from bench.cases import describe

    order = {"wrong": 0, "tie decided": 1, "misled": 2, "held": 3}
    ordered = sorted(faults, key=lambda fault: (order[fault.kind], fault.seed, fault.at))
    shown: Counter[str] = Counter()
    for fault in ordered:
        if only and only not in fault.traits and only != fault.kind:
            continue
        shown[fault.kind] += 1
        if shown[fault.kind] <= most:
            print(describe(fault, recordings))


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--offices", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1, help="of the first office")
    parser.add_argument("--recordings", type=int, default=200, help="about so many an office")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--splink", type=int, default=0, help="offices that Splink links too")
    parser.add_argument("--show", type=int, default=0, help="cases of each kind of fault")
    parser.add_argument("--only", help="show only faults of this kind or trait")
    parser.add_argument("--case", help="tell one recording, as 12:57 of office 12")
    parser.add_argument("--whole", type=int, default=0, help="offices for the whole product")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
