//! Schemas agree with tshark: packets that scripts of both languages make, and those that other programs sent, mean the same to
//! `packet` and to Wireshark's dissectors, field by field. `tests/packet/tshark.txt` has what tshark said, so that the
//! comparison is made where it is not installed; where it is, it is asked again. And `docs/packet.md` prints what it says.
#![cfg(all(feature = "cli", feature = "lua", feature = "rhai"))]

#[allow(dead_code, reason = "it serves several tests; this one needs a part")]
#[path = "support/runner.rs"]
mod runner;
#[path = "support/snippets.rs"]
mod snippets;
#[allow(dead_code, reason = "it serves all integration tests; this one needs a part")]
mod support;

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use runner::{command, room, tell, write};
use snippets::sections;
use support::{diff, folder, note};

/// How tshark writes a value.
#[derive(Clone, Copy)]
enum Form {
    Number,
    /// Four hexadecimal digits.
    Short,
    Text,
    Hex,
    /// The end of ours: what is in a packet that ours quotes.
    Tail,
    /// Multiplied by so much.
    Times(i64),
    /// A byte with a sign, without it.
    Signed,
}

use Form::{Hex, Number, Short, Signed, Tail, Text, Times};

/// A field of tshark, the paths of ours, and how it is written. `[]` stands for every place of a list.
const FIELDS: &[(&str, &str, Form)] = &[
    ("ip.version", "version", Number),
    ("ip.hdr_len", "ihl", Times(4)),
    ("ip.len", "total_length", Number),
    ("ip.flags.df", "df", Number),
    ("ip.ttl", "ttl", Number),
    ("ip.proto", "protocol", Number),
    ("ip.src", "source", Text),
    ("ip.dst", "destination", Text),
    ("udp.srcport", "payload.source_port", Number),
    ("udp.dstport", "payload.destination_port", Number),
    ("udp.length", "payload.length", Number),
    ("icmp.type", "payload.type", Number),
    ("icmp.code", "payload.code", Number),
    ("icmp.ident", "payload.identifier", Number),
    ("icmp.seq", "payload.sequence", Number),
    ("icmp.mtu", "payload.mtu", Number),
    ("icmp.redir_gw", "payload.gateway", Text),
    ("dns.id", "id", Short),
    ("dns.flags.response", "qr", Number),
    ("dns.flags.opcode", "opcode", Number),
    ("dns.flags.authoritative", "aa", Number),
    ("dns.flags.truncated", "tc", Number),
    ("dns.flags.recdesired", "rd", Number),
    ("dns.flags.recavail", "ra", Number),
    ("dns.flags.authenticated", "ad", Number),
    ("dns.flags.checkdisable", "cd", Number),
    ("dns.flags.rcode", "rcode", Number),
    ("dns.count.queries", "qdcount", Number),
    ("dns.count.answers", "ancount", Number),
    ("dns.count.auth_rr", "nscount", Number),
    ("dns.count.add_rr", "arcount", Number),
    ("dns.qry.name", "questions[].name", Text),
    ("dns.qry.type", "questions[].type", Number),
    ("dns.qry.class", "questions[].class", Short),
    (
        "dns.resp.name",
        "answers[].name authorities[].name additionals[].name",
        Text,
    ),
    (
        "dns.resp.type",
        "answers[].type authorities[].type additionals[].type",
        Number,
    ),
    (
        "dns.resp.ttl",
        "answers[].ttl authorities[].ttl additionals[].ttl",
        Number,
    ),
    (
        "dns.resp.len",
        "answers[].rdlength authorities[].rdlength additionals[].rdlength",
        Number,
    ),
    ("dns.a", "answers[]:1 additionals[]:1", Text),
    ("dns.aaaa", "answers[]:28 additionals[]:28", Text),
    ("dns.cname", "answers[]:5", Text),
    ("dns.ptr.domain_name", "answers[]:12", Text),
    ("dns.ns", "authorities[]:2", Text),
    ("dns.txt", "answers[].rdata[]", Text),
    ("dns.mx.preference", "answers[].rdata.preference", Number),
    ("dns.mx.mail_exchange", "answers[].rdata.exchange", Text),
    ("dns.srv.priority", "answers[].rdata.priority", Number),
    ("dns.srv.weight", "answers[].rdata.weight", Number),
    ("dns.srv.port", "answers[].rdata.port", Number),
    ("dns.srv.target", "answers[].rdata.target", Text),
    (
        "dns.soa.mname",
        "answers[].rdata.mname authorities[].rdata.mname",
        Text,
    ),
    (
        "dns.soa.rname",
        "answers[].rdata.rname authorities[].rdata.rname",
        Text,
    ),
    (
        "dns.soa.serial_number",
        "answers[].rdata.serial authorities[].rdata.serial",
        Number,
    ),
    (
        "dns.soa.minimum_ttl",
        "answers[].rdata.minimum authorities[].rdata.minimum",
        Number,
    ),
    ("dns.opt.code", "additionals[].rdata[].code", Number),
    ("ntp.flags.li", "leap", Number),
    ("ntp.flags.vn", "version", Number),
    ("ntp.flags.mode", "mode", Number),
    ("ntp.stratum", "stratum", Number),
    ("ntp.ppoll", "poll", Number),
    ("ntp.precision", "precision", Signed),
    ("ntp.rootdelay", "root_delay", Times(65536)),
    ("ntp.rootdispersion", "root_dispersion", Times(65536)),
    ("ntp.refid", "reference_id", Hex),
    ("can.id", "id", Number),
    ("can.flags.xtd", "extended", Number),
    ("can.flags.rtr", "remote", Number),
    ("can.flags.err", "error", Number),
    ("can.len", "length", Number),
    ("canfd.flags.brs", "brs", Number),
    ("canfd.flags.esi", "esi", Number),
    ("data.data", "data payload.data", Tail),
];

