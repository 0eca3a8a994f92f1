//! What `getaddrinfo()` and `getnameinfo()` take, and the numbers of the errors they raise.

use super::{Constant, Group, Platform, Value};

pub(super) static TABLE: &[Constant] = &[
    // Flags of `getaddrinfo()`.
    c!(AI_PASSIVE, AddressInfo),
    c!(AI_CANONNAME, AddressInfo),
    c!(AI_NUMERICHOST, AddressInfo),
    c!(AI_V4MAPPED, AddressInfo, All if not(any(target_os = "netbsd", target_os = "openbsd"))),
    c!(AI_ALL, AddressInfo, All if not(any(target_os = "netbsd", target_os = "openbsd"))),
    c!(AI_ADDRCONFIG, AddressInfo),
    c!(AI_NUMERICSERV, AddressInfo),
    c!(AI_V4MAPPED_CFG, AddressInfo, AppleBsd if apple),
    c!(AI_DEFAULT, AddressInfo, AppleBsd if apple),
    c!(AI_MASK, AddressInfo, AppleBsd if apple),
    // Errors: `gaierror.errno` (EAI_ADDRFAMILY: netdb.h of glibc; the last three: netdb.h of macOS).
    #[cfg(linux)]
    c!(EAI_ADDRFAMILY = -9, AddrInfoError, Unix),
    #[cfg(not(linux))]
    c!(EAI_ADDRFAMILY = 1, AddrInfoError, Unix if apple),
    c!(EAI_AGAIN, AddrInfoError),
    c!(EAI_BADFLAGS, AddrInfoError),
    c!(EAI_FAIL, AddrInfoError),
    c!(EAI_FAMILY, AddrInfoError),
    c!(EAI_MEMORY, AddrInfoError),
    c!(EAI_NODATA, AddrInfoError, All if not(any(target_os = "freebsd", target_os = "dragonfly"))),
    c!(EAI_NONAME, AddrInfoError),
    c!(EAI_OVERFLOW, AddrInfoError, Unix),
    c!(EAI_SERVICE, AddrInfoError),
    c!(EAI_SOCKTYPE, AddrInfoError),
    c!(EAI_SYSTEM, AddrInfoError, Unix),
    c!(EAI_BADHINTS = 12, AddrInfoError, AppleBsd if apple),
    c!(EAI_PROTOCOL = 13, AddrInfoError, AppleBsd if apple),
    c!(EAI_MAX = 15, AddrInfoError, AppleBsd if apple),
    // Flags of `getnameinfo()`.
    c!(NI_NUMERICHOST, NameInfo),
    c!(NI_NUMERICSERV, NameInfo),
    c!(NI_NOFQDN, NameInfo),
    c!(NI_NAMEREQD, NameInfo),
    c!(NI_DGRAM, NameInfo),
    c!(NI_IDN, NameInfo, Linux if all(linux, not(target_env = "musl"))),
    // The longest host and service name (netdb.h).
    c!(NI_MAXHOST = 1025, NameInfo),
    c!(NI_MAXSERV = 32, NameInfo),
];
