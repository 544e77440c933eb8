"""Small workbooks of the formats that openpyxl does not write: .ods (ODF 1.3) and .xls ([MS-XLS] in [MS-CFB])."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import datetime, timedelta
from xml.sax.saxutils import escape, quoteattr

from tests.support.attendance_files import Cell, Rows

_NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)
_SECTOR, _FREE, _END, _TABLE = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
ODS_PARTS = ("mimetype", "content.xml", "META-INF/manifest.xml")


def ods(rows: Rows, *, more: str = "") -> bytes:
    """As LibreOffice: moments and durations typed as such, an empty remainder of each row and of the sheet."""
    body = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}{_EMPTY}</table:table-row>" for row in rows)
    rest = f'<table:table-row table:number-rows-repeated="1040000">{_EMPTY}</table:table-row>'
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMESPACES} office:version="1.3">'
        f'<office:body><office:spreadsheet><table:table table:name="Hoja1">{body}{more}{rest}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in zip(ODS_PARTS, (_ODS, content, manifest), strict=True):
            archive.writestr(name, part)
    return written.getvalue()


_ODS = "application/vnd.oasis.opendocument.spreadsheet"
_EMPTY = '<table:table-cell table:number-columns-repeated="1000"/>'


def _ods_cell(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return f'<table:table-cell office:value-type="date" office:date-value="{cell:%Y-%m-%dT%H:%M:%S}"/>'
    if isinstance(cell, timedelta):
        seconds = int(cell.total_seconds())
        value = f"PT{seconds // 3600:02}H{seconds // 60 % 60:02}M{seconds % 60:02}S"
        return f'<table:table-cell office:value-type="time" office:time-value={quoteattr(value)}/>'
    if cell == "":
        return "<table:table-cell/>"
    text = f"<text:p>{escape(str(cell))}</text:p>"
    return f'<table:table-cell office:value-type="string">{text}</table:table-cell>'


def xls(rows: list[list[str]], *, at: tuple[int, int] = (0, 0)) -> bytes:
    """Excel 97–2003, all cells texts; the first one at that row and column, from 0."""
    body = b"".join(
        _record(0x0204, struct.pack("<HHHHB", at[0] + row, at[1] + column, 0, len(cell), 1) + cell.encode("utf-16-le"))
        for row, cells in enumerate(rows)
        for column, cell in enumerate(cells)
        if cell
    )
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0x0600)) + body + _record(0x000A, b"")
    head = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0x0600))
    name = "Hoja1".encode("utf-16-le")
    size = len(head) + 4 + 8 + len(name) + 4
    bound = _record(0x0085, struct.pack("<IHBB", size, 0, 5, 1) + name)
    return _compound(head + bound + _record(0x000A, b"") + sheet)


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _compound(stream: bytes) -> bytes:
    """One stream, after one sector of the directory and as many of the table as it takes."""
    size = max(len(stream), 4096)
    sectors = -(-size // _SECTOR)
    tables = -(-(sectors + 2) // (_SECTOR // 4 - 1))
    chain = [_TABLE] * tables + [_END] + [tables + 2 + at for at in range(sectors - 1)] + [_END]
    chain += [_FREE] * (tables * _SECTOR // 4 - len(chain))
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<HHHHHHIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0, tables, tables, 0, 4096, _END, 0, _END)
    header += struct.pack("<I", 0)
    header += b"".join(struct.pack("<I", at if at < tables else _FREE) for at in range(109))
    directory = _entry("Root Entry", 5, _END, 0, child=1) + _entry("Workbook", 2, tables + 1, size)
    directory += bytes(_SECTOR - len(directory))
    table = b"".join(struct.pack("<I", one) for one in chain)
    return header + table + directory + stream.ljust(sectors * _SECTOR, b"\0")


def _entry(name: str, kind: int, first: int, size: int, *, child: int = _FREE) -> bytes:
    named = name.encode("utf-16-le")
    head = named.ljust(64, b"\0") + struct.pack("<HBB", len(named) + 2, kind, 1)
    return head + struct.pack("<III", _FREE, _FREE, child) + bytes(36) + struct.pack("<IQ", first, size)
