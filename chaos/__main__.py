"""`python -m chaos [--seed N] [--mails N] [--kills N] [--database sqlite|postgresql]`: try the promise, print figures.

Exits with 1 where a promise is broken, and names the messages.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from chaos.campaign import Campaign, Plan, Stuck, underway
from chaos.verdict import Evidence, Verdict, delivered, judge
from scheduler.base.clock import monotonic
from scheduler.planning.delivery import REPEATS, State
from tests.support.postgres import Cluster, NoPostgres, cluster

_WORKERS = {"sqlite": 1, "postgresql": 3}
_NAMED = 20  # keys of a broken promise that are printed


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=3, help="repeats the schedule of faults (default: 3)")
    parser.add_argument("--mails", type=int, default=4000, help="about so many reminders (default: 4000)")
    parser.add_argument("--kills", type=int, default=200, help="workers killed with -9 (default: 200)")
    parser.add_argument("--database", choices=sorted(_WORKERS), action="append", help="default: both, in turn")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep record, database file and logs here")
    options = parser.parse_args()
    try:
        kept = [_tried(kind, options) for kind in options.database or ("sqlite", "postgresql")]
    except NoPostgres as error:
        parser.exit(3, f"{error}\n")
    return 0 if all(kept) else 1


def _tried(kind: str, options: argparse.Namespace) -> bool:
    with _plan(kind, options) as plan, underway(plan) as campaign:
        print(f"{kind}, {plan.workers} worker(s), seed {plan.seed}: {len(campaign.owed)} reminders planned", flush=True)
        began = monotonic()
        try:
            campaign.storm()
            after_storm = campaign.evidence()
            _show(campaign, after_storm, monotonic() - began)
            campaign.release()
            campaign.calm()
        except Stuck as error:
            print(f"  BROKEN: {error}")
            return False
        finally:
            _keep(plan.folder, options.keep, kind)
        after_release = replace(campaign.evidence(), doubts=0)
        _show_release(after_storm, after_release)
        if campaign.fleet.fell:
            print(f"  BROKEN: {campaign.fleet.fell} workers ended by themselves; --keep DIR keeps their logs")
        harmless = _told_of_outsider(campaign)
        kept = _told(judge(after_storm, REPEATS), "in the storm")
        return (
            _told(judge(after_release, REPEATS + 1), "after the release")
            and kept
            and harmless
            and not campaign.fleet.fell
        )


@contextmanager
def _plan(kind: str, options: argparse.Namespace) -> Iterator[Plan]:
    with tempfile.TemporaryDirectory(prefix="agenda-chaos-") as scratch, ExitStack() as stack:
        folder = Path(scratch)
        server = None if kind == "sqlite" else stack.enter_context(cluster("max_connections=60"))
        yield Plan(
            seed=options.seed,
            mails=options.mails,
            kills=options.kills,
            workers=_WORKERS[kind],
            url=f"sqlite:///{folder / 'agenda.db'}" if server is None else server.create(),
            restart=None if server is None else partial(_crash, server),
            folder=folder,
            tell=lambda line: print(f"  … {line}", file=sys.stderr, flush=True),
        )


def _crash(server: Cluster) -> None:
    server.stop("immediate")
    server.start()


def _show(campaign: Campaign, evidence: Evidence, seconds: float) -> None:
    states = Counter(entry.state for entry in evidence.ledger.values())
    kept = delivered(evidence.record)
    faults = Counter(one.fault for one in evidence.record if one.fault)
    twice = sum(times > 1 for times in kept.values())
    for what, figure in (
        ("blows", ", ".join(f"{count} {blow}" for blow, count in campaign.struck.items() if count)),
        (
            "faults of the mail server",
            f"{faults.total()} of {len(faults)} kinds in {len(evidence.record)} transactions",
        ),
        ("on the mail server's record", f"{len(kept)} messages, {twice} of them more than once"),
        ("in the ledger", _list(states)),
        ("marked uncertain at some time", str(sum(entry.doubted for entry in evidence.ledger.values()))),
        ("held, and how many may be", f"{states[State.HELD]} of {evidence.doubts}"),
        ("time", f"{seconds:.0f} s"),
    ):
        print(f"  {what}: {figure}", flush=True)


def _show_release(before: Evidence, after: Evidence) -> None:
    held = [key for key, entry in before.ledger.items() if entry.state is State.HELD]
    print(f"  released by one command: {len(held)}, now {_list(Counter(after.ledger[key].state for key in held)) or 0}")


def _told_of_outsider(campaign: Campaign) -> bool:
    """Whether all that the outsider sent was taken in or set aside, and no run of `agenda inbox` fell over it."""
    outsider = campaign.outsider
    print(f"  of an outsider: {outsider.sent} messages, {outsider.left} of them still in the mailbox")
    for words in outsider.fell:
        print(f"  BROKEN: `agenda inbox` ended by itself: {words}")
    if outsider.left:
        print("  BROKEN: a message of an outsider keeps others from being taken in")
    return not outsider.fell and not outsider.left


def _list(states: Counter[State]) -> str:
    return ", ".join(f"{states[state]} {state}" for state in State if states[state])


def _told(verdict: Verdict, when: str) -> bool:
    for promise, keys in verdict.broken.items():
        print(f"  BROKEN {when}: {promise}: {len(keys)}: {' '.join(keys[:_NAMED])}")
    if not verdict.broken:
        print(f"  {when}: lost 0, repeated only what was marked uncertain; every promise kept", flush=True)
    return not verdict.broken


def _keep(folder: Path, where: Path | None, kind: str) -> None:
    if where is not None:
        shutil.copytree(folder, where / kind, dirs_exist_ok=True)


if __name__ == "__main__":
    sys.exit(main())
