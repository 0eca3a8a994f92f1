//! The host, service and protocol data bases: C's older calls, which also know aliases.
//!
//! They answer in static memory, so one lock stands around each call and the copying of its answer. All may block; they
//! are made on a helper thread.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ptr;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Held while a call's answer is in C's static memory.
static LOCK: Mutex<()> = Mutex::new(());

fn lock() -> MutexGuard<'static, ()> {
    LOCK.lock().unwrap_or_else(PoisonError::into_inner)
}

unsafe extern "C" {
    fn gethostbyname(name: *const c_char) -> *mut libc::hostent;
    fn gethostbyaddr(address: *const c_void, length: libc::socklen_t, family: c_int) -> *mut libc::hostent;
    #[cfg(linux)]
    fn __h_errno_location() -> *mut c_int;
    #[cfg(not(linux))]
    static h_errno: c_int;
}

/// A host as the data base has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Host {
    pub(crate) name: String,
    pub(crate) aliases: Vec<String>,
    pub(crate) addresses: Vec<IpAddr>,
}

/// Why there is no such host: the `h_errno` number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HostError(pub(crate) i32);

impl HostError {
    fn last() -> Self {
        #[cfg(linux)]
        // SAFETY: the location is this thread's own and always valid.
        let location = unsafe { __h_errno_location() };
        #[cfg(linux)]
        // SAFETY: as said, it is valid.
        let number = unsafe { *location };
        #[cfg(not(linux))]
        // SAFETY: the C library's variable; the lock keeps other calls of ours away.
        let number = unsafe { h_errno };
        Self(number)
    }

    /// C's `hstrerror`.
    pub(crate) const fn text(self) -> &'static str {
        match self.0 {
            0 => "Resolver Error 0 (no error)",
            1 => "Unknown host",
            2 => "Host name lookup failure",
            3 => "Unknown server error",
            4 => "No address associated with name",
            _ => "Resolver internal error",
        }
    }
}

/// The IPv4 host of a name, with its aliases.
pub(crate) fn host_by_name(name: &CStr) -> Result<Host, HostError> {
    let _guard = lock();
    // SAFETY: the name is a C string that outlives the call.
    read_host(unsafe { gethostbyname(name.as_ptr()) })
}

/// The host of an address, with its aliases.
pub(crate) fn host_by_address(address: IpAddr) -> Result<Host, HostError> {
    let (bytes, family) = match address {
        IpAddr::V4(ip) => (ip.octets().to_vec(), libc::AF_INET),
        IpAddr::V6(ip) => (ip.octets().to_vec(), libc::AF_INET6),
    };
    let length = libc::socklen_t::try_from(bytes.len()).unwrap_or(0);
    let _guard = lock();
    // SAFETY: the pointer and the length are those of `bytes`, which outlives the call.
    read_host(unsafe { gethostbyaddr(bytes.as_ptr().cast(), length, family) })
}

fn read_host(entry: *const libc::hostent) -> Result<Host, HostError> {
    // SAFETY: the call answered NULL or an entry that stays until the next call, which the lock keeps away.
    let Some(entry) = (unsafe { entry.as_ref() }) else {
        return Err(HostError::last());
    };
    let addresses = pointers(entry.h_addr_list).filter_map(|place| match entry.h_addrtype {
        libc::AF_INET => {
            // SAFETY: an IPv4 entry's addresses are four bytes each.
            let octets = unsafe { place.cast::<[u8; 4]>().read_unaligned() };
            Some(IpAddr::V4(Ipv4Addr::from(octets)))
        }
        libc::AF_INET6 => {
            // SAFETY: an IPv6 entry's addresses are sixteen bytes each.
            let octets = unsafe { place.cast::<[u8; 16]>().read_unaligned() };
            Some(IpAddr::V6(Ipv6Addr::from(octets)))
        }
        _ => None,
    });
    Ok(Host {
        name: text(entry.h_name),
        aliases: pointers(entry.h_aliases).map(text).collect(),
        addresses: addresses.collect(),
    })
}

/// The pointers of a list that ends with NULL.
fn pointers(list: *const *mut c_char) -> impl Iterator<Item = *const c_char> {
    let mut place = list;
    std::iter::from_fn(move || {
        // SAFETY: the walk starts at the list and goes on only behind a pointer that does not end it.
        let pointer = unsafe { place.as_ref() }
            .copied()
            .filter(|pointer| !pointer.is_null())?;
        place = place.wrapping_add(1);
        Some(pointer.cast_const())
    })
}

/// A C string of an entry, copied.
fn text(pointer: *const c_char) -> String {
    if pointer.is_null() {
        return String::new();
    }
    // SAFETY: entries hold C strings that stay until the next call, which the lock keeps away.
    unsafe { CStr::from_ptr(pointer) }.to_string_lossy().into_owned()
}

/// The port of a service, in host order.
pub(crate) fn service_port(name: &CStr, protocol: Option<&CStr>) -> Option<u16> {
    let protocol = protocol.map_or(ptr::null(), CStr::as_ptr);
    let _guard = lock();
    // SAFETY: both are C strings that outlive the call, the second may be NULL.
    let entry = unsafe { libc::getservbyname(name.as_ptr(), protocol) };
    // SAFETY: the call answered NULL or an entry that stays until the next call, which the lock keeps away.
    unsafe { entry.as_ref() }.map(|entry| port_of(entry.s_port))
}

/// The name of the service on a port.
pub(crate) fn service_name(port: u16, protocol: Option<&CStr>) -> Option<String> {
    let protocol = protocol.map_or(ptr::null(), CStr::as_ptr);
    let _guard = lock();
    // SAFETY: the protocol is NULL or a C string that outlives the call.
    let entry = unsafe { libc::getservbyport(c_int::from(port.to_be()), protocol) };
    // SAFETY: the call answered NULL or an entry that stays until the next call, which the lock keeps away.
    unsafe { entry.as_ref() }.map(|entry| text(entry.s_name))
}

/// The port in a service's entry: network order in the low half.
fn port_of(number: c_int) -> u16 {
    let [low, high, ..] = number.to_ne_bytes();
    u16::from_be_bytes([low, high])
}

/// The number of a protocol.
pub(crate) fn protocol_number(name: &CStr) -> Option<i32> {
    let _guard = lock();
    // SAFETY: the name is a C string that outlives the call.
    let entry = unsafe { libc::getprotobyname(name.as_ptr()) };
    // SAFETY: the call answered NULL or an entry that stays until the next call, which the lock keeps away.
    unsafe { entry.as_ref() }.map(|entry| entry.p_proto)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_their_own_hosts() {
        let host = host_by_name(c"127.0.0.1");
        assert_eq!(
            host.map(|host| host.addresses),
            Ok(vec![IpAddr::V4(Ipv4Addr::LOCALHOST)])
        );
    }

    #[test]
    fn what_nobody_knows_is_none() {
        assert_eq!(service_port(c"no such service", None), None);
        assert_eq!(protocol_number(c"no such protocol"), None);
        assert_eq!(HostError(1).text(), "Unknown host");
    }

    #[test]
    fn ports_are_in_host_order() {
        assert_eq!(port_of(c_int::from(80_u16.to_be())), 80);
    }
}
