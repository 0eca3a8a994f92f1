//! The packets of a trace: taken apart here, checksum for checksum, and by tshark where that is installed.

use std::collections::BTreeMap;
use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::process::Command;

use etherparse::{NetHeaders, PacketHeaders, TransportHeader};
use pcap_file::pcapng::blocks::enhanced_packet::EnhancedPacketOption;
use pcap_file::pcapng::{Block, PcapNgReader};

use super::{echo, has, room, run, wirescript};

/// A packet, taken apart.
struct Packet {
    from: SocketAddr,
    to: SocketAddr,
    /// Sequence number and whether it is a SYN, FIN, RST; none of UDP.
    tcp: Option<(u32, bool, bool, bool)>,
    data: Vec<u8>,
    comment: String,
}

/// The packets of a file. Whatever is wrong with one, a checksum or a length, is a failure.
fn packets(path: &Path) -> Vec<Packet> {
    let file = fs::File::open(path).expect("packets");
    let mut reader = PcapNgReader::new(file).expect("a pcapng file");
    let mut all = Vec::new();
    while let Some(block) = reader.next_block() {
        if let Block::EnhancedPacket(block) = block.expect("a block") {
            let comment = block.options.iter().find_map(|option| match option {
                EnhancedPacketOption::Comment(text) => Some(text.to_string()),
                _ => None,
            });
            all.push(take_apart(&block.data, comment.unwrap_or_default()));
        }
    }
    all
}

fn take_apart(bytes: &[u8], comment: String) -> Packet {
    let headers = PacketHeaders::from_ethernet_slice(bytes).expect("a packet");
    let data = headers.payload.slice().to_vec();
    let (ips, sums): ((IpAddr, IpAddr), _) = match headers.net.expect("IP") {
        NetHeaders::Ipv4(ip, _) => {
            assert_eq!(ip.header_checksum, ip.calc_header_checksum(), "{comment}");
            assert_eq!(usize::from(ip.total_len) + 14, bytes.len(), "{comment}");
            let sums = match headers.transport.as_ref().expect("a transport") {
                TransportHeader::Tcp(tcp) => {
                    (tcp.checksum, tcp.calc_checksum_ipv4(&ip, &data).expect("a sum"))
                }
                TransportHeader::Udp(udp) => {
                    (udp.checksum, udp.calc_checksum_ipv4(&ip, &data).expect("a sum"))
                }
                other => panic!("{other:?}"),
            };
            ((ip.source.into(), ip.destination.into()), sums)
        }
        NetHeaders::Ipv6(ip, _) => {
            assert_eq!(usize::from(ip.payload_length) + 54, bytes.len(), "{comment}");
            let sums = match headers.transport.as_ref().expect("a transport") {
                TransportHeader::Tcp(tcp) => {
                    (tcp.checksum, tcp.calc_checksum_ipv6(&ip, &data).expect("a sum"))
                }
                TransportHeader::Udp(udp) => {
                    (udp.checksum, udp.calc_checksum_ipv6(&ip, &data).expect("a sum"))
                }
                other => panic!("{other:?}"),
            };
            ((ip.source.into(), ip.destination.into()), sums)
        }
        other @ NetHeaders::Arp(_) => panic!("{other:?}"),
    };
    assert_eq!(sums.0, sums.1, "{comment}");
    let (ports, tcp) = match headers.transport.expect("a transport") {
        TransportHeader::Tcp(tcp) => (
            (tcp.source_port, tcp.destination_port),
            Some((tcp.sequence_number, tcp.syn, tcp.fin, tcp.rst)),
        ),
        TransportHeader::Udp(udp) => ((udp.source_port, udp.destination_port), None),
        other => panic!("{other:?}"),
    };
    Packet {
        from: SocketAddr::new(ips.0, ports.0),
        to: SocketAddr::new(ips.1, ports.1),
        tcp,
        data,
        comment,
    }
}

