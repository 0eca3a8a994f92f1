//! The bytes of the families only Linux has, whole, cut short and with more behind them, against C's.

use std::os::fd::{AsFd as _, OwnedFd};

use super::tests::bytes;
use super::*;
use crate::address::{
    AlgName, BluetoothName, CanName, DeviceAddress, Interface, PacketName, TipcName, TipcTarget,
};
use crate::sys::{flag, interface, socket};

const DEVICE: DeviceAddress = DeviceAddress([0, 0x1a, 0x7d, 0xda, 0x71, 0x13]);
/// Longer than any address: what a kernel that knows more than we do may answer.
const OVERSIZED: usize = CAPACITY + 8;

/// A socket that can tell the names of interfaces.
fn any_socket() -> Result<OwnedFd> {
    socket::open(flag::AF_INET, flag::SOCK_DGRAM, 0)
}

/// The loopback interface of the network this test runs in.
fn loopback() -> Interface {
    Interface {
        index: interface::index_of(c"lo").unwrap_or(1),
        name: (*b"lo").into(),
    }
}

fn tipc(target: TipcTarget) -> Address {
    Address::Tipc(TipcName { target, scope: 3 })
}

fn can(name: CanName) -> Address {
    Address::Can {
        interface: loopback(),
        name,
    }
}

fn packet(address: &[u8]) -> Address {
    Address::Packet(Box::new(PacketName {
        interface: loopback(),
        protocol: 0x86dd,
        pkttype: 4,
        hatype: 772,
        address: address.into(),
    }))
}

/// Every form: the address, the protocol of its socket, and what `cc` makes of the same fields (checked with gcc
/// 12 against linux/*.h and net/bluetooth/*.h). `family` bytes come first; `ifindex` is the loopback's.
fn forms() -> Vec<(Address, i32, Vec<u8>)> {
    let n16 = |number: u16| number.to_ne_bytes().to_vec();
    let n32 = |number: u32| number.to_ne_bytes().to_vec();
    let lo = || n32(loopback().index);
    let alg = AlgName {
        kind: (*b"skcipher").into(),
        name: (*b"cbc(aes)").into(),
        feat: 0x0102_0304,
        mask: 0x0506_0708,
    };
    let j1939 = CanName::J1939 {
        name: 0x0102_0304_0506_0708,
        pgn: 0x3_ffff,
        address: 0x20,
    };
    let l2cap = BluetoothName::L2cap {
        device: DEVICE,
        psm: 0x1001,
        cid: 0x0040,
        kind: 1,
    };
    let reversed = [0x13, 0x71, 0xda, 0x7d, 0x1a, 0];
    vec![
        (
            Address::Netlink {
                pid: 0x0102_0304,
                groups: 5,
            },
            0,
            [n16(16), vec![0; 2], n32(0x0102_0304), n32(5)].concat(),
        ),
        (
            packet(&[1, 2, 3, 4, 5, 6]),
            0,
            [
                n16(17),
                vec![0x86, 0xdd],
                lo(),
                n16(772),
                vec![4, 6, 1, 2, 3, 4, 5, 6, 0, 0],
            ]
            .concat(),
        ),
        (
            Address::Vsock { cid: 3, port: 1024 },
            0,
            [n16(40), vec![0; 2], n32(1024), n32(3), vec![0; 4]].concat(),
        ),
        (
            can(CanName::Raw),
            1,
            [n16(29), vec![0; 2], lo(), vec![0; 16]].concat(),
        ),
        (
            can(CanName::Isotp {
                rx: 0x123,
                tx: 0x8000_0456,
            }),
            6,
            [
                n16(29),
                vec![0; 2],
                lo(),
                n32(0x123),
                n32(0x8000_0456),
                vec![0; 8],
            ]
            .concat(),
        ),
        (
            can(j1939),
            7,
            [
                n16(29),
                vec![0; 2],
                lo(),
                0x0102_0304_0506_0708_u64.to_ne_bytes().to_vec(),
                n32(0x3_ffff),
                vec![0x20, 0, 0, 0],
            ]
            .concat(),
        ),
        (
            tipc(TipcTarget::Range {
                service: 4242,
                lower: 1,
                upper: 9,
            }),
            0,
            [n16(30), vec![1, 3], n32(4242), n32(1), n32(9)].concat(),
        ),
        (
            tipc(TipcTarget::Service {
                service: 4242,
                instance: 1,
            }),
            0,
            [n16(30), vec![2, 3], n32(4242), n32(1), n32(0)].concat(),
        ),
        (
            tipc(TipcTarget::Socket {
                node: 0x0100_1001,
                reference: 77,
            }),
            0,
            [n16(30), vec![3, 3], n32(77), n32(0x0100_1001), n32(0)].concat(),
        ),
        (
            Address::Alg(Box::new(alg)),
            0,
            [
                n16(38),
                b"skcipher\0\0\0\0\0\0".to_vec(),
                n32(0x0102_0304),
                n32(0x0506_0708),
                b"cbc(aes)".to_vec(),
                vec![0; 56],
            ]
            .concat(),
        ),
        (
            Address::Qipcrtr {
                node: 1,
                port: 0x4000,
            },
            0,
            [n16(42), vec![0; 2], n32(1), n32(0x4000)].concat(),
        ),
        (
            Address::Bluetooth(l2cap),
            0,
            [n16(31), vec![1, 0x10], reversed.to_vec(), vec![0x40, 0, 1, 0]].concat(),
        ),
        (
            Address::Bluetooth(BluetoothName::Hci {
                controller: 1,
                channel: 3,
            }),
            1,
            [n16(31), n16(1), n16(3)].concat(),
        ),
        (
            Address::Bluetooth(BluetoothName::Sco { device: DEVICE }),
            2,
            [n16(31), reversed.to_vec()].concat(),
        ),
        (
            Address::Bluetooth(BluetoothName::Rfcomm {
                device: DEVICE,
                channel: 5,
            }),
            3,
            [n16(31), reversed.to_vec(), vec![5, 0]].concat(),
        ),
    ]
}

