//! Text as Python prints it: `repr` of bytes, of strings, and of the file names that Python decodes with
//! `surrogateescape`. Pure; every character comes out as CPython 3.11 writes it.

mod printable;

use std::fmt::Write as _;

/// `repr(b"...")`: the bytes literal that CPython prints.
pub(crate) fn bytes_repr(bytes: &[u8]) -> String {
    let quote = quote_for(bytes.contains(&b'\''), bytes.contains(&b'"'));
    let mut text = String::with_capacity(bytes.len() + 3);
    text.push('b');
    text.push(quote);
    for &byte in bytes {
        push_ascii(&mut text, byte, quote);
    }
    text.push(quote);
    text
}

/// `repr("...")`: the string literal that CPython prints.
pub(crate) fn str_repr(string: &str) -> String {
    path_repr(string.as_bytes())
}

/// `repr(os.fsdecode(b"..."))`: a file name that need not be UTF-8. A byte that is not part of a character is
/// shown as the lone surrogate Python keeps it in, `\udc80` to `\udcff`.
pub(crate) fn path_repr(path: &[u8]) -> String {
    let quote = quote_for(path.contains(&b'\''), path.contains(&b'"'));
    let mut text = String::with_capacity(path.len() + 2);
    text.push(quote);
    for chunk in path.utf8_chunks() {
        for c in chunk.valid().chars() {
            push_char(&mut text, c, quote);
        }
        for byte in chunk.invalid() {
            push_formatted(&mut text, format_args!("\\udc{byte:02x}"));
        }
    }
    text.push(quote);
    text
}

/// Python quotes with `'`, unless that alone would need escaping.
fn quote_for(has_single: bool, has_double: bool) -> char {
    if has_single && !has_double { '"' } else { '\'' }
}

/// Appends a character of a string literal.
fn push_char(text: &mut String, c: char, quote: char) {
    match u8::try_from(c) {
        Ok(byte) if byte.is_ascii() => push_ascii(text, byte, quote),
        _ if printable::is_printable(c) => text.push(c),
        _ => match u32::from(c) {
            code @ ..=0xff => push_formatted(text, format_args!("\\x{code:02x}")),
            code @ 0x100..=0xffff => push_formatted(text, format_args!("\\u{code:04x}")),
            code => push_formatted(text, format_args!("\\U{code:08x}")),
        },
    }
}

/// Appends a byte as both kinds of literal write it, bytes above ASCII as `\x..`.
fn push_ascii(text: &mut String, byte: u8, quote: char) {
    match byte {
        b'\t' => text.push_str("\\t"),
        b'\n' => text.push_str("\\n"),
        b'\r' => text.push_str("\\r"),
        b'\\' => text.push_str("\\\\"),
        b' '..=b'~' => {
            if char::from(byte) == quote {
                text.push('\\');
            }
            text.push(char::from(byte));
        }
        _ => push_formatted(text, format_args!("\\x{byte:02x}")),
    }
}

/// Appends formatted text; writing to a `String` cannot fail.
fn push_formatted(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    let written = text.write_fmt(arguments);
    debug_assert!(written.is_ok(), "a String takes every write");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_print_as_in_python() {
        let cases: &[(&[u8], &str)] = &[
            (b"", "b''"),
            (b"plain", "b'plain'"),
            (b"it's", r#"b"it's""#),
            (b"say \"x\"", r#"b'say "x"'"#),
            (b"it's \"x\"", r#"b'it\'s "x"'"#),
            (b"\\", r"b'\\'"),
            (
                b"\x00\x09\x0a\x0d\x1b\x1f ~\x7f\x80\xff",
                r"b'\x00\t\n\r\x1b\x1f ~\x7f\x80\xff'",
            ),
        ];
        for (bytes, expected) in cases {
            assert_eq!(bytes_repr(bytes), *expected);
        }
    }

    #[test]
    fn strings_print_as_in_python() {
        let cases: &[(&str, &str)] = &[
            ("", "''"),
            ("plain", "'plain'"),
            ("it's", r#""it's""#),
            ("say \"x\"", r#"'say "x"'"#),
            ("it's \"x\"", r#"'it\'s "x"'"#),
            ("back\\slash", r"'back\\slash'"),
            ("\u{9}\u{a}\u{d}\u{0}\u{1b}\u{7f}", r"'\t\n\r\x00\x1b\x7f'"),
            ("\u{e9}\u{a0}\u{ad}", r"'é\xa0\xad'"),
            ("\u{65e5}\u{672c}\u{3000}", r"'日本\u3000'"),
            ("\u{200b}\u{2028}\u{feff}", r"'\u200b\u2028\ufeff'"),
            ("\u{1f600}\u{e0001}", r"'😀\U000e0001'"),
            ("\u{378}\u{e000}\u{10ffff}", r"'\u0378\ue000\U0010ffff'"),
            ("e\u{301}", "'é'"),
        ];
        for (string, expected) in cases {
            assert_eq!(str_repr(string), *expected);
        }
    }

    #[test]
    fn file_names_print_as_python_decodes_them() {
        let cases: &[(&[u8], &str)] = &[
            (b"/tmp/x", "'/tmp/x'"),
            (b"/tmp/\xff", r"'/tmp/\udcff'"),
            (b"/tmp/\xc3\xa9", "'/tmp/é'"),
            (b"\xc3", r"'\udcc3'"),
            (b"\xed\xa0\x80", r"'\udced\udca0\udc80'"),
            (b"a\xe2\x82b", r"'a\udce2\udc82b'"),
            (b"\xf0\x9f\x98", r"'\udcf0\udc9f\udc98'"),
        ];
        for (path, expected) in cases {
            assert_eq!(path_repr(path), *expected);
        }
    }
}
