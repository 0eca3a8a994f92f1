//! Every constant of CPython's `socket` module, 3.9 to 3.15, over all the platforms it runs on.
//!
//! One table per family, in the order of Python's documentation; see [`all`]. A name the platform at hand lacks is
//! still there, as [`Value::Absent`], so that using it can say where it would exist ([`Platform`]) instead of
//! reading as nil. Values come from the `libc` crate; where that lacks a name, the number stands in the table under
//! a comment naming the header it is from.
//!
//! The four enums CPython makes of them print as in 3.11: [`enum_repr`], [`enum_str`], [`enum_name`].

use std::fmt;
use std::sync::OnceLock;

pub use print::{enum_name, enum_repr, enum_str, name_of};

/// Makes one [`Constant`]; the only place that names `libc`.
///
/// `c!(AF_INET, AddressFamily)` takes the name and the value from one token and has it on every platform.
/// `c!(AF_CAN, AddressFamily, Linux)` has a value where the [`Platform`] says and is absent elsewhere;
/// `Bsd if target_os = "freebsd"` narrows that to where `libc` knows it, `Bsd, absent` to nowhere we build.
/// `c!(CAN_BCM_TX_SETUP = 1, Can, Linux)` gives the number itself, `c!(BDADDR_ANY: Str("…"), …)` another kind.
macro_rules! c {
    ($name:ident $(= $number:literal)?, $group:ident) => { c!($name $(= $number)?, $group, All) };
    ($name:ident: $kind:ident($value:literal), $group:ident, $platform:ident) => {
        c!(@entry $name, $group, $platform, Value::$kind($value))
    };

    ($name:ident $(= $number:literal)?, $group:ident, All) => {
        c!(@entry $name, $group, All, c!(@value $name $($number)?))
    };
    ($name:ident $(= $number:literal)?, $group:ident, Unix) => {
        c!(@entry $name, $group, Unix, c!(@value $name $($number)?))
    };
    ($name:ident $(= $number:literal)?, $group:ident, Linux) => { c!($name $(= $number)?, $group, Linux if linux) };
    ($name:ident $(= $number:literal)?, $group:ident, LinuxWindows) => {
        c!($name $(= $number)?, $group, LinuxWindows if linux)
    };
    ($name:ident $(= $number:literal)?, $group:ident, LinuxBsd) => {
        c!($name $(= $number)?, $group, LinuxBsd if not(apple))
    };
    ($name:ident $(= $number:literal)?, $group:ident, NotApple) => {
        c!($name $(= $number)?, $group, NotApple if not(apple))
    };
    ($name:ident $(= $number:literal)?, $group:ident, NotLinux) => {
        c!($name $(= $number)?, $group, NotLinux if not(linux))
    };
    ($name:ident $(= $number:literal)?, $group:ident, AppleBsd) => {
        c!($name $(= $number)?, $group, AppleBsd if not(linux))
    };
    ($name:ident $(= $number:literal)?, $group:ident, Apple) => { c!($name $(= $number)?, $group, Apple if apple) };
    ($name:ident $(= $number:literal)?, $group:ident, Bsd) => { c!($name $(= $number)?, $group, Bsd if bsd) };
    ($name:ident, $group:ident, OpenBsd) => { c!($name, $group, OpenBsd if target_os = "openbsd") };
    ($name:ident, $group:ident, NetBsd) => { c!($name, $group, NetBsd, absent) };
    ($name:ident = $number:literal, $group:ident, Windows) => {
        c!(@entry $name, $group, Windows, Value::Int($number))
    };
    ($name:ident, $group:ident, Windows) => { c!($name, $group, Windows, absent) };
    ($name:ident, $group:ident, $platform:ident, absent) => { c!(@entry $name, $group, $platform, Value::Absent) };

    ($name:ident $(= $number:literal)?, $group:ident, $platform:ident if $($when:tt)+) => {
        c!(@entry $name, $group, $platform, {
            #[cfg($($when)+)]
            {
                c!(@value $name $($number)?)
            }
            #[cfg(not($($when)+))]
            {
                Value::Absent
            }
        })
    };

    (@value $name:ident) => { Value::Int(libc::$name as i64) };
    (@value $name:ident $number:literal) => { Value::Int($number) };
    (@entry $name:ident, $group:ident, $platform:ident, $value:expr) => {
        Constant { name: stringify!($name), value: $value, group: Group::$group, platform: Platform::$platform }
    };
}

mod bluetooth;
mod can;
mod family;
mod ip;
mod linux;
mod message;
mod option;
mod print;
mod resolver;
mod tcp;
mod windows;

static TABLES: [&[Constant]; 10] = [
    family::TABLE,
    option::TABLE,
    message::TABLE,
    ip::TABLE,
    tcp::TABLE,
    resolver::TABLE,
    linux::TABLE,
    can::TABLE,
    bluetooth::TABLE,
    windows::TABLE,
];