/// What tshark says of checksums: 1 is good.
const CHECKSUMS: [&str; 3] = [
    "ip.checksum.status",
    "udp.checksum.status",
    "icmp.checksum.status",
];
/// A time of NTP, which tshark writes as a date.
const TIME: (&str, &str, &str) = ("client", "ntp.xmt", "Jan  1, 2024 00:00:00.500000000 UTC");

/// Values by path, places of lists apart.
type Values = BTreeMap<(String, Vec<usize>), String>;

/// What a script printed: packets and how they travel, and the values that were read of each.
#[derive(Default, PartialEq, Debug)]
struct Told {
    packets: BTreeMap<String, (String, Vec<u8>)>,
    values: BTreeMap<String, Values>,
}

fn bytes(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| {
            let pair = std::str::from_utf8(pair).expect("digits");
            u8::from_str_radix(pair, 16).expect("a byte")
        })
        .collect()
}

/// `answers[3].ttl` as `answers[].ttl` and 3.
fn path(text: &str) -> (String, Vec<usize>) {
    let mut parts = text.split('[');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    let mut places = Vec::new();
    for part in parts {
        let (place, rest) = part.split_once(']').expect("a place");
        places.push(place.parse().expect("a number"));
        plain.push_str("[]");
        plain.push_str(rest);
    }
    (plain, places)
}

fn told(language: &str) -> Told {
    let script = folder("tests/packet").join(format!("packets.{language}"));
    let mut run = command([script.as_os_str()]);
    let done = tell(run.current_dir(folder("tests/packet")));
    assert_eq!(done.status, 0, "{}", done.stderr);
    let mut told = Told::default();
    for line in done.stdout.lines() {
        let words: Vec<_> = line.split('\t').collect();
        match words[..] {
            ["packet", name, kind, digits] => {
                told.packets
                    .insert(name.to_owned(), (kind.to_owned(), bytes(digits)));
            }
            [name, at, value] => {
                let values = told.values.entry(name.to_owned()).or_default();
                values.insert(path(at), value.to_owned());
            }
            _ => panic!("{language}: {line}"),
        }
    }
    told
}

