#!/bin/sh
# holidays 0.109
#
# A country's weekend stands in two places that disagree: the attribute `weekend` of the Emirates is Saturday and Sunday
# for every year, while the method `is_weekend` knows that it was Friday and Saturday until the end of 2021. Only the
# method may be asked about a date.
#
# Source: the package's own output; the Emirates' cabinet moved the weekend on 1 January 2022.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check holidays==0.109
"$folder/venv/bin/python" - <<'PY' | tee "$folder/seen"
from datetime import date

import holidays

emirates = holidays.country_holidays("AE", years=2021)
friday = date(2021, 10, 15)
print("Friday 2021-10-15 | attribute:", friday.weekday() in emirates.weekend, "| method:", emirates.is_weekend(friday))
PY
grep -q "attribute: False | method: True" "$folder/seen"