/// One named constant of the `socket` module.
///
/// ```
/// use wirescript::constants::{by_name, Group, Value};
///
/// let constant = by_name("AF_INET").expect("every platform has it");
/// assert_eq!((constant.value, constant.group), (Value::Int(2), Group::AddressFamily));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Constant {
    /// The name, as scripts write it.
    pub name: &'static str,
    /// What it stands for on this platform.
    pub value: Value,
    /// The family it prints and completes with.
    pub group: Group,
    /// Where CPython has it.
    pub platform: Platform,
}

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Value {
    /// A number, which is nearly always.
    Int(i64),
    /// A truth value: `has_ipv6`.
    Bool(bool),
    /// A text: the Bluetooth addresses.
    Str(&'static str),
    /// Present by name; raises when used.
    Absent,
}

/// The platforms on which CPython has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Platform {
    /// Every platform.
    All,
    /// Every platform but Windows.
    Unix,
    /// Every platform but macOS.
    NotApple,
    /// Every platform but Linux.
    NotLinux,
    /// Linux.
    Linux,
    /// Linux and Windows.
    LinuxWindows,
    /// Linux and the BSDs.
    LinuxBsd,
    /// Windows.
    Windows,
    /// macOS.
    Apple,
    /// macOS and the BSDs.
    AppleBsd,
    /// The BSDs, which for CPython is mostly FreeBSD.
    Bsd,
    /// NetBSD alone.
    NetBsd,
    /// OpenBSD alone.
    OpenBsd,
}

impl Platform {
    /// Lists the systems, for "not available on this platform" errors: `macOS, FreeBSD`.
    pub const fn systems(self) -> &'static str {
        match self {
            Self::All => "Linux, Windows, macOS, FreeBSD",
            Self::Unix => "Linux, macOS, FreeBSD",
            Self::NotApple => "Linux, Windows, FreeBSD",
            Self::NotLinux => "Windows, macOS, FreeBSD",
            Self::Linux => "Linux",
            Self::LinuxWindows => "Linux, Windows",
            Self::LinuxBsd => "Linux, FreeBSD",
            Self::Windows => "Windows",
            Self::Apple => "macOS",
            Self::AppleBsd => "macOS, FreeBSD",
            Self::Bsd => "FreeBSD",
            Self::NetBsd => "NetBSD",
            Self::OpenBsd => "OpenBSD",
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.systems())
    }
}

/// The families of constants, for printing a number by name and for completing one where it is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Group {
    /// `AF_*`, the enum `AddressFamily`.
    AddressFamily,
    /// `PF_*`.
    ProtocolFamily,
    /// `SOCK_*`, the enum `SocketKind`.
    SocketKind,
    /// `SHUT_*`.
    Shutdown,
    /// `SOL_*`.
    Level,
    /// `SO_*` at `SOL_SOCKET`, and `LOCAL_*`.
    SocketOption,
    /// `MSG_*`, the enum `MsgFlag`.
    MsgFlag,
    /// `SCM_*`.
    ControlMessage,
    /// `IPPROTO_*`.
    Protocol,
    /// `IPPORT_*`.
    Port,
    /// `INADDR_*`.
    Address,
    /// `IP_*`.
    Ip,
    /// `IPV6_*`.
    Ipv6,
    /// `TCP_*`.
    Tcp,
    /// `UDPLITE_*`.
    Udplite,
    /// `AI_*`, the enum `AddressInfo`.
    AddressInfo,
    /// `EAI_*`.
    AddrInfoError,
    /// `NI_*`.
    NameInfo,
    /// `NETLINK_*`.
    Netlink,
    /// `PACKET_*`, `ETHERTYPE_*`, `ETH_P_ALL`.
    Packet,
    /// `ALG_*`.
    Alg,
    /// `TIPC_*`.
    Tipc,
    /// `VMADDR_*`, `SO_VM_SOCKETS_*` and their kin.
    Vsock,
    /// `RDS_*`.
    Rds,
    /// `CAN_*`.
    Can,
    /// `J1939_*`, `SO_J1939_*`, `SCM_J1939_*`.
    J1939,
    /// `BT_*`, `BTPROTO_*`, `BDADDR_*`, `HCI_*`, `L2CAP_*`.
    Bluetooth,
    /// `SIO_*`, `RCVALL_*`.
    Ioctl,
    /// `HV_*`, `HVSOCKET_*`.
    HyperV,
    /// `EBADF`, `EAGAIN`, `EWOULDBLOCK`.
    Errno,
    /// What has no family: `SOMAXCONN`, `has_ipv6`.
    Other,
}

impl Group {
    /// The class CPython makes of the group, if it makes one.
    pub const fn enum_class(self) -> Option<&'static str> {
        match self {
            Self::AddressFamily => Some("AddressFamily"),
            Self::SocketKind => Some("SocketKind"),
            Self::MsgFlag => Some("MsgFlag"),
            Self::AddressInfo => Some("AddressInfo"),
            _ => None,
        }
    }

    /// Whether that class is an `IntFlag`, whose members add up, rather than an `IntEnum`.
    pub const fn is_flag(self) -> bool {
        matches!(self, Self::MsgFlag | Self::AddressInfo)
    }
}

