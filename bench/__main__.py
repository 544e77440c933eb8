"""`python -m bench [NAME …] [--markdown]`: every figure, or those named. A missed aim is told; it is no failure."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence

from bench import (
    commands,
    composing,
    desk,
    evidence,
    fanout,
    feeds,
    memory,
    moving,
    pages,
    planning,
    publishing,
    rehearsal,
    report,
    scale,
    sending,
    serving,
)
from bench.measure import Line, as_table, show
from scheduler.base.clock import monotonic

BENCHES: Mapping[str, Callable[[], Sequence[Line]]] = {
    "feeds": feeds.run,
    "planning": planning.run,
    "publishing": publishing.run,
    "moving": moving.run,
    "composing": composing.run,
    "commands": commands.run,
    "sending": sending.run,
    "scale": scale.run,
    "rehearsal": rehearsal.run,
    "report": report.run,
    "fanout": fanout.run,
    "memory": memory.run,
    "pages": pages.run,
    "serving": serving.run,
    "desk": desk.run,
    "evidence": evidence.run,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHES)}; all by default")
    parser.add_argument("--markdown", action="store_true", help="print the table of bench/README.md")
    options = parser.parse_args()
    if unknown := set(options.names) - BENCHES.keys():
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}")
    every: list[Line] = []
    for name in options.names or BENCHES:
        began = monotonic()
        found = BENCHES[name]()
        every += found
        if not options.markdown:
            print(f"{name} ({monotonic() - began:.0f} s)\n{show(found)}", flush=True)
    if options.markdown:
        print(as_table(every))


if __name__ == "__main__":
    main()
