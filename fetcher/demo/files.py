"""Files that are not HTML: a picture and a PDF, made by hand."""

import struct
import zlib

_LIGHTHOUSE = """
....yyyy....
...yrrrry...
..y.rrrr.y..
....wwww....
....rrrr....
....wwww....
....rrrr....
....wwww....
...rrrrrr...
...wwwwww...
gggggggggggg
bbbbbbbbbbbb
"""
_COLOURS = {
    ".": (168, 208, 230),
    "y": (255, 214, 90),
    "r": (200, 60, 50),
    "w": (250, 250, 245),
    "g": (90, 120, 80),
    "b": (30, 90, 130),
}
_SCALE = 16


def png() -> bytes:
    """Draw the lighthouse, as a PNG (RFC 2083) of eight-bit RGB."""
    rows = _LIGHTHOUSE.split()
    lines = b""
    for row in rows:
        line = b"".join(bytes(_COLOURS[cell]) * _SCALE for cell in row)
        lines += (b"\0" + line) * _SCALE  # 0: no filter
    size = struct.pack(">II", len(rows[0]) * _SCALE, len(rows) * _SCALE)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", size + bytes((8, 2, 0, 0, 0)))
        + _chunk(b"IDAT", zlib.compress(lines, 9))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + checksum


def pdf(line: str) -> bytes:
    """Write a PDF (ISO 32000) of one page with one line of ASCII text."""
    shown = line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    content = f"BT /F1 24 Tf 72 700 Td ({shown}) Tj ET".encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    data = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    return data + (
        b"xref\n0 %d\n%btrailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (count, table, count, len(data))
    )
