//! The resolver: names to addresses and back. Both calls may block for seconds, so they are made on a helper
//! thread.

use std::ffi::{CStr, c_char, c_int};
use std::ptr;

use super::errno::Errno;
use super::sockaddr;
use crate::address::Address;

/// What [`lookup`] is asked for; 0 is "any".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hints {
    pub(crate) family: i32,
    pub(crate) kind: i32,
    pub(crate) protocol: i32,
    pub(crate) flags: i32,
}

/// One way to reach what was looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AddrInfo {
    pub(crate) family: i32,
    pub(crate) kind: i32,
    pub(crate) protocol: i32,
    /// With AI_CANONNAME, in the first answer.
    pub(crate) canonical_name: Option<String>,
    pub(crate) address: Address,
}

/// Why the resolver failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ResolveError {
    /// An `EAI_*` number: Python's `gaierror`.
    Code(i32),
    /// A system call failed (EAI_SYSTEM): Python's plain `OSError`.
    System(Errno),
}

/// Looks a host, a service or both up, as getaddrinfo.
pub(crate) fn lookup(
    host: Option<&CStr>,
    service: Option<&CStr>,
    hints: Hints,
) -> Result<Vec<AddrInfo>, ResolveError> {
    let list = List::ask(host, service, hints)?;
    Ok(list.nodes().map(answer).collect())
}

/// Looks the host and the service of an address up, as getnameinfo; `flags` are `NI_*`.
pub(crate) fn name_info(address: &Address, flags: i32) -> Result<(String, String), ResolveError> {
    let name = sockaddr::encode(address).map_err(ResolveError::System)?;
    let (mut host, mut service) = ([0_u8; 1025], [0_u8; 32]);
    let (host_length, service_length) = (1025, 32);
    // SAFETY: each pointer goes with the length of its own value, and all outlive the call.
    let code = unsafe {
        libc::getnameinfo(
            name.as_ptr().cast(),
            name.len(),
            host.as_mut_ptr().cast(),
            host_length,
            service.as_mut_ptr().cast(),
            service_length,
            flags,
        )
    };
    succeeded(code)?;
    Ok((text_in(&host), text_in(&service)))
}

impl ResolveError {
    /// The text, as Python's `gaierror` and `OSError` have it.
    pub(crate) fn text(self) -> String {
        match self {
            Self::Code(code) => code_text(code),
            Self::System(errno) => errno.text(),
        }
    }
}

/// The answers as libc keeps them, freed with this value.
struct List(*mut libc::addrinfo);

impl List {
    fn ask(host: Option<&CStr>, service: Option<&CStr>, hints: Hints) -> Result<Self, ResolveError> {
        let hints = libc::addrinfo {
            ai_family: hints.family,
            ai_socktype: hints.kind,
            ai_protocol: hints.protocol,
            ai_flags: hints.flags,
            ai_addrlen: 0,
            ai_addr: ptr::null_mut(),
            ai_canonname: ptr::null_mut(),
            ai_next: ptr::null_mut(),
        };
        let host = host.map_or(ptr::null(), CStr::as_ptr);
        let service = service.map_or(ptr::null(), CStr::as_ptr);
        let mut list = Self(ptr::null_mut());
        // SAFETY: both names are NULL or C strings, `hints` has only numbers set, and `list` takes the
        // answer.
        let code = unsafe { libc::getaddrinfo(host, service, &raw const hints, &raw mut list.0) };
        succeeded(code)?;
        Ok(list)
    }

    fn nodes(&self) -> impl Iterator<Item = &libc::addrinfo> {
        // SAFETY: a node of this list is NULL or stays as libc made it until the list is dropped.
        let at = |node: *mut libc::addrinfo| unsafe { node.as_ref() };
        std::iter::successors(at(self.0), move |node| at(node.ai_next))
    }
}

impl Drop for List {
    fn drop(&mut self) {
        if !self.0.is_null() {
            // SAFETY: the list came from getaddrinfo and is freed once, here.
            unsafe { libc::freeaddrinfo(self.0) };
        }
    }
}

/// An answer in our own terms.
fn answer(node: &libc::addrinfo) -> AddrInfo {
    AddrInfo {
        family: node.ai_family,
        kind: node.ai_socktype,
        protocol: node.ai_protocol,
        canonical_name: c_text(node.ai_canonname),
        address: sockaddr::decode_bytes(name_of(node)),
    }
}

/// The bytes of the address in an answer.
fn name_of(node: &libc::addrinfo) -> &[u8] {
    let length = usize::try_from(node.ai_addrlen).unwrap_or(0);
    if node.ai_addr.is_null() {
        return &[];
    }
    // SAFETY: libc keeps `ai_addrlen` bytes at `ai_addr` for as long as the node.
    unsafe { std::slice::from_raw_parts(node.ai_addr.cast(), length) }
}

