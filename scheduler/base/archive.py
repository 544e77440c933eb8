"""What a file named as a workbook is, and how much it holds, before anything opens it."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping

from calendars.catalogue import Phrase
from calendars.model.text import Said
from calendars.reading.problems import Wrong

MB = 1024 * 1024
LARGEST = 16 * MB  # bytes of the file itself
UNPACKED = 24 * MB  # bytes of all its parts; 15,000 rows of eight columns take 5.4 MB
SHEETS = 20
COVERED = 100_000  # cells under all merged ranges and links: openpyxl makes each of them
# Elements by name, in all parts: what each costs openpyxl differs, so each has a bound of its own.
MOST = {"c": 400_000, "row": 60_000, "si": 200_000, "worksheet": SHEETS}
CHEAP = frozenset(("c", "row", "si", "v", "t", "f", "is", "r", "rPr", "sz", "color", "rFont", "family", "charset", "b"))
MOST_OTHERS = 150_000  # elements that are neither cells nor text: styles, rules, shapes
MOST_IN_ALL = 2_500_000

_COMPOUND = b"\xd0\xcf\x11\xe0"
_PASSWORD, _OLD = "EncryptedPackage".encode("utf-16-le"), ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
_STRICT = b"http://purl.oclc.org/ooxml/"
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others unpack more at once than they are asked for
_HEAD = 4096  # bytes of a part in which its declaration and its first element stand
_TAG = re.compile(rb"<(?:[A-Za-z0-9_.-]{1,40}:)?([A-Za-z]{1,40})")
_RANGE = re.compile(rb"<(?:[A-Za-z0-9_.-]{1,40}:)?(?:mergeCell|hyperlink)(?=[\s/>])([^<]*)")
_REF = re.compile(rb"\sref\s{0,9}=\s{0,9}[\"']([^\"'<]{0,40})")
_CELLS = re.compile(rb"\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Z]{1,3})\$?([0-9]{1,7}))?")
_ENCODING = re.compile(rb"\sencoding\s{0,9}=\s{0,9}[\"']([^\"'<]{0,40})")

_AGAIN = Phrase("Open it in Excel and save it anew: Save as, “Excel Workbook (.xlsx)”.")
_SAID = Phrase("{what} {way}")
NO_WORKBOOK = Phrase("the file is not a workbook, though its name says so.")
DAMAGED = Phrase("the workbook is cut off or damaged.")
OLDER = Phrase("the workbook has the format of Excel 97–2003 (.xls), which is not read.")
OPEN_DOCUMENT = Phrase("this is a sheet of LibreOffice (.ods), which is not read.")
BINARY = Phrase("the workbook has the binary format (.xlsb), which is not read.")
STRICT = Phrase("the workbook is saved as “Strict Open XML”, which is not read.")
UNUSUAL = Phrase("the workbook holds what Excel does not write, and was not opened.")
PASSWORD = Phrase(
    "the workbook has a password. In Excel: File, Info, Protect Workbook, “Encrypt with Password”; empty it and save."
)
TOO_LARGE = Phrase(
    "the workbook is too large to be opened: {what}. Delete what is not the table, or save the table as “CSV UTF-8”."
)
_PACKED = Phrase("it has {size} MB, and {most} fit")
_PARTS = Phrase("unpacked it has {size} MB, and {most} fit")
_COUNTED = Phrase("it has {count:,} cells, rows, texts, styles or shapes, and {most:,} of them fit")
_MERGED = Phrase("its merged cells and links cover {count:,} cells, and {most:,} fit")
_REACHES = Phrase("its cells reach to row {rows:,} and column {columns:,}")


def elements(content: bytes, *, strict: bool = False) -> Mapping[str, int]:
    """How many elements of each name the parts of a workbook hold. Raises Wrong where it is none, or too large.

    `strict`: “Strict Open XML” can be read, too.
    """
    if is_compound(content):
        raise _compound(content)
    parts = parts_of(content)
    if "mimetype" in parts:
        raise unreadable(OPEN_DOCUMENT)
    if "[Content_Types].xml" not in parts:
        raise unreadable(NO_WORKBOOK)
    if "xl/workbook.bin" in parts:
        raise unreadable(BINARY)
    counted = _counted(parts.values(), strict=strict)
    _refuse_too_many(counted)
    return counted


def parts_of(content: bytes) -> Mapping[str, bytes]:
    """The parts of a workbook by name: no more bytes than fit, by the sizes that it declares first."""
    refuse_large(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            size = sum(part.file_size for part in parts)
            if size > UNPACKED:
                raise _large(_PARTS.of(size=size // MB + 1, most=UNPACKED // MB))
            unpacked = {part.filename: _unpacked(archive, part) for part in parts}
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, ValueError):
        raise unreadable(DAMAGED if content.startswith(b"PK") else NO_WORKBOOK) from None
    if len(unpacked) < len(parts):
        raise unreadable(UNUSUAL)
    return unpacked


def refuse_large(content: bytes) -> None:
    if len(content) > LARGEST:
        raise _large(_PACKED.of(size=len(content) // MB + 1, most=LARGEST // MB))


def is_compound(content: bytes) -> bool:
    """Is it a file of Office before 2007, or one with a password?"""
    return content.startswith(_COMPOUND)


def refuse_other_compound(content: bytes) -> None:
    """Raises Wrong unless it is a workbook of Excel 97–2003 without a password."""
    refused = _compound(content)
    if _PASSWORD in content or not any(name in content for name in _OLD):
        raise refused


def hides_elements(part: bytes) -> bool:
    """Is it in an encoding that hides its elements from a look at the bytes, or does it declare a type or entities?"""
    head = part[:_HEAD]
    encoding = _ENCODING.search(head.partition(b">")[0])
    odd = encoding is not None and encoding[1].lower() not in (b"utf-8", b"us-ascii")
    return odd or b"\0" in head[:8] or b"<!DOCTYPE" in part or b"<!ENTITY" in part


def unreadable(what: Said) -> Wrong:
    """It is no workbook that can be read, and saving it anew helps."""
    return Wrong("workbook", _SAID.of(what=what, way=_AGAIN))


def too_wide(*, rows: int, columns: int) -> Wrong:
    """Its cells lie too far apart."""
    return _large(_REACHES.of(rows=rows, columns=columns))


def _large(what: Said) -> Wrong:
    return Wrong("too-large", TOO_LARGE.of(what=what))


def _compound(content: bytes) -> Wrong:
    if _PASSWORD in content:
        return Wrong("workbook", PASSWORD.of())
    return unreadable(OLDER if any(name in content for name in _OLD) else NO_WORKBOOK)


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """No part gives more bytes than it declares."""
    if part.compress_type not in _PACKINGS:
        raise unreadable(UNUSUAL)
    return archive.read(part)


def _counted(parts: Iterable[bytes], *, strict: bool) -> Counter[str]:
    counted: Counter[str] = Counter()
    covered = 0
    for part in parts:
        head = part[:_HEAD]
        if head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<"):
            if _STRICT in head and not strict:
                raise unreadable(STRICT)
            if hides_elements(part):
                raise unreadable(UNUSUAL)
        counted.update(found[1].decode() for found in _TAG.finditer(part))
        covered += _covered(part)
    if covered > COVERED:
        raise _large(_MERGED.of(count=covered, most=COVERED))
    return counted


def _refuse_too_many(counted: Mapping[str, int]) -> None:
    others = sum(number for name, number in counted.items() if name not in CHEAP)
    bounds = [(counted.get(name, 0), most) for name, most in MOST.items()]
    for count, most in (*bounds, (others, MOST_OTHERS), (sum(counted.values()), MOST_IN_ALL)):
        if count > most:
            raise _large(_COUNTED.of(count=count, most=most))


def _covered(part: bytes) -> int:
    """How many cells its merged ranges and links cover."""
    area = 0
    for found in _RANGE.finditer(part):
        for ref in _REF.findall(found[1]):
            cells = _CELLS.fullmatch(ref)
            if cells is None:
                raise unreadable(UNUSUAL)
            left, top, right, bottom = cells.groups()
            wide = abs(_column(right or left) - _column(left)) + 1
            area += wide * (abs(int(bottom or top) - int(top)) + 1)
    return area


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
