#!/bin/sh
# babel 2.18.0 and 2.19.0
#
# localedata.load() takes `merge_inherited=False`, "whether the inherited data should be merged into the data of the
# requested locale": with it, reading what es_MX adds to Spanish takes a tenth of the time and next to no memory, which
# is welcome to whoever wants one fact of each of a hundred territories (here: the week). But what it returns is put
# into the cache that every Locale reads from, under the locale's name, and stays for the life of the process. From then
# on Locale("es", "MX") has no dates, and format_date() raises KeyError: 'format'; in the other order, where the locale
# has been used before, the call returns the whole of it in spite of the argument. Nothing but the private cache can be
# used to take it out again.
#
# Source: babel/localedata.py, load(): one dictionary `_cache`, by name alone; seen on CPython 3.11.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/look.py" <<'PY'
from datetime import date

from babel import __version__, localedata
from babel.dates import format_date


def written(locale):
    try:
        return format_date(date(2021, 10, 22), "full", locale=locale)
    except KeyError as error:
        return f"KeyError: {error}"


own = localedata.load("es_MX", merge_inherited=False)
print(__version__, "its own part first", f"{len(own)} parts", written("es_MX"), sep=" | ")
before = written("es_CL")
whole = localedata.load("es_CL", merge_inherited=False)
print(__version__, "its own part later", "months" in whole, before, sep=" | ")
PY
for version in 2.18.0 2.19.0; do
    python3 -m venv "$folder/$version"
    "$folder/$version/bin/pip" install --quiet --disable-pip-version-check "babel==$version"
    "$folder/$version/bin/python" "$folder/look.py"
done | tee "$folder/seen"
for version in 2.18.0 2.19.0; do
    grep -q "^$version | its own part first | .* | KeyError: 'format'$" "$folder/seen"
    grep -q "^$version | its own part later | True | viernes, 22 de octubre de 2021$" "$folder/seen"
done