/// The text of a resolver's number, `"Name or service not known"`.
fn code_text(code: i32) -> String {
    // SAFETY: gai_strerror takes any number and answers NULL or a text that is never freed.
    let text = unsafe { libc::gai_strerror(code) };
    c_text(text).unwrap_or_else(|| format!("Unknown error {code}"))
}

/// A text that libc owns, copied.
fn c_text(text: *const c_char) -> Option<String> {
    if text.is_null() {
        return None;
    }
    // SAFETY: both callers pass a C string of libc's that outlives the call.
    Some(unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned())
}

/// The text up to its NUL in a buffer that libc filled.
fn text_in(buffer: &[u8]) -> String {
    CStr::from_bytes_until_nul(buffer)
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// Turns a resolver's answer into a failure, if it is one.
fn succeeded(code: c_int) -> Result<(), ResolveError> {
    match code {
        0 => Ok(()),
        libc::EAI_SYSTEM => Err(ResolveError::System(Errno::last())),
        code => Err(ResolveError::Code(code)),
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use super::super::flag;
    use super::*;

    const STREAM: Hints = Hints {
        family: 0,
        kind: flag::SOCK_STREAM,
        protocol: 0,
        flags: flag::AI_NUMERICHOST,
    };

    #[test]
    fn numbers_become_addresses() -> Result<(), ResolveError> {
        let found = lookup(Some(c"127.0.0.1"), Some(c"80"), STREAM)?;
        let expected = AddrInfo {
            family: flag::AF_INET,
            kind: flag::SOCK_STREAM,
            protocol: libc::IPPROTO_TCP,
            canonical_name: None,
            address: Address::Inet {
                ip: Ipv4Addr::LOCALHOST,
                port: 80,
            },
        };
        assert_eq!(found, [expected]);
        let found = lookup(Some(c"::1"), None, STREAM)?;
        let expected = Address::Inet6 {
            ip: Ipv6Addr::LOCALHOST,
            port: 0,
            flowinfo: 0,
            scope_id: 0,
        };
        assert_eq!(
            found.into_iter().map(|info| info.address).collect::<Vec<_>>(),
            [expected]
        );
        Ok(())
    }

    #[test]
    fn every_kind_is_listed_and_the_first_carries_the_canonical_name() -> Result<(), ResolveError> {
        let hints = Hints {
            kind: 0,
            flags: STREAM.flags | flag::AI_CANONNAME,
            ..STREAM
        };
        let found = lookup(Some(c"127.0.0.1"), None, hints)?;
        assert!(found.len() >= 2);
        assert_eq!(found[0].canonical_name.as_deref(), Some("127.0.0.1"));
        assert_eq!(found[1].canonical_name, None);
        Ok(())
    }

    #[test]
    fn failures_carry_the_resolvers_number_and_text() {
        for (host, service) in [(None, None), (Some(c"256.0.0.1"), None)] {
            let failed = lookup(host, service, STREAM);
            assert_eq!(failed, Err(ResolveError::Code(libc::EAI_NONAME)));
        }
        let failed = lookup(
            Some(c"127.0.0.1"),
            None,
            Hints {
                family: 9999,
                ..STREAM
            },
        );
        assert_eq!(failed, Err(ResolveError::Code(libc::EAI_FAMILY)));
        if cfg!(glibc) {
            assert_eq!(
                ResolveError::Code(libc::EAI_NONAME).text(),
                "Name or service not known"
            );
            assert_eq!(ResolveError::Code(4242).text(), "Unknown error");
        }
        assert_eq!(ResolveError::System(Errno::INTR).text(), Errno::INTR.text());
    }

    #[test]
    fn addresses_become_numbers() {
        let flags = flag::NI_NUMERICHOST | flag::NI_NUMERICSERV;
        let address = Address::Inet {
            ip: Ipv4Addr::new(10, 0, 0, 1),
            port: 80,
        };
        assert_eq!(name_info(&address, flags), Ok(("10.0.0.1".into(), "80".into())));
        let other = Address::Other {
            family: 16,
            data: Box::new([0; 10]),
        };
        assert_eq!(
            name_info(&other, flags),
            Err(ResolveError::Code(libc::EAI_FAMILY))
        );
        assert_eq!(
            name_info(&Address::None, flags),
            Err(ResolveError::System(Errno::AFNOSUPPORT))
        );
    }

    #[test]
    fn a_helper_thread_may_ask() {
        let helper = std::thread::spawn(|| lookup(Some(c"127.0.0.1"), Some(c"80"), STREAM));
        assert!(
            helper
                .join()
                .is_ok_and(|found| found.is_ok_and(|list| list.len() == 1))
        );
    }
}
