#!/bin/sh
# holidays 0.109
#
# Ukraine has no holiday at all from 2023 on, unless the category "workday" is asked for too: since martial law the days
# are observed and worked, and the library moved them out of "public", its default. No warning says that a country which
# had a dozen holidays a year has none; a program that asks for the default plans on 24 August as on any day.
#
# Source: the package's own output; Ukraine's law 2136-IX (2022) suspends days off, the dates stay in law.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check holidays==0.109
"$folder/venv/bin/python" - <<'PY' | tee "$folder/seen"
import holidays

for year in (2021, 2024):
    public = holidays.country_holidays("UA", years=year)
    worked = holidays.country_holidays("UA", years=year, categories=("public", "workday"))
    print(year, "public:", "some" if public else "none", "| with workday:", "some" if worked else "none")
PY
grep -q "2021 public: some" "$folder/seen"
grep -q "2024 public: none | with workday: some" "$folder/seen"
