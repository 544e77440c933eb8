#!/bin/sh
# ruamel.yaml 0.19.1
#
# YAML().compose(), of the round-trip loader that YAML() is by default, gives the nodes of a document with the place of
# each. The value of a folded text (`>-`) is then not the text: at each fold it holds U+0007 (BEL), by which the
# round-trip dumper knows later where lines were broken. Whoever shows the value, or compares it, gets a control
# character that no file holds; the same call of the pure safe loader, YAML(typ="safe", pure=True), gives the text as
# YAML means it.
#
# Source: YAML 1.2.2, 8.1.3 (folded style: a line break becomes a space).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check ruamel.yaml==0.19.1
cat > "$folder/look.py" <<'PY'
from ruamel.yaml import YAML

TEXT = "que: >-\n  una línea\n  y otra\n"
for name, loader in (("round-trip", YAML()), ("safe, pure", YAML(typ="safe", pure=True))):
    print(f"{name}: {loader.compose(TEXT).value[0][1].value!r}")
PY
"$folder/venv/bin/python" "$folder/look.py" | tee "$folder/seen"
grep -qF "round-trip: 'una línea\\x07 y otra'" "$folder/seen"
grep -qF "safe, pure: 'una línea y otra'" "$folder/seen"