/// The values of a packet that a pattern means, in the order of their places; records of one type may be left out.
fn found(values: &Values, pattern: &str, skip: &str) -> Vec<String> {
    let type_of = |list: &str, place: usize| {
        let kind = values.get(&(format!("{list}.type"), vec![place]));
        kind.map_or("", String::as_str)
    };
    let mut out = Vec::new();
    for one in pattern.split(' ') {
        let (wanted, kind) = match one.split_once(':') {
            Some((list, kind)) => (format!("{list}.rdata"), Some((list, kind))),
            None => (one.to_owned(), None),
        };
        for ((at, places), value) in values.iter().filter(|((at, _), _)| *at == wanted) {
            let is_of_kind = kind.is_none_or(|(list, kind)| type_of(list, places[0]) == kind);
            let list = at.split_once('.').map_or("", |(list, _)| list);
            let is_left_out = !skip.is_empty() && places.len() == 1 && type_of(list, places[0]) == skip;
            if is_of_kind && !is_left_out {
                out.push(value.clone());
            }
        }
    }
    out
}

/// Whether tshark and we mean the same.
fn is_same(theirs: &str, ours: &str, form: Form) -> bool {
    let text = || String::from_utf8(bytes(ours.trim_start_matches('x'))).expect("text");
    let number = |text: &str| match text.strip_prefix("0x") {
        Some(digits) => i64::from_str_radix(digits, 16).ok().map(|number| number as f64),
        None => match text {
            "True" => Some(1.0),
            "False" => Some(0.0),
            text => text.parse().ok(),
        },
    };
    match form {
        Number | Short => number(theirs).is_some() && number(theirs) == number(ours),
        Times(unit) => number(theirs) == number(ours).map(|number| number * unit as f64),
        Text => theirs.replace("<Root>", ".") == text(),
        Signed => number(ours).is_some_and(|ours| number(theirs) == Some(ours.rem_euclid(256.0))),
        // Zeros that fill up are not told to scripts.
        Hex => theirs.trim_end_matches("00") == ours.trim_start_matches('x').trim_end_matches("00"),
        Tail => ours.ends_with(theirs),
    }
}

/// The classic form of captured packets.
fn capture(link: u32, packets: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::new();
    for number in [0xa1b2_c3d4, 0x0004_0002, 0, 0, 65535, link] {
        out.extend_from_slice(&u32::to_le_bytes(number));
    }
    for packet in packets {
        let length = u32::try_from(packet.len()).expect("a short packet");
        for number in [0, 0, length, length] {
            out.extend_from_slice(&u32::to_le_bytes(number));
        }
        out.extend_from_slice(packet);
    }
    out
}

