//! Names of DNS: labels, compression pointers, and the text in which dots part the labels (RFC 1035).

use std::fmt::Write as _;

/// Most bytes of a name as it travels, and of a label.
const LONGEST: usize = 255;
const LABEL: usize = 63;
/// Where a pointer can lead.
const REACH: usize = 0x3fff;

/// Reads the name at a place of a message; its text and where it ends.
///
/// # Errors
/// What is wrong with it, and where.
pub(super) fn read(message: &[u8], start: usize) -> Result<(String, usize), String> {
    let mut text = String::new();
    let mut at = start;
    let mut end = None;
    // A pointer leads to before everything read so far: so there can be no loop.
    let mut before = start;
    let mut length = 1;
    loop {
        let size = *message
            .get(at)
            .ok_or_else(|| format!("the name ends in the middle, at offset {at}"))?;
        match size {
            0 => {
                if text.is_empty() {
                    text.push('.');
                }
                return Ok((text, end.unwrap_or(at + 1)));
            }
            1..=63 => {
                let label = message
                    .get(at + 1..at + 1 + usize::from(size))
                    .ok_or_else(|| format!("a label of {size} bytes at offset {at} goes beyond the end"))?;
                length += 1 + label.len();
                if length > LONGEST {
                    return Err(format!("the name is longer than {LONGEST} bytes"));
                }
                if !text.is_empty() {
                    text.push('.');
                }
                push_label(&mut text, label);
                at += 1 + label.len();
            }
            0xc0.. => {
                let low = *message
                    .get(at + 1)
                    .ok_or_else(|| format!("a pointer is cut off at offset {at}"))?;
                let target = usize::from(size & 0x3f) << 8 | usize::from(low);
                end = end.or(Some(at + 2));
                if target >= before {
                    return Err(format!(
                        "the pointer at offset {at} leads to {target}, which is not before the name: it may only lead back"
                    ));
                }
                before = target;
                at = target;
            }
            _ => {
                return Err(format!(
                    "byte {size:#04x} at offset {at} is neither a label nor a pointer"
                ));
            }
        }
    }
}

fn push_label(text: &mut String, label: &[u8]) {
    for byte in label {
        match byte {
            b'.' | b'\\' => {
                text.push('\\');
                text.push(char::from(*byte));
            }
            b'!'..=b'~' => text.push(char::from(*byte)),
            // Writing to a String does not fail.
            other => {
                let _ = write!(text, "\\{other:03}");
            }
        }
    }
}

/// The labels of a name's text.
///
/// # Errors
/// What is wrong with it.
pub(super) fn labels(text: &str) -> Result<Vec<Vec<u8>>, String> {
    let mut labels = vec![Vec::new()];
    let mut bytes = text.bytes();
    if text == "." || text.is_empty() {
        return Ok(Vec::new());
    }
    while let Some(byte) = bytes.next() {
        let byte = match byte {
            b'.' => {
                labels.push(Vec::new());
                continue;
            }
            b'\\' => {
                escaped(&mut bytes).ok_or("a \\ is followed by a character or three digits up to 255")?
            }
            byte => byte,
        };
        if let Some(label) = labels.last_mut() {
            label.push(byte);
        }
    }
    // A dot at the end says that the name is whole, which it is in a packet anyway.
    if labels.last().is_some_and(Vec::is_empty) {
        labels.pop();
    }
    if labels.iter().any(Vec::is_empty) {
        return Err("two dots with nothing between them".to_owned());
    }
    if let Some(label) = labels.iter().find(|label| label.len() > LABEL) {
        return Err(format!(
            "a label of {} bytes: they have {LABEL} at most",
            label.len()
        ));
    }
    let length: usize = labels.iter().map(|label| label.len() + 1).sum();
    if length + 1 > LONGEST {
        return Err(format!(
            "a name of {} bytes: they have {LONGEST} at most",
            length + 1
        ));
    }
    Ok(labels)
}

fn escaped(bytes: &mut std::str::Bytes<'_>) -> Option<u8> {
    let first = bytes.next()?;
    if !first.is_ascii_digit() {
        return Some(first);
    }
    let digits = [first, bytes.next()?, bytes.next()?];
    std::str::from_utf8(&digits).ok()?.parse().ok()
}

/// Names written so far, and where.
#[derive(Default)]
pub(super) struct Written(Vec<(Vec<Vec<u8>>, usize)>);

impl Written {
    /// Writes a name at the end of `out`, which began at `origin`.
    pub(super) fn write(&mut self, out: &mut Vec<u8>, origin: usize, labels: &[Vec<u8>], compress: bool) {
        for place in 0..labels.len() {
            let tail = &labels[place..];
            if compress && let Some((_, at)) = self.0.iter().find(|(known, _)| known == tail) {
                let pointer = 0xc000 | u16::try_from(*at).unwrap_or(0);
                out.extend_from_slice(&pointer.to_be_bytes());
                return;
            }
            let at = out.len() - origin;
            if at <= REACH {
                self.0.push((tail.to_vec(), at));
            }
            out.push(u8::try_from(labels[place].len()).unwrap_or(0));
            out.extend_from_slice(&labels[place]);
        }
        out.push(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_travel_both_ways() {
        for (text, bytes) in [
            (".", &b"\0"[..]),
            ("a.bc", b"\x01a\x02bc\0"),
            (r"a\.b.\000\255\\", b"\x03a.b\x03\0\xff\\\0"),
        ] {
            let mut out = Vec::new();
            Written::default().write(&mut out, 0, &labels(text).expect("labels"), true);
            assert_eq!(out, bytes, "{text}");
            assert_eq!(read(bytes, 0), Ok((text.to_owned(), bytes.len())));
        }
    }

    #[test]
    fn tails_are_pointed_to() {
        let (mut out, mut written) = (vec![9, 9], Written::default());
        for name in ["www.example.com", "example.com", "mail.example.com", "com"] {
            written.write(&mut out, 2, &labels(name).expect("labels"), true);
        }
        assert_eq!(
            out[2..],
            *b"\x03www\x07example\x03com\0\xc0\x04\x04mail\xc0\x04\xc0\x0c"
        );
        assert_eq!(read(&out[2..], 19), Ok(("mail.example.com".into(), 26)));
    }

    #[test]
    fn loops_are_refused() {
        for bytes in [
            &b"\xc0\x00"[..],
            b"\x01a\xc0\x00",
            b"\xc0\x02\xc0\x00",
            b"\xc0",
            b"\x05ab",
            b"\x40",
            b"",
        ] {
            assert!(read(bytes, 0).is_err(), "{bytes:?}");
        }
        // One that goes back and comes again to where it was.
        assert!(read(b"\x01a\xc0\x04\xc0\x00", 4).is_err());
        assert!(read(&b"\x3f".repeat(300), 0).is_err());
        for text in [
            "a..b",
            ".a",
            "\\",
            "\\25",
            "\\256",
            &"a".repeat(64),
            &"a.".repeat(128),
        ] {
            assert!(labels(text).is_err(), "{text}");
        }
    }
}
