#!/usr/bin/env python3
"""Write what src/codec takes from CPython: the tables of the one-byte encodings (src/codec/tables.rs), and what CPython
makes of many inputs in every encoding and with every error handler, which the unit tests of that room are held to
(src/codec/expected.txt). CPython 3.11 wrote the committed ones.
"""
import codecs
import encodings
import encodings.aliases
import pathlib
import pkgutil
import random
import subprocess
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parent.parent / "src" / "codec"
UNDEFINED = "\ufffe"


def charmaps():
    """Names of the modules with a table, without that of Latin-1."""
    for module in sorted(m.name for m in pkgutil.iter_modules(encodings.__path__)):
        if module in ("mbcs", "oem", "iso8859_1", "charmap"):
            continue
        code = __import__("encodings." + module, fromlist=["x"])
        if hasattr(code, "decoding_table") or hasattr(code, "decoding_map"):
            yield module


def literal(c):
    """A character of a Rust string, readable where that does not upset an editor."""
    if c in '"\\':
        return "\\" + c
    quiet = c.isprintable() and not unicodedata.combining(c) and unicodedata.bidirectional(c) not in ("R", "AL", "AN")
    return c if quiet and c != UNDEFINED else "\\u{%x}" % ord(c)


def tables():
    lines = [
        "//! Encodings of one byte a character: name, aliases, characters. Written by `scripts/codecs.py`.",
        "",
        "/// Stands in a table for a byte that is no character.",
        "pub(super) const UNDEFINED: char = '\\u{fffe}';",
        "",
        "/// Python's name, its aliases, and the characters of the bytes from 0x80, or of all where they are not ASCII.",
        "pub(super) const CHARMAPS: &[(&str, &str, &str)] = &[",
    ]
    for module in charmaps():
        table = []
        for byte in range(256):
            try:
                table.append(bytes([byte]).decode(module))
            except UnicodeDecodeError:
                table.append(UNDEFINED)
        if all(table[byte] == chr(byte) for byte in range(128)):
            table = table[128:]
        aliases = sorted(a for a, target in encodings.aliases.aliases.items() if target == module)
        lines.append('    ("%s", "%s", "%s"),' % (
            codecs.lookup(module).name, " ".join(aliases), "".join(map(literal, table))))
    lines.append("];")
    (ROOT / "tables.rs").write_text("\n".join(lines) + "\n")
    subprocess.run(["rustfmt", "--edition", "2024", ROOT / "tables.rs"], check=True)


HANDLERS = ["strict", "ignore", "replace", "backslashreplace", "surrogateescape", "surrogatepass", "xmlcharrefreplace",
            "nonsense"]
UTF = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]


def outcome(f):
    try:
        return f()
    except Exception as error:
        return failure(error)


def failure(error):
    """Class and text, without the wrapping that some versions put around errors about handlers."""
    cause = error.__cause__ if not isinstance(error, UnicodeError) and error.__cause__ else error
    return "%s: %s" % (type(cause).__name__, cause)


def text_hex(text):
    return text.encode("utf-8", "surrogatepass").hex()


def decoded(encoding, handler, data):
    return outcome(lambda: "=" + text_hex(data.decode(encoding, handler)))


def encoded(encoding, handler, text):
    return outcome(lambda: "=" + text.encode(encoding, handler).hex())


def in_pieces(encoding, handler, pieces):
    """Text of all pieces, or of those before the one that failed and its error."""
    decoder = codecs.getincrementaldecoder(encoding)(handler)
    text = ""
    for place, piece in enumerate(pieces):
        try:
            text += decoder.decode(piece, place == len(pieces) - 1)
        except Exception as error:
            return "=%s %s" % (text_hex(text), failure(error))
    return "=" + text_hex(text)


def random_bytes(chance):
    odd = [0x00, 0x41, 0x7f, 0x80, 0xa0, 0xbf, 0xc1, 0xc3, 0xe0, 0xe2, 0x82, 0xac, 0xed, 0xb2, 0xef, 0xbb, 0xf0, 0x9f,
           0x98, 0xf4, 0x90, 0xff, 0xfe, 0xd8, 0xdc, 0x00, 0x00, 0x10]
    good = "aé€😀ß".encode(chance.choice(["utf-8", "utf-16-le", "utf-32-be", "utf-16", "utf-32", "utf-8-sig"]))
    pieces = [bytes([chance.choice(odd)]) if chance.random() < 0.6 else good[:chance.randrange(len(good) + 1)]
              for _ in range(chance.randrange(8))]
    return b"".join(pieces)


def random_text(chance):
    odd = ["a", "?", "\x80", "\xff", "\xe9", "\u20ac", "\u0416", "\u6f22", "\U0001f600", "\ud800", "\udc80", "\udcff",
           "\udfff", "\ufeff", "\x00", "&"]
    return "".join(chance.choice(odd) for _ in range(chance.randrange(7)))


