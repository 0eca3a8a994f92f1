//! The doorway for `fuzz/`: one function for each part that reads what strangers wrote and that the library does not show.
//! Each takes any bytes, and panics where something does not hold that must. Compiled by the feature `fuzzing` alone, and no
//! part of what the crate promises.

use std::fmt::Write as _;
use std::io::{BufReader, IoSlice, IoSliceMut};
use std::net::Ipv6Addr;
use std::os::fd::AsRawFd as _;
use std::path::PathBuf;
use std::rc::Rc;

use crate::address::{Address, DeviceAddress, UnixName, numeric_ipv4};
use crate::codec::{Encoding, Handler};
use crate::net::{Net, Socket};
use crate::policy::Policy;
use crate::sched::Scheduler;
use crate::sys::message::{self, Control};
use crate::sys::{flag, sockaddr, socket};
use crate::tools::{Recording, Url};
use crate::wire::capture::Capture;
use crate::wire::trace::{Decoder, Lines, describe, line, page};

const ENCODINGS: [&str; 11] = [
    "utf-8",
    "ascii",
    "latin-1",
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "cp1252",
    "koi8-r",
    "cp037",
];
const HANDLERS: [&str; 7] = [
    "strict",
    "ignore",
    "replace",
    "backslashreplace",
    "surrogateescape",
    "surrogatepass",
    "xmlcharrefreplace",
];

/// What the kernel calls an address becomes one of ours and the kernel's again; texts are read or refused.
pub fn addresses(data: &[u8]) {
    let address = sockaddr::decode_bytes(data);
    drop(format!("{address:?}"));
    let _ = (address.port(), address.ip(), address.host());
    if let Ok(bytes) = sockaddr::encode(&address) {
        let again = sockaddr::decode(&bytes);
        assert_eq!(
            again, address,
            "an address changes on its way to the kernel and back"
        );
    }
    let name = UnixName::new(data);
    let again = UnixName::new(&name.to_bytes());
    assert_eq!(again, name);
    if let Ok(text) = std::str::from_utf8(data) {
        if let Some(ip) = numeric_ipv4(text) {
            assert_eq!(numeric_ipv4(&ip.to_string()), Some(ip));
        }
        if let Ok(device) = text.parse::<DeviceAddress>() {
            assert_eq!(device.to_string().parse::<DeviceAddress>().ok(), Some(device));
        }
        drop(text.parse::<Ipv6Addr>());
    }
    drop(Url::read(data));
    drop(Address::Unix(name));
}

/// Bytes are text, in pieces as in one; text that was made of bytes can be written again.
pub fn codecs(data: &[u8]) {
    let [encoding, handler, cut, data @ ..] = data else {
        return;
    };
    let Ok(encoding) = Encoding::by_name(ENCODINGS[usize::from(*encoding) % ENCODINGS.len()]) else {
        return;
    };
    let handler = Handler::by_name(HANDLERS[usize::from(*handler) % HANDLERS.len()]);
    let whole = encoding.decode(data, &handler);
    let mut decoder = encoding.decoder(handler.clone());
    let mut text = Vec::new();
    let size = usize::from(*cut % 7) + 1;
    let mut pieces = data.chunks(size).peekable();
    let mut in_pieces = Ok(());
    while let Some(piece) = pieces.next() {
        in_pieces = decoder.decode(piece, pieces.peek().is_none(), &mut text);
        if in_pieces.is_err() {
            break;
        }
    }
    drop(encoding.encode(data, &handler));
    // Half a mark that never becomes whole is nothing in a stream, and bytes that are no text at once: in CPython, too.
    let is_half_mark = encoding.name() == "utf-8-sig" && data.len() < 3 && b"\xef\xbb\xbf".starts_with(data);
    // As in CPython, a stream has to begin with its byte order mark where the encoding has one, or with bytes that the handler
    // takes one by one until there is a mark; bytes at once need none.
    let marks: &[&[u8]] = match encoding.name() {
        "utf-16" => &[b"\xff\xfe", b"\xfe\xff"],
        "utf-32" => &[b"\xff\xfe\0\0", b"\0\0\xfe\xff"],
        _ => &[b""],
    };
    if data.is_empty() || is_half_mark || !marks.iter().any(|mark| data.starts_with(mark)) {
        return;
    }
    assert_eq!(
        whole.is_ok(),
        in_pieces.is_ok(),
        "whole {whole:?}, in pieces {in_pieces:?}"
    );
    if let Ok(whole) = whole
        && in_pieces.is_ok()
    {
        assert_eq!(whole, text, "text in pieces is other text");
        drop(encoding.encode(&whole, &handler));
    }
}

/// Control messages of any kind: the kernel takes or refuses them, and what it takes arrives. Descriptors are none of them, as
/// numbers would be those of the fuzzer.
pub fn control(data: &[u8]) {
    let Ok((one, other)) = socket::pair(flag::AF_UNIX, flag::SOCK_STREAM, 0) else {
        return;
    };
    let mut control = Vec::new();
    let mut rest = data;
    while let [level, kind, size, more @ ..] = rest {
        let (own, after) = more.split_at(usize::from(*size).min(more.len()));
        let is_rights = *level == 1 && *kind == 1;
        if !is_rights {
            control.push(Control {
                level: i32::from(*level),
                kind: i32::from(*kind),
                data: own.to_vec(),
            });
        }
        rest = after;
    }
    let sent = message::send_message(
        one.as_raw_fd(),
        &[IoSlice::new(b"x")],
        &control,
        flag::MSG_DONTWAIT,
        None,
    );
    let mut byte = [0];
    for size in [data.len(), usize::from(data.first().copied().unwrap_or(0))] {
        let got = message::recv_message(
            other.as_raw_fd(),
            &mut [IoSliceMut::new(&mut byte)],
            size,
            flag::MSG_DONTWAIT,
        );
        if let Ok(got) = got {
            assert!(sent.is_ok() && got.count == 1 && got.control.len() <= control.len() + 2);
        }
    }
    let _ = (
        message::control_space(data.len()),
        message::control_length(data.len()),
    );
}

/// Traces: read or refused, and what was read can be shown in every form.
pub fn traces(data: &[u8]) {
    let Ok(mut lines) = Lines::open(BufReader::new(data)) else {
        return;
    };
    let mut records = Vec::new();
    let Ok(mut capture) = Capture::begin(lines.header()) else {
        return;
    };
    let mut text = String::new();
    while let Ok(Some(record)) = lines.next_record() {
        let _ = writeln!(text, "{} {}", line(&record), describe(&record));
        drop(capture.add(&record));
        records.push(record);
    }
    drop(capture.take());
    drop(page(lines.header(), &records, "fuzz", Decoder::default()));
}

/// Recordings that are to be replayed: read or refused.
pub fn recordings(data: &[u8]) {
    let net = net();
    let path = PathBuf::from(format!("/dev/shm/wirescript-fuzz.{}", std::process::id()));
    if std::fs::write(&path, data).is_ok() {
        for number in 0..3 {
            if let Ok(recording) = Recording::read(&net, &path, number, &[]) {
                assert!(!recording.turns().is_empty());
            }
        }
        drop(std::fs::remove_file(&path));
    }
}

/// What `fromshare` is given: refused, as nobody shares anything here.
pub fn shares(data: &[u8]) {
    let net = Net::new(Scheduler::new(256 << 10), Policy::deny_all(), 1 << 24);
    assert!(Socket::from_share(&net, data).is_err());
}

fn net() -> Rc<Net> {
    Net::new(Scheduler::new(256 << 10), Policy::allow_all(), 1 << 24)
}