/// Walks the whole table in the order of the documentation, a family after the other.
///
/// ```
/// use wirescript::constants::{all, Group};
///
/// let shutdown: Vec<&str> = all()
///     .filter(|constant| constant.group == Group::Shutdown)
///     .map(|constant| constant.name)
///     .collect();
/// assert!(shutdown.contains(&"SHUT_WR"));
/// ```
pub fn all() -> impl Iterator<Item = &'static Constant> {
    TABLES.iter().copied().flatten()
}

/// Finds a constant by its exact name; the index is built by the first call.
pub fn by_name(name: &str) -> Option<&'static Constant> {
    static INDEX: OnceLock<Vec<&'static Constant>> = OnceLock::new();
    let index = INDEX.get_or_init(|| {
        let mut index: Vec<_> = all().collect();
        index.sort_unstable_by_key(|constant| constant.name);
        index
    });
    let at = index.binary_search_by_key(&name, |constant| constant.name).ok()?;
    Some(index[at])
}

/// The number behind a name, where this platform has it.
pub(crate) fn number(name: &str) -> Option<i64> {
    match by_name(name)?.value {
        Value::Int(number) => Some(number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const NAMES: &str = include_str!("../../tests/support/names.txt");

    /// Whether one of typeshed's conditions holds on `platform` in the newest version.
    fn holds(condition: &str, platform: &str) -> bool {
        let condition = condition.split(", alias").next().unwrap_or(condition);
        condition.replace(" or ", "|").split('|').any(|way| {
            way.split(" and ").all(|part| {
                let part = part.trim().trim_matches(['(', ')']);
                match (
                    part.strip_prefix("sys.platform == "),
                    part.strip_prefix("sys.platform != "),
                ) {
                    (Some(is), _) => is.trim_matches('\'') == platform,
                    (_, Some(is_not)) => is_not.trim_matches('\'') != platform,
                    _ => true,
                }
            })
        })
    }

    #[test]
    fn every_name_is_found_once() {
        let mut seen = HashSet::new();
        for constant in all() {
            assert!(seen.insert(constant.name), "{} stands twice", constant.name);
            assert_eq!(by_name(constant.name), Some(constant));
        }
        for absent in ["", "AF_inet", "AF_INET7", "socket", "zzz"] {
            assert_eq!(by_name(absent), None, "{absent}");
        }
    }

    #[test]
    fn groups_stay_together() {
        let mut seen = HashSet::new();
        let mut last = None;
        for constant in all().filter(|constant| constant.group.enum_class().is_some()) {
            if last != Some(constant.group) {
                assert!(
                    seen.insert(constant.group),
                    "{} is apart from its group",
                    constant.name
                );
                last = Some(constant.group);
            }
        }
    }

    #[test]
    fn every_name_of_cpython_is_here() {
        for line in NAMES.lines().filter(|line| !line.is_empty()) {
            let (name, condition) = line.split_once('\t').expect("name, tab, condition");
            let constant = by_name(name).unwrap_or_else(|| panic!("{name} is missing"));
            if cfg!(glibc) && constant.group != Group::Ioctl {
                assert_eq!(
                    constant.value == Value::Absent,
                    !holds(condition, "linux"),
                    "{name}: {condition}"
                );
                assert_eq!(
                    constant.platform.systems().contains("Linux"),
                    holds(condition, "linux"),
                    "{name}"
                );
            }
            if !holds(condition, "win32") {
                assert!(
                    !constant.platform.systems().contains("Windows"),
                    "{name}: {condition}"
                );
            }
        }
    }

    #[test]
    #[cfg(glibc)]
    fn values_are_cpythons() {
        for line in include_str!("../../tests/support/cpython311_socket.tsv").lines() {
            let (name, value) = line.split_once('\t').expect("name, tab, value");
            let ours = match by_name(name).unwrap_or_else(|| panic!("{name} is missing")).value {
                Value::Int(number) => number.to_string(),
                Value::Bool(true) => "True".to_owned(),
                Value::Bool(false) => "False".to_owned(),
                Value::Str(text) => text.to_owned(),
                Value::Absent => panic!("{name} is absent"),
            };
            assert_eq!(ours, value, "{name}");
        }
    }

    #[test]
    #[cfg(linux)]
    fn aliases_and_strings() {
        let value = |name| by_name(name).map(|constant| constant.value);
        assert_eq!(value("AF_LOCAL"), value("AF_UNIX"));
        assert_eq!(value("PACKET_MULTIHOST"), value("PACKET_MULTICAST"));
        assert_eq!(value("BDADDR_LOCAL"), Some(Value::Str("00:00:00:FF:FF:FF")));
        assert_eq!(value("has_ipv6"), Some(Value::Bool(true)));
        assert_eq!(value("HV_GUID_ZERO"), Some(Value::Absent));
        assert_eq!(
            by_name("SIO_RCVALL").map(|constant| constant.platform.systems()),
            Some("Windows")
        );
        assert_eq!(
            by_name("AI_MASK").map(|constant| constant.platform.to_string()),
            Some("macOS, FreeBSD".into())
        );
    }
}