#[test]
fn every_form_has_the_bytes_c_gives_it() {
    for (address, _, expected) in forms() {
        assert_eq!(bytes(&address), Ok(expected), "{address}");
    }
}

#[test]
fn every_form_comes_back_also_with_more_behind_it() -> Result<()> {
    let socket = any_socket()?;
    for (address, protocol, mut bytes) in forms() {
        let read = |bytes: &[u8]| of_socket(decode_bytes(bytes), socket.as_fd(), protocol);
        assert_eq!(read(&bytes), address);
        assert_eq!(family_of(&read(&bytes)), family_of(&address));
        bytes.resize(OVERSIZED, 0);
        assert_eq!(read(&bytes), address, "oversized");
    }
    Ok(())
}

#[test]
fn a_form_cut_short_has_zeros_for_the_rest() -> Result<()> {
    let socket = any_socket()?;
    for (address, protocol, bytes) in forms() {
        for length in 0..bytes.len() {
            let mut padded = bytes[..length].to_vec();
            let short = of_socket(decode_bytes(&padded), socket.as_fd(), protocol);
            padded.resize(bytes.len(), 0);
            let filled = of_socket(decode_bytes(&padded), socket.as_fd(), protocol);
            match (length, &short) {
                (0 | 1, short) => assert_eq!(short, &Address::None),
                // A hardware address has as many bytes as came, whatever it says; without its type's byte a TIPC
                // name has no form.
                (_, Address::Packet(_) | Address::Other { .. }) => {
                    assert_eq!(family_of(&short), family_of(&address));
                }
                (_, short) => assert_eq!(short, &filled, "{length} bytes of {address}"),
            }
        }
    }
    Ok(())
}

#[test]
fn what_has_no_room_or_no_form_is_refused_or_left_as_it_is() -> Result<()> {
    let alg = |kind: usize, name: usize| {
        Address::Alg(Box::new(AlgName {
            kind: vec![b'k'; kind].into(),
            name: vec![b'n'; name].into(),
            feat: 0,
            mask: 0,
        }))
    };
    assert_eq!(bytes(&alg(13, 63)).map(|bytes| bytes.len()), Ok(88));
    assert_eq!(bytes(&alg(14, 63)), Err(Errno::NAMETOOLONG));
    assert_eq!(bytes(&alg(13, 64)), Err(Errno::NAMETOOLONG));
    assert_eq!(bytes(&packet(&[0; 8])).map(|bytes| bytes.len()), Ok(20));
    assert_eq!(bytes(&packet(&[0; 9])), Err(Errno::NAMETOOLONG));

    let socket = any_socket()?;
    // A hardware address of twenty bytes, as InfiniBand has, and one that says it is longer than it is.
    let mut long = bytes(&packet(&[7; 8]))?;
    long.extend([7; 12]);
    for (told, length) in [(20, 20), (21, 20), (255, 20), (3, 3)] {
        long[11] = told;
        let Address::Packet(name) = of_socket(decode_bytes(&long), socket.as_fd(), 0) else {
            panic!("a packet address");
        };
        assert_eq!(name.address.len(), length);
    }
    // An interface that does not exist has an index and no name.
    long[4..8].copy_from_slice(&u32::MAX.to_ne_bytes());
    let gone = of_socket(decode_bytes(&long), socket.as_fd(), 0);
    assert!(gone.to_string().starts_with("('', 34525, 4, 772, "), "{gone}");

    let unknown_form = [30_u16.to_ne_bytes().to_vec(), vec![9; 14]].concat();
    assert!(matches!(
        decode_bytes(&unknown_form),
        Address::Other { family: 30, .. }
    ));
    let unknown_protocol = [31_u16.to_ne_bytes().to_vec(), vec![0; 8]].concat();
    let left = of_socket(decode_bytes(&unknown_protocol), socket.as_fd(), 99);
    assert!(matches!(left, Address::Other { family: 31, .. }));
    Ok(())
}

#[test]
fn a_socket_of_the_family_says_the_same() -> Result<()> {
    // Where the kernel has the family at all: its own answer, in its own length.
    let Ok(netlink) = socket::open(flag::AF_NETLINK, libc::SOCK_RAW, libc::NETLINK_USERSOCK) else {
        return Ok(());
    };
    let named = Address::Netlink { pid: 0, groups: 0 };
    assert_eq!(socket::local_address(netlink.as_fd())?, named);
    socket::bind(netlink.as_fd(), &named)?;
    let bound = socket::local_address(netlink.as_fd())?;
    assert!(
        matches!(bound, Address::Netlink { pid, groups: 0 } if pid != 0),
        "{bound}"
    );
    Ok(())
}
