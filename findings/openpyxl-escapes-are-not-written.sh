#!/bin/sh
# openpyxl 3.1.5
#
# A text that looks like an escape of SpreadsheetML, as `_x0041_` (an underscore, x, four hexadecimal digits, an
# underscore), is written as it stands. By the format that is the one letter `A`, and so do Excel and python-calamine
# read it; openpyxl itself reads the seven characters back, and sees nothing amiss. Whoever writes what strangers typed
# has to write the first underscore as `_x005F_` (openpyxl.utils.escape.escape does not: it leaves such a text alone).
#
# Source: ECMA-376 part 1, 22.9.2.19 (ST_Xstring).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check openpyxl==3.1.5 python-calamine==0.9.1
cat > "$folder/look.py" <<'PY'
import io

from openpyxl import Workbook, load_workbook
from openpyxl.utils.escape import escape
from python_calamine import CalamineWorkbook

book, file = Workbook(), io.BytesIO()
book.active.append(["_x0041_", escape("_x0041_"), "_x005F_x0041_"])
book.save(file)
print("openpyxl reads", [cell.value for cell in load_workbook(file).active[1]])
file.seek(0)
print("calamine reads", CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()[0])
PY
"$folder/venv/bin/python" "$folder/look.py" | tee "$folder/seen"
grep -qF "openpyxl reads ['_x0041_', '_x0041_', '_x005F_x0041_']" "$folder/seen"
grep -qF "calamine reads ['A', 'A', '_x0041_']" "$folder/seen"
