//! What to do about a family or protocol the kernel lacks: which module has it.

use crate::constants::{self, Group};
use crate::error::Error;
use crate::sys::errno::Errno;
use crate::sys::flag::{
    AF_ALG, AF_BLUETOOTH, AF_CAN, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_QIPCRTR, AF_RDS, AF_TIPC,
    AF_UNIX, AF_VSOCK, BTPROTO_RFCOMM, CAN_BCM, CAN_ISOTP, CAN_J1939, CAN_RAW, SOCK_RAW,
};

/// The modules Linux has a family in.
const FAMILIES: &[(i32, &str)] = &[
    (AF_INET6, "ipv6"),
    (AF_UNIX, "unix"),
    (AF_PACKET, "af_packet"),
    (AF_RDS, "rds"),
    (AF_CAN, "can"),
    (AF_TIPC, "tipc"),
    (AF_BLUETOOTH, "bluetooth"),
    (AF_ALG, "af_alg"),
    (AF_VSOCK, "vsock"),
    (AF_QIPCRTR, "qrtr"),
    // Those Python has a name for and no address form.
    (3, "ax25"),
    (4, "ipx"),
    (5, "appletalk"),
    (6, "netrom"),
    (8, "atm"),
    (9, "x25"),
    (11, "rose"),
    (15, "af_key"),
    (20, "atm"),
    (23, "irda"),
    (24, "pppoe"),
    (26, "llc2"),
];

/// The modules it has a protocol in, where that is not the family's.
const PROTOCOLS: &[(i32, i32, &str)] = &[
    (AF_CAN, CAN_RAW, "can_raw"),
    (AF_CAN, CAN_BCM, "can_bcm"),
    (AF_CAN, CAN_ISOTP, "can_isotp"),
    (AF_CAN, CAN_J1939, "can_j1939"),
    (AF_BLUETOOTH, BTPROTO_RFCOMM, "rfcomm"),
    (AF_INET, 132, "sctp"),
    (AF_INET6, 132, "sctp"),
    (AF_INET, 33, "dccp_ipv4"),
    (AF_INET6, 33, "dccp_ipv6"),
    (AF_INET, 115, "l2tp_ip"),
    (AF_INET6, 115, "l2tp_ip6"),
    (AF_NETLINK, 4, "inet_diag"),
    (AF_NETLINK, 6, "xfrm_user"),
    (AF_NETLINK, 12, "nfnetlink"),
    (AF_NETLINK, 21, "crypto_user"),
];

/// The error of a socket that could not be made, with the module to load where one would help.
pub(super) fn explained(errno: Errno, family: i32, kind: i32, protocol: i32) -> Error {
    let error = Error::from(errno);
    match cause(errno, family, kind, protocol) {
        Some(cause) if cfg!(linux) => error.because(cause),
        _ => error,
    }
}

fn cause(errno: Errno, family: i32, kind: i32, protocol: i32) -> Option<String> {
    let family_name = constants::name_of(Group::AddressFamily, family.into());
    match errno {
        Errno::AFNOSUPPORT => {
            let module = FAMILIES.iter().find(|(number, _)| *number == family);
            Some(match (family_name, module) {
                (Some(name), Some((_, module))) => format!(
                    "this kernel lacks {name}: load its module with `modprobe {module}`, or use a kernel that has it"
                ),
                (Some(name), None) => format!("this kernel lacks {name}"),
                (None, _) => format!("there is no family {family}"),
            })
        }
        // Windows hears everything on such a socket.
        Errno::PROTONOSUPPORT if (family, kind, protocol) == (AF_INET, SOCK_RAW, 0) => Some(
            "Linux has no raw socket for every protocol: name one, or capture packets with AF_PACKET".into(),
        ),
        Errno::PROTONOSUPPORT | Errno::SOCKTNOSUPPORT => {
            let (_, _, module) = PROTOCOLS
                .iter()
                .find(|row| (row.0, row.1) == (family, protocol))?;
            let name = family_name?;
            Some(format!(
                "this kernel lacks protocol {protocol} of {name}, or has it for another type of socket: \
                 `modprobe {module}` loads it"
            ))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_family_names_its_module() {
        let text = |errno, family, protocol| {
            explained(errno, family, SOCK_RAW, protocol)
                .during("socket")
                .to_string()
        };
        let can = text(Errno::AFNOSUPPORT, AF_CAN, CAN_RAW);
        assert!(can.starts_with("OSError: [Errno 97] "), "{can}");
        assert!(
            can.contains("\n  in socket: this kernel lacks AF_CAN: load its module with `modprobe can`"),
            "{can}"
        );
        let isotp = text(Errno::PROTONOSUPPORT, AF_CAN, CAN_ISOTP);
        assert!(isotp.contains("`modprobe can_isotp`"), "{isotp}");
        let every = text(Errno::PROTONOSUPPORT, AF_INET, 0);
        assert!(every.contains("AF_PACKET"), "{every}");
        let none = text(Errno::AFNOSUPPORT, 999, 0);
        assert!(none.ends_with("in socket: there is no family 999"), "{none}");
        let other = text(Errno::PROTONOSUPPORT, AF_UNIX, 99);
        assert!(other.ends_with("in socket"), "{other}");
    }
}