def escapes_and_hosts(seed=5):
    """The encodings that are no table and no UTF. Names of characters are left out, which are not known there."""
    chance = random.Random(seed)
    lines = []
    parts = [rb"\x41", rb"\x4", rb"\xg", rb"\u20ac", rb"\u20a", rb"\ud83d", rb"\U0001f600", rb"\U00110000", rb"\U0001", rb"\101",
             rb"\7", rb"\777", rb"\n", rb"\t", b"\\\n", rb"\\", rb"\'", rb"\q", rb"\N", rb"\N{", rb"\N{}", b"\\", b"a", b"\xe9", b"\xff",
             rb"\r", rb"\a\b\f\v"]
    handlers = ["strict", "ignore", "replace", "backslashreplace", "surrogateescape"]
    for encoding in ("unicode_escape", "raw_unicode_escape"):
        for _ in range(150):
            handler = chance.choice(handlers)
            data = b"".join(chance.choice(parts) for _ in range(chance.randrange(5)))
            lines.append("\t".join(["decode", encoding, handler, data.hex(), decoded(encoding, handler, data)]))
            text = random_text(chance) + chance.choice(["", "\\", "\t\n\r", "~\x7f"])
            lines.append("\t".join(["encode", encoding, handler, text_hex(text), encoded(encoding, handler, text)]))
        for pieces in ([b"\\x4", b"1b"], [b"a\\", b"u20ac"], [b"\\U0001f6", b"00"], [b"a\\"]):
            lines.append("\t".join(["pieces", encoding, "strict", ",".join(p.hex() for p in pieces),
                                    in_pieces(encoding, "strict", pieces)]))
    texts = ["", "abc", "b\xfccher", "\xfc", "\u4f8b\u3048.\u30c6\u30b9\u30c8", "a-b\xe9", "stra\xdfe.de", "B\xdcCHER.example.",
             "a..b", ".", "x" * 64, "x" * 63 + ".y", "xn--\xe4", "\xad"]
    for text in texts:
        for encoding in ("punycode", "idna"):
            for handler in ("strict", "ignore", "nonsense"):
                lines.append("\t".join(["encode", encoding, handler, text_hex(text), encoded(encoding, handler, text)]))
    for data in [b"", b"bcher-kva", b"tda", b"-", b"abc-", b"bcher-KVA", b"a-b-epa", b"99999999", b"a-!", b"a-\xff", b"\xff-tda", b"ab-zzzz", b"zz"]:
        for handler in HANDLERS:
            lines.append("\t".join(["decode", "punycode", handler, data.hex(), decoded("punycode", handler, data)]))
    for data in [b"", b"example.org", b"xn--bcher-kva.example.", b"XN--bcher-kva", b"xn--BCHER-kva", b"xn--abc-", b"xn--zz", b"xn--99999999", b"a\xff", b"xn--a\xff",
                 b"xn--r8jz45g.xn--zckzah", b"a..b", b"."]:
        for handler in ("strict", "ignore"):
            lines.append("\t".join(["decode", "idna", handler, data.hex(), decoded("idna", handler, data)]))
    return lines


def expected(count=250, seed=4):
    chance = random.Random(seed)
    simple = ["ascii", "latin-1", "cp1252", "cp037", "cp864", "cp875", "koi8-r", "iso8859-15"]
    lines = []
    for _ in range(count):
        for encoding in (chance.choice(UTF), chance.choice(simple)):
            handler = chance.choice(HANDLERS)
            data, text = random_bytes(chance), random_text(chance)
            lines.append("\t".join(["decode", encoding, handler, data.hex(), decoded(encoding, handler, data)]))
            lines.append("\t".join(["encode", encoding, handler, text_hex(text), encoded(encoding, handler, text)]))
            cuts = sorted(chance.randrange(len(data) + 1) for _ in range(chance.randrange(4)))
            pieces = [data[a:b] for a, b in zip([0] + cuts, cuts + [len(data)])]
            lines.append("\t".join(["pieces", encoding, handler, ",".join(p.hex() for p in pieces),
                                    in_pieces(encoding, handler, pieces)]))
    every = bytes(range(256))
    for module in charmaps():
        text = every.decode(module, "replace").replace("\ufffd", "")
        lines.append("\t".join(["decode", module, "ignore", every.hex(), decoded(module, "ignore", every)]))
        lines.append("\t".join(["encode", module, "strict", text_hex(text), encoded(module, "strict", text)]))
    for handler in HANDLERS:
        # Half a surrogate waits for the rest of it.
        for pieces in ([b"\xed\xb7", b"\xa1"], [b"a\xed", b"\xa0", b"\x80b"], [b"\xed\xa0", b"a"], [b"\xed\xa0"], [b"\xed\x9f", b"\xbf"]):
            lines.append("\t".join(["pieces", "utf-8", handler, ",".join(p.hex() for p in pieces),
                                    in_pieces("utf-8", handler, pieces)]))
    lines += escapes_and_hosts()
    names = sorted({*encodings.aliases.aliases, *(m.name for m in pkgutil.iter_modules(encodings.__path__))})
    names += ["UTF8", "Utf-8", " latin  1 ", "Windows-1252", "ISO-8859-1", "iso_8859-15:1998", "ANSI_X3.4-1968", "utf-8é",
              "..", "", "cp1252.x", "no such", "US ASCII", "utf--16", "ibm-850"]
    multibyte = ("johab", "hz", "cp932", "cp949", "cp950", "big5", "gb", "euc", "iso2022", "shift", "utf_7", "undefined", "charmap", "mbcs", "oem")
    for name in names:
        try:
            codec = codecs.lookup(name)
            if not codec._is_text_encoding or codec.name.replace("-", "_").startswith(multibyte):
                continue
            answer = "=" + codec.name
        except LookupError as error:
            answer = "LookupError: %s" % error
        lines.append("\t".join(["name", name, "", "", answer]))
    return lines


if __name__ == "__main__":
    tables()
    (ROOT / "expected.txt").write_text("\n".join(expected()) + "\n")
