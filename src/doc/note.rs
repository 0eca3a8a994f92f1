//! What constants are: a few words for each group, and a sentence for those that are met most (`constants.txt`).

use crate::constants::{Constant, Group};
use crate::wire::packet::{READY, Ready};

/// `NAME<Tab>sentence`, a line each.
const NOTES: &str = include_str!("constants.txt");

/// What a constant is: its own sentence, or where it belongs.
pub(super) fn of(constant: &Constant) -> String {
    match note(constant.name) {
        Some(note) => note.to_owned(),
        None => format!("One of the constants {}.", group(constant.group).0),
    }
}

/// Its own sentence, where it has one.
#[cfg(feature = "cli")]
pub(super) fn sentence(constant: &Constant) -> Option<&'static str> {
    note(constant.name)
}

/// What a value of another module is.
pub(super) fn of_value(module: &str, name: &str) -> String {
    let note = note(&format!("{module}.{name}"));
    let of_schema = || {
        let ready = READY
            .iter()
            .find(|ready| module == "packet" && ready.name == name);
        ready.map(|ready| ready.doc)
    };
    note.or_else(of_schema).unwrap_or_default().to_owned()
}

/// The fields of a schema that comes along.
pub(super) fn fields(module: &str, name: &str) -> Vec<(String, String)> {
    let ready = READY
        .iter()
        .find(|ready| module == "packet" && ready.name == name);
    ready.map(Ready::fields).unwrap_or_default()
}

fn note(name: &str) -> Option<&'static str> {
    NOTES
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .find(|(known, _)| *known == name)
        .map(|(_, note)| note)
}

/// Every group with constants, and where they are used.
pub(super) fn groups() -> Vec<(String, String)> {
    let mut seen: Vec<Group> = Vec::new();
    for constant in crate::constants::all() {
        if !seen.contains(&constant.group) {
            seen.push(constant.group);
        }
    }
    seen.into_iter()
        .map(|known| {
            let (name, used) = group(known);
            (name.to_owned(), used.to_owned())
        })
        .collect()
}

/// What a group holds, and where its constants are used.
pub(super) const fn group(group: Group) -> (&'static str, &'static str) {
    match group {
        Group::AddressFamily => (
            "AF_*: address families",
            "socket, socketpair, getaddrinfo, inet_pton; s.family",
        ),
        Group::ProtocolFamily => ("PF_*: address families by their older names", "socket"),
        Group::SocketKind => (
            "SOCK_*: types of sockets",
            "socket, socketpair, getaddrinfo; s.type",
        ),
        Group::Shutdown => ("SHUT_*: directions of a connection", "shutdown"),
        Group::Level => (
            "SOL_*: levels of options",
            "getsockopt, setsockopt; control messages",
        ),
        Group::SocketOption => (
            "SO_*: options of every socket",
            "getsockopt and setsockopt at SOL_SOCKET",
        ),
        Group::MsgFlag => ("MSG_*: bits for one call", "flags of recv, send and their kin"),
        Group::ControlMessage => (
            "SCM_*: kinds of control messages",
            "sendmsg, recvmsg at SOL_SOCKET",
        ),
        Group::Protocol => ("IPPROTO_*: protocols", "socket, getaddrinfo; levels of options"),
        Group::Port => ("IPPORT_*: bounds of ports", "bind"),
        Group::Address => ("INADDR_*: IPv4 addresses as numbers", "struct.pack, with htonl"),
        Group::Ip => ("IP_*: options of IPv4", "getsockopt and setsockopt at IPPROTO_IP"),
        Group::Ipv6 => (
            "IPV6_*: options of IPv6",
            "getsockopt and setsockopt at IPPROTO_IPV6",
        ),
        Group::Tcp => (
            "TCP_*: options of TCP",
            "getsockopt and setsockopt at IPPROTO_TCP",
        ),
        Group::Udplite => ("UDPLITE_*: options of UDP-Lite", "setsockopt at IPPROTO_UDPLITE"),
        Group::AddressInfo => ("AI_*: how to look up", "flags of getaddrinfo"),
        Group::AddrInfoError => ("EAI_*: why a lookup failed", "errno of a gaierror"),
        Group::NameInfo => ("NI_*: how to name an address", "flags of getnameinfo"),
        Group::Netlink => ("NETLINK_*: netlink protocols", "socket with AF_NETLINK"),
        Group::Packet => (
            "PACKET_*, ETHERTYPE_*: packets of an interface",
            "addresses of AF_PACKET",
        ),
        Group::Alg => (
            "ALG_*: the kernel's crypto",
            "setsockopt at SOL_ALG, sendmsg_afalg",
        ),
        Group::Tipc => ("TIPC_*: TIPC", "addresses and options of AF_TIPC"),
        Group::Vsock => (
            "VMADDR_*, SO_VM_*: virtual machines",
            "addresses and options of AF_VSOCK",
        ),
        Group::Rds => ("RDS_*: RDS", "options and control messages of AF_RDS"),
        Group::Can => ("CAN_*: the CAN bus", "socket with AF_CAN, options, frames"),
        Group::J1939 => (
            "J1939_*, SO_J1939_*: SAE J1939 on CAN",
            "addresses and options of CAN_J1939",
        ),
        Group::Bluetooth => (
            "BT_*, BTPROTO_*, BDADDR_*, HCI_*, L2CAP_*: Bluetooth",
            "socket with AF_BLUETOOTH, addresses, options",
        ),
        Group::Ioctl => ("SIO_*, RCVALL_*: control of a socket", "ioctl"),
        Group::HyperV => ("HV_*, HVSOCKET_*: Hyper-V", "addresses and options of AF_HYPERV"),
        Group::Errno => (
            "EBADF and its kin: numbers of errors",
            "e.errno; all of them are in module errno",
        ),
        Group::Other => ("constants of no group", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::MODULES;
    use crate::constants;

    #[test]
    fn every_note_is_of_something() {
        for line in NOTES.lines() {
            let (name, note) = line
                .split_once('\t')
                .unwrap_or_else(|| panic!("no Tab in {line:?}"));
            let known = constants::by_name(name).is_some()
                || name.split_once('.').is_some_and(|(module, name)| {
                    MODULES
                        .iter()
                        .any(|known| known.name == module && known.value_names().contains(&name))
                });
            assert!(known, "{name} is no constant");
            assert!(note.ends_with('.'), "{name}: no sentence");
            assert_eq!(
                NOTES
                    .lines()
                    .filter(|other| other.starts_with(&format!("{name}\t")))
                    .count(),
                1,
                "{name}"
            );
        }
    }
}
