"""python3 -m unittest: what Python would read or write otherwise."""

import pathlib
import struct
import unittest

import ed25519
import ijson

NUMBERS = pathlib.Path(__file__).parent.parent / "numbers.csv"  # RFC 8785, appendix B

REFUSED = (
    b'{"a":1,"a":2}', b'{"\\u0061":1,"a":1}', b'"\\ud800"', b'"\\udc00\\ud800"', b"NaN", b"-Infinity", b"1e999", b"01", b"1.", b".5", b"+1",
    b"[1,]", b"[" * 257 + b"]" * 257, b"[" * 100_000, b"\xff", b'"\xed\xa0\x80"', b"\xef\xbb\xbf{}", b'"\t"', b"'a'", b"", b"{} {}", b"nul", b'"\\x"',
)


class Reading(unittest.TestCase):
    def test_refuses_what_is_no_i_json(self):
        for data in REFUSED:
            with self.subTest(data[:20]), self.assertRaises(ijson.NotJson):
                ijson.parse(data)

    def test_reads_as_deep_as_the_page_says(self):
        ijson.parse(b"[" * 256 + b"]" * 256)

    def test_reads_numbers_as_doubles(self):
        for text, shown in ((b"-0", b"0"), (b"1e-400", b"0"), (b"9007199254740993", b"9007199254740992"), (b"1E2", b"100"), (b"1" + b"0" * 300, b"1e+300")):
            self.assertEqual(ijson.canonical(ijson.parse(text)), shown)


class Writing(unittest.TestCase):
    def test_writes_numbers_as_ecmascript(self):
        for line in NUMBERS.read_text().split():
            bits, shown = line.split(",")
            self.assertEqual(ijson.number(struct.unpack(">d", bytes.fromhex(bits))[0]), shown)

    def test_sorts_names_by_utf_16(self):
        given = '{"\u20ac":1,"\\r":2,"\ufb33":3,"1":4,"\U0001f600":5,"\u0080":6,"\u00f6":7}'
        self.assertEqual(ijson.canonical(ijson.parse(given.encode())).decode(), '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\U0001f600":5,"\ufb33":3}')

    def test_knows_how_long_the_log_is(self):
        self.assertEqual(ijson.log_size('"\u202e\U0001d173\u00e9\\n"'.encode()), 2 + 6 + 12 + 2 + 2)


class Signatures(unittest.TestCase):
    """RFC 8032, section 7.1, test 3."""

    KEY = bytes.fromhex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")
    SIGNATURE = bytes.fromhex(
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    )

    def test_holds(self):
        self.assertTrue(ed25519.verify(self.KEY, self.SIGNATURE, b"\xaf\x82"))

    def test_holds_for_nothing_else(self):
        larger = (int.from_bytes(self.SIGNATURE[32:], "little") + ed25519.L).to_bytes(32, "little")
        for key, signature, message in (
            (self.KEY, self.SIGNATURE, b"\xaf\x83"),
            (self.KEY, self.SIGNATURE[:32] + larger, b"\xaf\x82"),
            (self.KEY, bytes(64), b"\xaf\x82"),
            (b"\x02" + bytes(31), self.SIGNATURE, b"\xaf\x82"),
        ):
            self.assertFalse(ed25519.verify(key, signature, message))


if __name__ == "__main__":
    unittest.main()
