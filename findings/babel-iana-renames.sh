#!/bin/sh
# babel 2.18.0 and 2.19.0 (CLDR data as of each)
#
# Locale.time_zones, and get_timezone_location() over it, know a city by one spelling of its zone only, and which one
# changed between the two releases: 2.18.0 by the name that IANA left (Asia/Calcutta), 2.19.0 by the one it took
# (Asia/Kolkata). By the other spelling get_timezone_location() raises nothing: it makes up a city from the zone's own
# name, so that Spanish readers get "Kolkata" where CLDR has "Calcuta". Whoever stores zone names has to look both up.
#
# Source: IANA tz, file `backward`; CLDR, Spanish exemplar cities of metazones (common/main/es.xml).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/look.py" <<'PY'
from babel import Locale, __version__

spanish = Locale.parse("es_MX").time_zones
for new, old in (("Asia/Kolkata", "Asia/Calcutta"), ("Asia/Kathmandu", "Asia/Katmandu"), ("Europe/Kyiv", "Europe/Kiev")):
    print(__version__, *(f"{name}: {spanish.get(name, {}).get('city')}" for name in (new, old)), sep=" | ")
PY
for version in 2.18.0 2.19.0; do
    python3 -m venv "$folder/$version"
    "$folder/$version/bin/pip" install --quiet --disable-pip-version-check "babel==$version"
    "$folder/$version/bin/python" "$folder/look.py"
done | tee "$folder/seen"
grep -q "2.18.0 | Asia/Kolkata: None | Asia/Calcutta: Calcuta" "$folder/seen"
grep -q "2.19.0 | Asia/Kolkata: Calcuta" "$folder/seen"
