#!/bin/sh
# holidays 0.109
#
# The label "(estimated)" does not tell a computed moon feast from an announced one. For Saudi Arabia, Palestine and
# Turkey the feasts of a year ahead stand without it, though the first two announce theirs by sighting of the moon;
# for Egypt, Iran and Jordan they stand with it. Code that treats the unlabelled as certain plans around guesses.
#
# Source: the package's own output; Saudi Arabia's supreme court announces by sighting, in spite of Umm al-Qura.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check holidays==0.109
"$folder/venv/bin/python" - <<'PY' | tee "$folder/seen"
import holidays

for country in ("SA", "PS", "TR", "EG", "IR", "JO"):
    names = holidays.country_holidays(country, years=2031, language="en_US").values()
    feasts = [name for name in names if "Eid al-Fitr" in name]
    print(country, "labelled" if all("estimated" in name for name in feasts) else "not labelled")
PY
test "$(tr '\n' ' ' < "$folder/seen")" = \
    "SA not labelled PS not labelled TR not labelled EG labelled IR labelled JO labelled "