/// What tshark says: a line a field, `packet<Tab>field<Tab>value`. None where there is no tshark.
fn ask(told: &Told) -> Option<String> {
    let room = room("tshark");
    let mut out = String::new();
    for (kind, link) in [("ip", 101), ("can", 227)] {
        let packets: Vec<_> = told
            .packets
            .iter()
            .filter(|(_, (of, _))| of == kind)
            .map(|(name, (_, data))| {
                let mut data = data.clone();
                if kind == "can" && cfg!(target_endian = "little") {
                    // Captures have identifiers in the network's order, sockets in the machine's.
                    data[..4].reverse();
                }
                (name.trim_end_matches("_ip"), data)
            })
            .collect();
        let all: Vec<&[u8]> = packets.iter().map(|(_, data)| data.as_slice()).collect();
        let file = room.join(kind);
        fs::write(&file, capture(link, &all)).expect("the capture");
        let mut tshark = Command::new("tshark");
        tshark.args([
            "-n",
            "-o",
            "ip.check_checksum:TRUE",
            "-o",
            "udp.check_checksum:TRUE",
        ]);
        tshark
            .args(["-T", "fields", "-E", "separator=|", "-r"])
            .arg(&file);
        let fields = FIELDS.iter().map(|(field, ..)| *field);
        let fields: Vec<_> = fields.chain(CHECKSUMS).chain([TIME.1]).collect();
        for field in &fields {
            tshark.args(["-e", field]);
        }
        let done = tshark.env("TZ", "UTC").output().ok()?;
        let lines = String::from_utf8(done.stdout).expect("text");
        let lines: Vec<_> = lines.lines().collect();
        assert_eq!(
            lines.len(),
            packets.len(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
        for ((name, _), line) in packets.iter().zip(lines) {
            for (field, value) in fields
                .iter()
                .zip(line.split('|'))
                .filter(|(_, value)| !value.is_empty())
            {
                out.push_str(&format!("{name}\t{field}\t{value}\n"));
            }
        }
    }
    Some(out)
}

/// Holds what we read against what tshark says, and counts the fields.
fn compare(told: &Told, verdicts: &str) -> usize {
    let (mut count, mut problems) = (0, Vec::new());
    for line in verdicts.lines().filter(|line| !line.starts_with('#')) {
        let [name, field, value] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        // A message within IP is read as such, and its IP apart.
        let within = told.values.contains_key(&format!("{name}_ip"));
        let ip = if within {
            format!("{name}_ip")
        } else {
            name.to_owned()
        };
        let is_ip = field.starts_with("ip.") || field.starts_with("udp.") || field.starts_with("icmp.");
        // What an error of ICMP quotes is dissected once more.
        let first = value.split(',').next().unwrap_or_default();
        if is_ip && field.starts_with("udp.") && !within {
            continue;
        }
        if CHECKSUMS.contains(&field) {
            assert_eq!(first, "1", "{line}");
            count += 1;
            continue;
        }
        if field == TIME.1 {
            if name == TIME.0 {
                let of = |path: &str| told.values[name][&(format!("transmit.{path}"), Vec::new())].clone();
                assert_eq!(
                    (value, of("seconds"), of("fraction")),
                    (TIME.2, "3913056000".into(), "2147483648".into())
                );
            }
            continue;
        }
        let (_, pattern, form) = FIELDS
            .iter()
            .find(|(known, ..)| *known == field)
            .expect("a field");
        let values = &told.values[if is_ip { &ip } else { name }];
        // tshark has the owner of a SRV and what OPT has for a time to live in fields of their own.
        let skip = match field {
            "dns.resp.name" => "33",
            "dns.resp.ttl" => "41",
            _ => "",
        };
        let ours = found(values, pattern, skip);
        let theirs: Vec<_> = if is_ip {
            vec![first]
        } else {
            value.split(',').collect()
        };
        let same = ours.len() == theirs.len()
            && ours
                .iter()
                .zip(&theirs)
                .all(|(ours, theirs)| is_same(theirs, ours, *form));
        if !same {
            problems.push(format!("{line}\n    {ours:?}"));
        }
        count += 1;
    }
    assert!(
        problems.is_empty(),
        "{} fields differ\n{}",
        problems.len(),
        problems.join("\n")
    );
    count
}

#[test]
fn packets_mean_to_tshark_what_they_mean_to_us() {
    let lua = told("lua");
    assert_eq!(lua, told("rhai"), "the languages differ");
    assert!(lua.packets.values().filter(|(kind, _)| kind != "inner").count() > 20);
    let file = folder("tests/packet").join("tshark.txt");
    let kept = fs::read_to_string(&file).unwrap_or_default();
    if let Some(said) = ask(&lua) {
        write(&room("said"), "tshark.txt", &said);
        compare(&lua, &said);
        let (said, kept): (Vec<_>, Vec<_>) = (said.lines().collect(), kept.lines().skip(1).collect());
        assert!(
            said == kept,
            "tshark says something else than tests/packet/tshark.txt\n{}",
            diff(&kept.join("\n"), &said.join("\n"))
        );
    } else {
        note("tshark is not installed: its answers in tests/packet/tshark.txt are all that was compared");
    }
    let count = compare(&lua, &kept);
    assert!(count > 400, "only {count} fields were compared");
}

#[test]
fn the_page_prints_what_it_says() {
    let home = room("page");
    let mut runs = 0;
    for section in sections(&folder("docs/packet.md"), "## ") {
        for language in ["lua", "rhai"] {
            let code = section.block(language);
            if code.is_empty() {
                continue;
            }
            write(&home, "snippet", code);
            let done = tell(command(["--lang", language, "snippet"]).current_dir(&home));
            let prints = section.block("text");
            assert!(
                done.status == 0 && done.stdout == prints,
                "{} in {language}\n{}{}",
                section.heading,
                diff(prints, &done.stdout),
                done.stderr
            );
            runs += 1;
        }
    }
    assert!(runs >= 8, "only {runs} pieces of code");
}
