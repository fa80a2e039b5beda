"""What a file is that has no pickle in it, told from its first bytes; it is named and not read."""

from __future__ import annotations

import re

_LOST = "pickle that was written as text, which it is not"
_BEGINNINGS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89HDF\r\n\x1a\n", "HDF5"), (512, b"\x89HDF\r\n\x1a\n", "HDF5"), (0, b"PAR1", "Parquet"),
    (0, b"ARROW1\0\0", "Arrow"), (0, b"FEA1", "Feather"), (0, b"ORC", "ORC"), (0, b"Obj\x01", "Avro"),
    (0, b"%PDF-", "PDF"), (0, b"\x89PNG\r\n\x1a\n", "PNG image"), (0, b"\xff\xd8\xff", "JPEG image"),
    (0, b"GIF87a", "GIF image"), (0, b"GIF89a", "GIF image"), (8, b"WEBP", "WebP image"), (8, b"WAVE", "WAVE sound"),
    (0, b"II*\0", "TIFF image"), (0, b"MM\0*", "TIFF image"), (0, b"OggS", "Ogg"), (0, b"fLaC", "FLAC sound"),
    (0, b"ID3", "MP3 sound"), (4, b"ftyp", "MP4 video"), (0, b"\x7fELF", "ELF program or library"),
    (0, b"\xcf\xfa\xed\xfe", "Mach-O program or library"), (0, b"\xca\xfe\xba\xbe", "Mach-O or Java class"),
    (0, b"MZ", "Windows program or library"), (0, b"\0asm", "WebAssembly"), (0, b"GGUF", "GGUF model"),
    (0, b"ggjt", "GGML model"), (4, b"TFL3", "TensorFlow Lite model"), (0, b"RDX2", "R data"), (0, b"RDX3", "R data"),
    (0, b"MATLAB 5.0 MAT-file", "MATLAB data"), (0, b"CDF\x01", "NetCDF"), (0, b"CDF\x02", "NetCDF"),
    (0, b"7z\xbc\xaf\x27\x1c", "7-Zip archive"), (0, b"Rar!\x1a\x07", "RAR archive"), (0, b"MSCF", "CAB archive"),
    (0, b"\x1f\x9d", "compress (.Z) data"), (0, b"\xff\x06\0\0sNaPpY", "Snappy data"), (0, b"!<arch>\n", "ar archive"),
    (0, b"wOFF", "font"), (0, b"wOF2", "font"), (0, b"{\\rtf", "RTF text"), (0, b"\xd0\xcf\x11\xe0", "old Office document"),
    (0, b"SIMPLE  =", "FITS"), (0, b"DUCK", "DuckDB database"), (8, b"DUCK", "DuckDB database"),
    (0, b"version https://git-lfs.github.com/spec/", "Git LFS pointer"), (0, b"-----BEGIN ", "PEM text"),
    *((0, mark + bytes([n]), _LOST) for mark in (b"\xc2\x80", b"\xef\xbf\xbd") for n in (2, 3, 4, 5)),
    (0, b"LIGHTGBM", "LightGBM model"), (0, b"binf", "XGBoost model"), (0, b"{L\0\0\0\0\0\0", "XGBoost model (UBJSON)"),
)  # fmt: skip
_GDBM = (0x13579ACD, 0x13579ACE, 0x13579ACF, 0x13579AD0, 0x13579AD1)
_BERKELEY = (0x061561, 0x053162)
_HTML = re.compile(rb"\s*(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_XML = re.compile(rb"\s*<\?xml\b|\s*<[A-Za-z][\w:.-]*(?:\s+[\w:.-]+=[\"'][^<>]*)?/?>")
_JSON = re.compile(
    rb"\s*(?:\{\s*(?:\"(?:[^\"\\]|\\.){0,2000}\"\s*:|\}\s*\Z)|"
    rb"\[\s*(?:[\[{\"\]]|-?[0-9.eE+-]+\s*[,\]]|true\b|false\b|null\b))"
)
_BYTECODE = range(3_000, 3_800)


def named(head: bytes, size: int | None) -> str:
    """Return what begins so in words; "" if it is none that is known."""
    for offset, magic, words in _BEGINNINGS:
        if head.startswith(magic, offset):
            return words
    return _by_numbers(head, size) or _by_text(head)


def _by_numbers(head: bytes, size: int | None) -> str:
    """Name what says what it is by numbers."""
    length = int.from_bytes(head[:8], "little")
    if head[8:9] == b"{" and 2 <= length <= 100_000_000 and (size is None or length + 8 <= size):
        return "safetensors"
    for order in ("little", "big"):
        if int.from_bytes(head[:4], order) in _GDBM:
            return "dbm (gdbm)"
        if {int.from_bytes(head[at : at + 4], order) for at in (0, 12)} & set(_BERKELEY):
            return "dbm (Berkeley DB, as ndbm)"
    if head[2:4] == b"\r\n" and int.from_bytes(head[:2], "little") in _BYTECODE:
        return "Python bytecode"
    if head[:1] == b"\x08" and len(head) > 4 and head[1] < 32 and head[2:3] in b"\x12\x1a\x22\x3a\x42":
        return "ONNX model" if head[2:3] == b"\x12" or b"onnx" in head or b"\x3a" in head[:64] else ""
    return ""


def _by_text(head: bytes) -> str:
    """Name text."""
    if not is_text(head):
        return ""
    if _HTML.match(head):
        return "HTML"
    if _JSON.match(head):
        return "JSON"
    return "XML" if _XML.match(head) else "text"


def is_text(head: bytes) -> bool:
    """Tell whether bytes read as text."""
    if not head or b"\0" in head:
        return False
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < max(len(head) - 4, 1):  # else a character is cut
            return False
        text = head[: error.start].decode("utf-8")
    return all(c.isprintable() or c in "\n\r\t\f\v\b\x1b\ufeff" or c > "\x9f" for c in text)
