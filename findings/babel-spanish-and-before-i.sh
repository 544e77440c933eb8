#!/bin/sh
# babel 2.18.0
#
# format_list() joins the last two of a Spanish list by "y" whatever follows. Spanish says "e" before a word that begins
# with the sound of i («Atlanta e Indianápolis»); CLDR's patterns cannot hold that rule and leave it to code, which ICU
# has and Babel has not. Nothing in the documentation says so.
#
# Source: Real Academia Española, Diccionario panhispánico de dudas, «e»; ICU, listformatter.cpp (contextual handlers).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check babel==2.18.0
"$folder/venv/bin/python" -c 'from babel.lists import format_list
print(format_list(["Atlanta", "Indianápolis"], locale="es_MX"))' | tee "$folder/seen"
grep -q "Atlanta y Indianápolis" "$folder/seen"
