//! Every family's bytes, as C lays them out; and bytes of any length, which are always some address.

use super::*;

pub(super) fn bytes(address: &Address) -> Result<Vec<u8>> {
    encode(address).map(|address| bytes_of(&address).to_vec())
}

fn unix(name: &[u8]) -> Address {
    Address::Unix(UnixName::new(name))
}

#[cfg(linux)]
#[test]
fn bytes_are_laid_out_as_in_c() {
    let inet = Address::Inet {
        ip: Ipv4Addr::new(1, 2, 3, 4),
        port: 0x1234,
    };
    let head = libc::sa_family_t::try_from(libc::AF_INET)
        .unwrap_or_default()
        .to_ne_bytes();
    assert_eq!(
        bytes(&inet),
        Ok([&head[..], &[0x12, 0x34, 1, 2, 3, 4], &[0; 8]].concat())
    );

    let inet6 = Address::Inet6 {
        ip: Ipv6Addr::LOCALHOST,
        port: 0x1234,
        flowinfo: 0x0102_0304,
        scope_id: 0x0506_0708,
    };
    let head = libc::sa_family_t::try_from(libc::AF_INET6)
        .unwrap_or_default()
        .to_ne_bytes();
    let scope = 0x0506_0708_u32.to_ne_bytes();
    let expected = [&head[..], &[0x12, 0x34, 1, 2, 3, 4], &[0; 15], &[1], &scope].concat();
    assert_eq!(bytes(&inet6), Ok(expected));

    let head = libc::sa_family_t::try_from(libc::AF_UNIX)
        .unwrap_or_default()
        .to_ne_bytes();
    assert_eq!(bytes(&unix(b"")), Ok(head.to_vec()));
    assert_eq!(bytes(&unix(b"/x")), Ok([&head[..], b"/x\0"].concat()));
    assert_eq!(bytes(&unix(b"\0x")), Ok([&head[..], b"\0x"].concat()));

    let other = Address::Other {
        family: 9,
        data: Box::new([1, 2, 3]),
    };
    assert_eq!(bytes(&other), Ok([&9_u16.to_ne_bytes()[..], &[1, 2, 3]].concat()));
}

#[test]
fn every_address_comes_back() -> Result<()> {
    let addresses = [
        Address::Inet {
            ip: Ipv4Addr::BROADCAST,
            port: u16::MAX,
        },
        Address::Inet6 {
            ip: Ipv6Addr::LOCALHOST,
            port: 1,
            flowinfo: 0xf_ffff,
            scope_id: u32::MAX,
        },
        unix(b""),
        unix(b"/tmp/x"),
        unix(&[b'p'; 107]),
        unix(b"\0"),
        unix(b"\0with\0nul"),
        unix(&[0; 108]),
        Address::Other {
            family: 9,
            data: Box::new([9; 126]),
        },
        Address::Other {
            family: 9,
            data: Box::new([]),
        },
    ];
    for address in addresses {
        assert_eq!(decode(&encode(&address)?), address);
    }
    Ok(())
}

#[test]
fn names_without_room_are_refused() {
    // CPython's limits: a path keeps a byte for its NUL, an abstract name does not.
    assert_eq!(bytes(&unix(&[b'p'; UNIX_CAPACITY])), Err(Errno::NAMETOOLONG));
    assert_eq!(bytes(&unix(&[0; UNIX_CAPACITY + 1])), Err(Errno::NAMETOOLONG));
    let other = |family, length| Address::Other {
        family,
        data: vec![0; length].into(),
    };
    assert_eq!(bytes(&other(9, 127)), Err(Errno::NAMETOOLONG));
    assert_eq!(bytes(&other(-1, 2)), Err(Errno::AFNOSUPPORT));
    assert_eq!(bytes(&other(0x10000, 2)), Err(Errno::AFNOSUPPORT));
    assert_eq!(bytes(&Address::None), Err(Errno::AFNOSUPPORT));
}

#[test]
fn a_path_ends_at_its_nul() {
    let head = bytes(&unix(b"")).unwrap_or_default();
    let path = [&head[..], b"/x\0rubbish"].concat();
    assert_eq!(decode_bytes(&path), unix(b"/x"));
    // A kernel may fill sun_path to its last byte, without a NUL.
    let full = [&head[..], &[b'p'; UNIX_CAPACITY]].concat();
    assert_eq!(decode_bytes(&full), unix(&[b'p'; UNIX_CAPACITY]));
}

#[test]
fn bytes_of_any_length_are_an_address() {
    for family in 0..=u8::MAX {
        for fill in [0, b'x', 0xff] {
            let mut whole = [fill; CAPACITY + 8];
            let offset = offset_of!(libc::sockaddr, sa_family);
            let number = libc::sa_family_t::from(family).to_ne_bytes();
            whole[offset..offset + number.len()].copy_from_slice(&number);
            for length in 0..=whole.len() {
                let address = decode_bytes(&whole[..length]);
                assert_eq!(address == Address::None, length < DATA);
                assert_eq!(family_of(&address).is_some(), length >= DATA);
            }
        }
    }
}

#[test]
fn fields_that_were_cut_off_count_as_zero() -> Result<()> {
    let whole = bytes(&Address::Inet {
        ip: Ipv4Addr::new(1, 2, 3, 4),
        port: 80,
    })?;
    assert_eq!(
        decode_bytes(&whole[..6]),
        Address::Inet {
            ip: Ipv4Addr::new(1, 2, 0, 0),
            port: 80
        }
    );
    assert_eq!(
        decode_bytes(&whole[..DATA]),
        Address::Inet {
            ip: Ipv4Addr::UNSPECIFIED,
            port: 0
        }
    );
    Ok(())
}
