//! The families only Linux has. Their layouts are part of its binary interface, the same on every machine; each is
//! given above the functions that write and read it, as its header has it, with the offset of every field.

use std::os::fd::BorrowedFd;

use super::super::errno::{Errno, Result};
use super::super::{flag, interface};
use super::draft::{Draft, field};
use crate::address::{Address, AlgName, CanName, Interface, PacketName, TipcName, TipcTarget};

// struct sockaddr_nl (linux/netlink.h): 4 nl_pid, 8 nl_groups.
pub(super) fn netlink(pid: u32, groups: u32) -> Result<Draft> {
    Draft::fields(12, [(4, &pid.to_ne_bytes()), (8, &groups.to_ne_bytes())])
}

// struct sockaddr_vm (linux/vm_sockets.h): 4 svm_port, 8 svm_cid, 12 svm_flags and zeros.
pub(super) fn vsock(cid: u32, port: u32) -> Result<Draft> {
    Draft::fields(16, [(4, &port.to_ne_bytes()), (8, &cid.to_ne_bytes())])
}

// struct sockaddr_qrtr (linux/qrtr.h): 4 sq_node, 8 sq_port.
pub(super) fn qipcrtr(node: u32, port: u32) -> Result<Draft> {
    Draft::fields(12, [(4, &node.to_ne_bytes()), (8, &port.to_ne_bytes())])
}

// struct sockaddr_ll (linux/if_packet.h): 2 sll_protocol (network order), 4 sll_ifindex, 8 sll_hatype, 10 sll_pkttype,
// 11 sll_halen, 12 sll_addr[8], which the kernel fills further where a hardware address is longer.
pub(super) fn packet(name: &PacketName) -> Result<Draft> {
    let length = u8::try_from(name.address.len()).map_err(|_| Errno::NAMETOOLONG)?;
    if length > 8 {
        return Err(Errno::NAMETOOLONG);
    }
    Draft::fields(
        20,
        [
            (2, &name.protocol.to_be_bytes()),
            (4, &name.interface.index.to_ne_bytes()),
            (8, &name.hatype.to_ne_bytes()),
            (10, &[name.pkttype, length]),
            (12, &name.address),
        ],
    )
}

/// An address of `AF_PACKET`, its interface's name as the socket's network has it.
pub(super) fn packet_in(bytes: &[u8], socket: BorrowedFd<'_>) -> Address {
    let [pkttype, length] = field(bytes, 10);
    let address = bytes.get(12..).unwrap_or_default();
    Address::Packet(Box::new(PacketName {
        interface: interface_in(bytes, socket),
        protocol: u16::from_be_bytes(field(bytes, 2)),
        pkttype,
        hatype: u16::from_ne_bytes(field(bytes, 8)),
        address: address.get(..length.into()).unwrap_or(address).into(),
    }))
}

// struct sockaddr_can (linux/can.h): 4 can_ifindex; then for CAN_ISOTP 8 rx_id, 12 tx_id, for CAN_J1939 8 name (64
// bits), 16 pgn, 20 addr.
pub(super) fn can(interface: &Interface, name: &CanName) -> Result<Draft> {
    let mut draft = Draft::fields(24, [(4, &interface.index.to_ne_bytes())])?;
    match name {
        CanName::Raw => {}
        CanName::Isotp { rx, tx } => {
            draft.put(8, &rx.to_ne_bytes())?;
            draft.put(12, &tx.to_ne_bytes())?;
        }
        CanName::J1939 { name, pgn, address } => {
            draft.put(8, &name.to_ne_bytes())?;
            draft.put(16, &pgn.to_ne_bytes())?;
            draft.put(20, &[*address])?;
        }
    }
    Ok(draft)
}

