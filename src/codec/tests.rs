//! The encodings against what CPython made of the same input: `expected.txt`, written by `scripts/codecs.py`.

use super::*;
use crate::error::Error;

/// Operation, encoding, handler, input and CPython's outcome, one line each.
const EXPECTED: &str = include_str!("expected.txt");

fn unhex(text: &str) -> Vec<u8> {
    assert!(text.len().is_multiple_of(2), "{text}");
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal digits"))
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn shown(outcome: Result<Vec<u8>>) -> String {
    outcome.map_or_else(|error| failure(&error), |bytes| format!("={}", hex(&bytes)))
}

fn failure(error: &Error) -> String {
    format!("{}: {}", error.class().name(), error.message())
}

fn in_pieces(encoding: Encoding, handler: Handler, pieces: &str) -> String {
    let mut decoder = encoding.decoder(handler);
    let mut text = Vec::new();
    let count = pieces.split(',').count();
    for (place, piece) in pieces.split(',').enumerate() {
        if let Err(error) = decoder.decode(&unhex(piece), place + 1 == count, &mut text) {
            return format!("={} {}", hex(&text), failure(&error));
        }
    }
    format!("={}", hex(&text))
}

#[test]
fn every_encoding_does_as_in_python() {
    let (mut problems, mut seen) = (Vec::new(), 0);
    for line in EXPECTED.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [what, name, handler, input, expected] = fields[..] else {
            panic!("five fields, not {line:?}")
        };
        let handler = Handler::by_name(handler);
        let found = match (what, Encoding::by_name(name)) {
            ("name", found) => found.map_or_else(
                |error| failure(&error),
                |encoding| format!("={}", encoding.name()),
            ),
            (_, Err(error)) => failure(&error),
            ("decode", Ok(encoding)) => shown(encoding.decode(&unhex(input), &handler)),
            ("encode", Ok(encoding)) => shown(encoding.encode(&unhex(input), &handler)),
            (_, Ok(encoding)) => in_pieces(encoding, handler, input),
        };
        seen += 1;
        if found != expected {
            problems.push(format!("{line}\n  found {found}"));
        }
    }
    assert!(seen > 1000, "the expectation is not there");
    assert!(
        problems.is_empty(),
        "{} of {seen} differ\n{}",
        problems.len(),
        problems[..problems.len().min(20)].join("\n")
    );
}

#[test]
fn a_stray_byte_of_a_script_counts_as_an_escaped_one() {
    let name = b"caf\xc3\xa9\xff";
    assert_eq!(
        Encoding::Utf8.encode(name, &Handler::Strict).map_err(|error| failure(&error)),
        Err(
            "UnicodeEncodeError: 'utf-8' codec can't encode character '\\udcff' in position 4: surrogates not \
             allowed"
                .to_owned()
        )
    );
    let bytes = Encoding::Utf8.encode(name, &Handler::SurrogateEscape);
    assert_eq!(bytes.ok().as_deref(), Some(&name[..]));
}

#[test]
fn only_the_first_piece_has_a_mark() {
    let mut bytes = Vec::new();
    let mut encoder = Encoding::Utf8Sig.encoder(Handler::Strict);
    for piece in ["a", "b"] {
        assert!(encoder.encode(piece.as_bytes(), &mut bytes).is_ok());
    }
    assert_eq!(bytes, b"\xef\xbb\xbfab");
    let mut encoder = Encoding::Utf16(None).encoder(Handler::Strict);
    encoder.set_started();
    bytes.clear();
    assert!(encoder.encode(b"a", &mut bytes).is_ok());
    assert_eq!(bytes.len(), 2);
}

#[test]
fn a_decoder_begins_anew() {
    let (mut decoder, mut text) = (Encoding::Utf8Sig.decoder(Handler::Strict), Vec::new());
    for _ in 0..2 {
        assert!(decoder.decode(b"\xef\xbb\xbfa\xe2\x82", false, &mut text).is_ok());
        assert_eq!(decoder.pending(), b"\xe2\x82");
        decoder.reset();
    }
    assert_eq!(text, b"aa");
}
