"""`python -m bench [NAME …] [--markdown]`: every figure, or those named. A missed aim is told; it is no failure."""

from __future__ import annotations

import argparse
import importlib

from bench.measure import Line, as_table, seconds, show

NAMES = ("feeds", "planning", "composing", "sending", "rehearsal", "fanout", "memory")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *NAMES], metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--markdown", action="store_true", help="print the table of bench/README.md")
    options = parser.parse_args()
    every: list[Line] = []
    for name in options.names or NAMES:
        found: list[Line] = []
        taken = seconds(lambda name=name, found=found: found.extend(importlib.import_module(f"bench.{name}").run()))  # type: ignore[misc]  # because the defaults bind the loop's values
        every += found
        if not options.markdown:
            print(f"{name} ({taken:.0f} s)\n{show(found)}", flush=True)
    if options.markdown:
        print(as_table(every))


main()