/// The bytes of each direction, which must begin with a SYN, leave no gap, repeat nothing, and end with a FIN or a RST.
fn streams(packets: &[Packet]) -> BTreeMap<(SocketAddr, SocketAddr), Vec<u8>> {
    let mut streams = BTreeMap::new();
    let mut next = BTreeMap::new();
    for packet in packets {
        let Some((sequence, syn, fin, reset)) = packet.tcp else {
            continue;
        };
        let key = (packet.from, packet.to);
        if reset && !next.contains_key(&key) {
            // A connect's refusal.
            continue;
        }
        if syn {
            next.insert(key, sequence);
        }
        let expected = next.get_mut(&key).expect("a SYN first");
        assert_eq!(*expected, sequence, "{}", packet.comment);
        let length = u32::try_from(packet.data.len()).expect("a packet's length");
        *expected = sequence
            .wrapping_add(length)
            .wrapping_add(u32::from(syn) + u32::from(fin));
        streams
            .entry(key)
            .or_insert_with(Vec::new)
            .extend_from_slice(&packet.data);
    }
    streams
}

#[test]
fn both_ends_in_one_run_and_each_byte_once() {
    for language in ["lua", "rhai"] {
        for (family, host) in [("AF_INET", "127.0.0.1"), ("AF_INET6", "::1")] {
            let room = room(&format!("packets-{language}-{family}"));
            let name = format!("echo.{language}");
            run(
                &room,
                &["--pcap", "p.pcapng", "--trace", "t.jsonl"],
                &name,
                &echo(language, family, host, 50),
            );
            let all = packets(&room.join("p.pcapng"));
            let streams = streams(&all);
            let said: String = (1..=50).map(|number| format!("message {number}\n")).collect();
            let told: Vec<_> = streams
                .values()
                .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
                .collect();
            assert_eq!(told.len(), 2, "{told:?}");
            assert!(
                told.contains(&said) && told.contains(&said.to_uppercase()),
                "{told:?}"
            );
            let ends = all
                .iter()
                .filter(|packet| packet.tcp.is_some_and(|tcp| tcp.2))
                .count();
            assert_eq!(ends, 2);
            let first = all.iter().find(|packet| !packet.data.is_empty()).expect("data");
            assert_eq!(
                first.comment.split(": ").next(),
                Some(&*format!("{name}:14, task 1"))
            );

            // Made later of the trace they are the same.
            let made = wirescript(&room, ["trace", "pcap", "t.jsonl"]);
            assert_eq!(made.stdout, "t.jsonl.pcapng\n");
            assert_eq!(
                fs::read(room.join("p.pcapng")).expect("packets").len(),
                fs::read(room.join("t.jsonl.pcapng")).expect("packets").len()
            );
        }
    }
}

/// What a peer that is no part of the run sent and got.
const OTHERS: &str = "
local u, v = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
local w = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u:bind({'127.0.0.1', 0}) v:bind({'::1', 0})
w:sendto('over four', u:getsockname()) u:recv(100)
local x = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
x:connect(v:getsockname()) x:send('over six') x:send('over six')
v:recvfrom(100) v:recv_into(bytearray(100))
local a, b = socket.socketpair()
a:sendall(('u'):rep(100000)) b:recv(100000, socket.MSG_WAITALL) b:send('back') a:recv(4)
a:close() b:close()
local listener = socket.socket(socket.AF_UNIX) listener:bind('inside.sock') listener:listen()
local c = socket.socket(socket.AF_UNIX) c:connect('inside.sock')
local d = listener:accept()
c:sendall('to the path') d:recv(100) d:sendall('from it') c:recv(100) c:close() d:recv(1) d:close()
pcall(socket.create_connection, {'127.0.0.1', 1})
";

