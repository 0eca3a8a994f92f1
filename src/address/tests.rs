//! The texts of every family's addresses, as Python prints them.

use super::*;

fn inet6(text: &str) -> Ipv6Addr {
    text.parse().expect("a test writes addresses that parse")
}

const DEVICE: DeviceAddress = DeviceAddress([0, 0x1a, 0x7d, 0xda, 0x71, 0x13]);

fn can(name: CanName) -> Address {
    let interface = Interface {
        index: 3,
        name: (*b"can0").into(),
    };
    Address::Can { interface, name }
}

fn tipc(target: TipcTarget) -> Address {
    Address::Tipc(TipcName { target, scope: 2 })
}

fn l2cap(cid: u16, kind: u8) -> Address {
    Address::Bluetooth(BluetoothName::L2cap {
        device: DEVICE,
        psm: 3,
        cid,
        kind,
    })
}

fn hci(channel: u16) -> Address {
    Address::Bluetooth(BluetoothName::Hci {
        controller: 1,
        channel,
    })
}

#[test]
fn prints_as_python_prints() {
    let inet = Address::Inet {
        ip: Ipv4Addr::LOCALHOST,
        port: 80,
    };
    let link = Address::Inet6 {
        ip: inet6("fe80::1"),
        port: 80,
        flowinfo: 5,
        scope_id: 2,
    };
    let cases = [
        (inet, "('127.0.0.1', 80)"),
        (link, "('fe80::1', 80, 5, 2)"),
        (Address::Unix(UnixName::new(b"")), "''"),
        (Address::Unix(UnixName::new(b"/tmp/x")), "'/tmp/x'"),
        (Address::Unix(UnixName::new(b"/tmp/\xff'")), r#""/tmp/\udcff'""#),
        (Address::Unix(UnixName::new(b"\0name")), r"b'\x00name'"),
        (Address::Unix(UnixName::new(b"\0")), r"b'\x00'"),
        (
            Address::Netlink {
                pid: 5,
                groups: u32::MAX,
            },
            "(5, 4294967295)",
        ),
        (Address::Vsock { cid: 1, port: 9 }, "(1, 9)"),
        (Address::Qipcrtr { node: 1, port: 9 }, "(1, 9)"),
        (can(CanName::Raw), "('can0',)"),
        (
            can(CanName::Isotp {
                rx: 1,
                tx: 0x8000_0002,
            }),
            "('can0', 1, 2147483650)",
        ),
        (
            can(CanName::J1939 {
                name: u64::MAX,
                pgn: 0x4_0000,
                address: 255,
            }),
            "('can0', 18446744073709551615, 262144, 255)",
        ),
        (
            tipc(TipcTarget::Range {
                service: 4242,
                lower: 1,
                upper: 9,
            }),
            "(1, 4242, 1, 9, 2)",
        ),
        (
            tipc(TipcTarget::Service {
                service: 4242,
                instance: 1,
            }),
            "(2, 4242, 1, 1, 2)",
        ),
        (
            tipc(TipcTarget::Socket {
                node: 7,
                reference: 8,
            }),
            "(3, 7, 8, 0, 2)",
        ),
        (
            Address::Alg(Box::new(AlgName {
                kind: (*b"hash").into(),
                name: (*b"sha256").into(),
                feat: 0,
                mask: 3,
            })),
            "('hash', 'sha256', 0, 3)",
        ),
        (
            Address::Packet(Box::new(PacketName {
                interface: Interface {
                    index: 1,
                    name: (*b"lo").into(),
                },
                protocol: 0x800,
                pkttype: 4,
                hatype: 772,
                address: Box::new([0; 6]),
            })),
            r"('lo', 2048, 4, 772, b'\x00\x00\x00\x00\x00\x00')",
        ),
        (l2cap(0, 0), "('00:1A:7D:DA:71:13', 3)"),
        (l2cap(4, 0), "('00:1A:7D:DA:71:13', 3, 4)"),
        (l2cap(0, 1), "('00:1A:7D:DA:71:13', 3, 0, 1)"),
        (
            Address::Bluetooth(BluetoothName::Rfcomm {
                device: DEVICE,
                channel: 5,
            }),
            "('00:1A:7D:DA:71:13', 5)",
        ),
        (hci(0), "1"),
        (hci(3), "(1, 3)"),
        (
            Address::Bluetooth(BluetoothName::Sco { device: DEVICE }),
            "'00:1A:7D:DA:71:13'",
        ),
        (Address::None, "None"),
        (
            Address::Other {
                family: 16,
                data: Box::new([0, 1]),
            },
            r"(16, b'\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00')",
        ),
    ];
    for (address, expected) in cases {
        assert_eq!(address.to_string(), expected);
    }
}

#[test]
fn ipv4_hosts_print_as_rust_prints_them() {
    for octets in [
        [0, 0, 0, 0],
        [127, 0, 0, 1],
        [255, 255, 255, 255],
        [9, 10, 99, 100],
        [101, 110, 200, 7],
    ] {
        let ip = Ipv4Addr::from(octets);
        let address = Address::Inet { ip, port: 1 };
        assert_eq!(address.host(), Some(ip.to_string()));
    }
}

#[test]
fn hosts_print_as_inet_ntop() {
    let cases = [
        ("0:0:0:0:0:0:0:0", "::"),
        ("0:0:0:0:0:0:0:1", "::1"),
        ("0:0:0:0:0:0:102:304", "::1.2.3.4"),
        ("0:0:0:0:0:0:1:0", "::0.1.0.0"),
        ("0:0:0:0:0:ffff:102:304", "::ffff:1.2.3.4"),
        ("2001:db8:0:0:0:0:0:1", "2001:db8::1"),
        ("fe80:0:0:1:0:0:0:2", "fe80:0:0:1::2"),
        ("1:0:2:0:3:0:4:0", "1:0:2:0:3:0:4:0"),
        ("1:0:0:2:0:0:3:4", "1::2:0:0:3:4"),
        ("0:0:0:5:0:0:0:1", "::5:0:0:0:1"),
        ("64:ff9b:0:0:0:0:102:304", "64:ff9b::102:304"),
        ("0:0:0:0:ffff:0:102:304", "::ffff:0:102:304"),
        ("1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"),
        ("0:0:0:0:0:0:0:ffff", "::ffff"),
    ];
    for (full, expected) in cases {
        let address = Address::Inet6 {
            ip: inet6(full),
            port: 0,
            flowinfo: 0,
            scope_id: 0,
        };
        assert_eq!(address.host().as_deref(), Some(expected));
    }
}

#[test]
fn parts_are_those_of_the_family() {
    let address = Address::from(SocketAddr::from(([10, 0, 0, 1], 7)));
    assert_eq!(
        (address.port(), address.ip()),
        (Some(7), Some(IpAddr::from([10, 0, 0, 1])))
    );
    assert_eq!(address.host().as_deref(), Some("10.0.0.1"));
    let unix = Address::Unix(UnixName::Unnamed);
    assert_eq!((unix.port(), unix.ip(), unix.host()), (None, None, None));
}

#[test]
fn unix_names_keep_every_byte() {
    for name in [&b""[..], b"/tmp/x", b"\0abstract\0name", b"\0"] {
        assert_eq!(UnixName::new(name).to_bytes(), name);
    }
}