/// An address of `AF_CAN`, in the form of the socket's protocol.
pub(super) fn can_in(bytes: &[u8], socket: BorrowedFd<'_>, protocol: i32) -> Address {
    let name = match protocol {
        flag::CAN_ISOTP => CanName::Isotp {
            rx: u32::from_ne_bytes(field(bytes, 8)),
            tx: u32::from_ne_bytes(field(bytes, 12)),
        },
        flag::CAN_J1939 => {
            let [address] = field(bytes, 20);
            CanName::J1939 {
                name: u64::from_ne_bytes(field(bytes, 8)),
                pgn: u32::from_ne_bytes(field(bytes, 16)),
                address,
            }
        }
        _ => CanName::Raw,
    };
    let interface = interface_in(bytes, socket);
    Address::Can { interface, name }
}

/// The interface whose index stands where `sockaddr_ll` and `sockaddr_can` have it; one that is gone has no name.
fn interface_in(bytes: &[u8], socket: BorrowedFd<'_>) -> Interface {
    let index = u32::from_ne_bytes(field(bytes, 4));
    let name = match index {
        0 => Vec::new(),
        index => interface::name_at(socket, index).unwrap_or_default(),
    };
    Interface {
        index,
        name: name.into(),
    }
}

// struct sockaddr_tipc (linux/tipc.h): 2 addrtype, 3 scope; then nameseq: 4 type, 8 lower, 12 upper; name: 4 type,
// 8 instance, 12 domain; id: 4 ref, 8 node.
pub(super) fn tipc(name: &TipcName) -> Result<Draft> {
    let [first, second, third] = match name.target {
        TipcTarget::Range {
            service,
            lower,
            upper,
        } => [service, lower, upper],
        TipcTarget::Service { service, instance } => [service, instance, 0],
        TipcTarget::Socket { node, reference } => [reference, node, 0],
    };
    Draft::fields(
        16,
        [
            (2, &[name.target.kind()]),
            (3, &name.scope.to_ne_bytes()),
            (4, &first.to_ne_bytes()),
            (8, &second.to_ne_bytes()),
            (12, &third.to_ne_bytes()),
        ],
    )
}

/// An address of `AF_TIPC`; none of a form that is not known.
pub(super) fn tipc_in(bytes: &[u8]) -> Option<Address> {
    let part = |offset| u32::from_ne_bytes(field(bytes, offset));
    let [kind] = field(bytes, 2);
    let target = match kind {
        1 => TipcTarget::Range {
            service: part(4),
            lower: part(8),
            upper: part(12),
        },
        2 => TipcTarget::Service {
            service: part(4),
            instance: part(8),
        },
        3 => TipcTarget::Socket {
            node: part(8),
            reference: part(4),
        },
        _ => return None,
    };
    let scope = i8::from_ne_bytes(field(bytes, 3));
    Some(Address::Tipc(TipcName { target, scope }))
}

// struct sockaddr_alg (linux/if_alg.h): 2 salg_type[14], 16 salg_feat, 20 salg_mask, 24 salg_name[64]. Both texts end
// with a NUL.
pub(super) fn alg(name: &AlgName) -> Result<Draft> {
    if name.kind.len() >= 14 || name.name.len() >= 64 {
        return Err(Errno::NAMETOOLONG);
    }
    Draft::fields(
        88,
        [
            (2, &name.kind),
            (16, &name.feat.to_ne_bytes()),
            (20, &name.mask.to_ne_bytes()),
            (24, &name.name),
        ],
    )
}

/// An address of `AF_ALG`.
pub(super) fn alg_in(bytes: &[u8]) -> Address {
    let until_nul = |text: &[u8]| text.split(|&byte| byte == 0).next().unwrap_or_default().into();
    Address::Alg(Box::new(AlgName {
        kind: until_nul(&field::<14>(bytes, 2)),
        name: until_nul(&field::<64>(bytes, 24)),
        feat: u32::from_ne_bytes(field(bytes, 16)),
        mask: u32::from_ne_bytes(field(bytes, 20)),
    }))
}

/// An address of two 32-bit numbers at 4 and 8.
pub(super) fn pair_in(bytes: &[u8]) -> (u32, u32) {
    (
        u32::from_ne_bytes(field(bytes, 4)),
        u32::from_ne_bytes(field(bytes, 8)),
    )
}