#[test]
fn datagrams_unix_sockets_and_refusals() {
    let room = room("packets-others");
    run(&room, &["--pcap", "p.pcapng"], "o.lua", OTHERS);
    let all = packets(&room.join("p.pcapng"));
    let datagrams: Vec<_> = all
        .iter()
        .filter(|packet| packet.tcp.is_none())
        .map(|packet| (&*packet.data, packet.to.is_ipv6(), packet.from.ip().is_loopback()))
        .collect();
    assert_eq!(
        datagrams,
        [
            (&b"over four"[..], false, true),
            (b"over six", true, true),
            (b"over six", true, true)
        ]
    );
    let streams = streams(&all);
    let unix: Vec<_> = streams
        .iter()
        .filter(|((from, _), _)| from.to_string().starts_with("[fd77:7363:1::"))
        .map(|(_, bytes)| bytes.len())
        .collect();
    assert_eq!(
        unix.iter().sum::<usize>(),
        100_000 + "backto the pathfrom it".len(),
        "{unix:?}"
    );
    assert_eq!(unix.len(), 4);
    let resets = all
        .iter()
        .filter(|packet| packet.tcp.is_some_and(|tcp| tcp.3))
        .count();
    assert_eq!(resets, 1, "the refused connect");
}

#[test]
fn tshark_reads_them_and_puts_the_bytes_together() {
    if !has("tshark") {
        return;
    }
    let room = room("packets-tshark");
    let script = echo("lua", "AF_INET", "127.0.0.1", 20) + &echo("lua", "AF_INET6", "::1", 20) + OTHERS;
    run(&room, &["--pcap", "p.pcapng"], "all.lua", &script);
    let tshark = |words: &[&str]| {
        let checks = ["ip", "tcp", "udp"].map(|name| format!("{name}.check_checksum:TRUE"));
        let mut command = Command::new("tshark");
        command.args(["-r", "p.pcapng", "-n"]).current_dir(&room);
        for check in &checks {
            command.args(["-o", check]);
        }
        let output = command.args(words).output().expect("tshark");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    // Nothing malformed, no wrong checksum, no gap, nothing sent twice.
    let wrong = "_ws.malformed || _ws.unreassembled || ip.checksum.status == 0 || tcp.checksum.status == 0 || udp.checksum.status == 0 \
                 || tcp.analysis.lost_segment || tcp.analysis.retransmission || tcp.analysis.ack_lost_segment \
                 || tcp.analysis.out_of_order || tcp.analysis.window_full || tcp.analysis.zero_window";
    assert_eq!(tshark(&["-Y", wrong]), "");
    let comments = tshark(&["-T", "fields", "-e", "frame.comment", "-Y", "tcp.len > 0"]);
    assert!(comments.starts_with("all.lua:14, task 1: fd "), "{comments}");
    let said: String = (1..=20).map(|number| format!("message {number}\n")).collect();
    for stream in ["0", "1"] {
        let raw = tshark(&["-q", "-z", &format!("follow,tcp,raw,{stream}")]);
        // What the client sent stands at the margin, what it got is set in.
        let bytes = |set_in: bool| -> String {
            let lines = raw.lines().filter(|line| line.starts_with('\t') == set_in);
            let digits: String = lines
                .map(str::trim)
                .filter(|line| line.len() % 2 == 0 && line.bytes().all(|byte| byte.is_ascii_hexdigit()))
                .collect();
            let pairs = digits.as_bytes().chunks(2).map(|pair| {
                let pair = std::str::from_utf8(pair).expect("digits");
                u8::from_str_radix(pair, 16).expect("digits")
            });
            String::from_utf8(pairs.filter(|byte| *byte != b'=').collect()).expect("text")
        };
        assert_eq!(bytes(false), said, "{raw}");
        assert_eq!(bytes(true), said.to_uppercase(), "{raw}");
    }
    let sixes = tshark(&["-Y", "ipv6 && udp", "-T", "fields", "-e", "udp.payload"]);
    assert_eq!(sixes, "6f76657220736978\n6f76657220736978\n");
}
