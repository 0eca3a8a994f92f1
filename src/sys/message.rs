//! Messages with control data: sendmsg, recvmsg, and the walk over control messages.

use std::io::{IoSlice, IoSliceMut};
use std::mem::{MaybeUninit, size_of};
use std::os::fd::RawFd;
use std::ptr;

use super::errno::{Result, check_count};
use super::sockaddr;
use super::transfer::without_signal;
use crate::address::Address;

/// One control message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Control {
    pub(crate) level: i32,
    pub(crate) kind: i32,
    pub(crate) data: Vec<u8>,
}

/// What a receive brought besides the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Received {
    pub(crate) count: usize,
    pub(crate) control: Vec<Control>,
    /// `MSG_*` bits: what was cut, what was out of band.
    pub(crate) flags: i32,
    pub(crate) from: Address,
    /// The last control message was cut short.
    pub(crate) clipped: bool,
}

/// Bytes a control message of `length` bytes of data takes, without the padding after it: `CMSG_LEN`. None when that is
/// more than a C int can say.
pub(crate) fn control_length(length: usize) -> Option<usize> {
    // SAFETY: the macro is arithmetic.
    fits(unsafe { libc::CMSG_LEN(checked(length)?) })
}

/// Bytes a control message takes with its padding: `CMSG_SPACE`. None from the length on at which CPython draws the line,
/// the space of one more byte below what a C int can say.
pub(crate) fn control_space(length: usize) -> Option<usize> {
    // SAFETY: the macro is arithmetic.
    let least = unsafe { libc::CMSG_SPACE(1) };
    let length = checked(length).filter(|length| *length <= i32::MAX.unsigned_abs() - least)?;
    // SAFETY: the macro is arithmetic.
    fits(unsafe { libc::CMSG_SPACE(length) })
}

/// A length from which C's arithmetic does not wrap around.
fn checked(length: usize) -> Option<u32> {
    u32::try_from(length)
        .ok()
        .filter(|length| *length <= i32::MAX.unsigned_abs())
}

fn fits(total: u32) -> Option<usize> {
    i32::try_from(total)
        .ok()
        .and_then(|total| usize::try_from(total).ok())
}

/// A message header without addresses, buffers or control data.
fn header() -> libc::msghdr {
    // SAFETY: all-zero bytes are a valid msghdr: null pointers and no lengths.
    unsafe { MaybeUninit::zeroed().assume_init() }
}

/// A control buffer, aligned as C wants it.
fn control_buffer(size: usize) -> Vec<libc::cmsghdr> {
    // SAFETY: all-zero bytes are a valid cmsghdr.
    let empty: libc::cmsghdr = unsafe { MaybeUninit::zeroed().assume_init() };
    vec![empty; size.div_ceil(size_of::<libc::cmsghdr>())]
}

/// Sends the buffers as one message, to `address` if there is one; a closed stream is EPIPE and never a signal.
pub(crate) fn send_message(
    fd: RawFd,
    buffers: &[IoSlice<'_>],
    control: &[Control],
    flags: i32,
    address: Option<&Address>,
) -> Result<usize> {
    let name = address.map(sockaddr::encode).transpose()?;
    let mut message = header();
    if let Some(name) = &name {
        message.msg_name = name.as_ptr().cast_mut().cast();
        message.msg_namelen = name.len();
    }
    message.msg_iov = buffers.as_ptr().cast_mut().cast();
    message.msg_iovlen = buffers.len() as _;
    let space: usize = control
        .iter()
        .filter_map(|one| control_space(one.data.len()))
        .sum();
    let mut packed = control_buffer(space);
    if space > 0 {
        message.msg_control = packed.as_mut_ptr().cast();
        message.msg_controllen = space as _;
        pack(&message, control);
    }
    without_signal(|silence| {
        // SAFETY: name, buffers and control data are those set above, and all outlive the call.
        check_count(unsafe { libc::sendmsg(fd, &raw const message, flags | silence) })
    })
}

/// Writes control messages into the header's buffer, which has room for them all.
fn pack(message: &libc::msghdr, control: &[Control]) {
    // SAFETY: the header's buffer has room for at least one message.
    let mut place = unsafe { libc::CMSG_FIRSTHDR(message) };
    for one in control {
        let Some(length) = control_length(one.data.len()) else {
            continue;
        };
        // SAFETY: the place is NULL or inside the buffer, which is zeroed memory of this type.
        let Some(head) = (unsafe { place.as_mut() }) else {
            return;
        };
        head.cmsg_level = one.level;
        head.cmsg_type = one.kind;
        head.cmsg_len = length as _;
        // SAFETY: the place is inside the buffer.
        let data = unsafe { libc::CMSG_DATA(place) };
        // SAFETY: the buffer was sized with room for this data behind its head, and the two do not overlap.
        unsafe { ptr::copy_nonoverlapping(one.data.as_ptr(), data, one.data.len()) };
        // SAFETY: the place is a message with its length set.
        place = unsafe { libc::CMSG_NXTHDR(message, place) };
    }
}

/// Receives one message into the buffers, with up to `control_space` bytes of control data.
pub(crate) fn recv_message(
    fd: RawFd,
    buffers: &mut [IoSliceMut<'_>],
    control_space: usize,
    flags: i32,
) -> Result<Received> {
    let mut name = [0_u8; sockaddr::CAPACITY];
    let mut packed = control_buffer(control_space);
    let mut message = header();
    message.msg_name = name.as_mut_ptr().cast();
    message.msg_namelen = libc::socklen_t::try_from(name.len()).unwrap_or(0);
    message.msg_iov = buffers.as_mut_ptr().cast();
    message.msg_iovlen = buffers.len() as _;
    if control_space > 0 {
        message.msg_control = packed.as_mut_ptr().cast();
        message.msg_controllen = control_space as _;
    }
    // SAFETY: name, buffers and control data are those set above, and all outlive the call.
    let count = check_count(unsafe { libc::recvmsg(fd, &raw mut message, flags) })?;
    let known = usize::try_from(message.msg_namelen).map_or(name.len(), |length| length.min(name.len()));
    let (control, clipped) = unpack(&message);
    Ok(Received {
        count,
        control,
        flags: message.msg_flags,
        from: sockaddr::decode_bytes(&name[..known]),
        clipped,
    })
}

/// A length of C's, whose type differs from system to system.
fn length_of(number: impl TryInto<usize>) -> usize {
    number.try_into().unwrap_or(0)
}

/// The control messages of a header the kernel has filled; true when the last one's data goes past the buffer.
fn unpack(message: &libc::msghdr) -> (Vec<Control>, bool) {
    let mut control = Vec::new();
    let end = message.msg_control as usize + length_of(message.msg_controllen);
    // SAFETY: the header describes a buffer that is alive.
    let mut place = unsafe { libc::CMSG_FIRSTHDR(message) };
    loop {
        // SAFETY: the place is NULL or a message inside the buffer.
        let Some(head) = (unsafe { place.as_ref() }) else {
            return (control, false);
        };
        // SAFETY: the place is a message inside the buffer.
        let data = unsafe { libc::CMSG_DATA(place) };
        let told = length_of(head.cmsg_len).saturating_sub(data as usize - place as usize);
        let length = told.min(end.saturating_sub(data as usize));
        // SAFETY: the length was cut to what the buffer has behind this head.
        let bytes = unsafe { std::slice::from_raw_parts(data, length) };
        control.push(Control {
            level: head.cmsg_level,
            kind: head.cmsg_type,
            data: bytes.to_vec(),
        });
        if length < told {
            return (control, true);
        }
        // SAFETY: the place is a whole message inside the buffer.
        place = unsafe { libc::CMSG_NXTHDR(message, place) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::{flag, socket};
    use std::os::fd::AsRawFd;

    #[test]
    fn descriptors_travel_as_control_data() -> Result<()> {
        let (one, other) = socket::pair(flag::AF_UNIX, flag::SOCK_STREAM, 0)?;
        let passed = one.as_raw_fd().to_ne_bytes().to_vec();
        let rights = Control {
            level: flag::SOL_SOCKET,
            kind: libc::SCM_RIGHTS,
            data: passed,
        };
        let buffers = [IoSlice::new(b"he"), IoSlice::new(b"llo")];
        assert_eq!(send_message(one.as_raw_fd(), &buffers, &[rights], 0, None), Ok(5));
        let mut bytes = [0; 8];
        let received = recv_message(
            other.as_raw_fd(),
            &mut [IoSliceMut::new(&mut bytes)],
            control_space(4).unwrap_or(0),
            0,
        )?;
        assert_eq!(
            (received.count, received.control.len(), received.clipped),
            (5, 1, false)
        );
        let number: [u8; 4] = received.control[0].data.as_slice().try_into().unwrap_or_default();
        crate::sys::fd::close(i32::from_ne_bytes(number))
    }

    #[test]
    fn lengths_are_those_of_c() {
        assert_eq!(control_length(0), Some(16));
        assert_eq!(control_space(1), Some(24));
        assert_eq!(control_length(usize::MAX), None);
    }

    #[test]
    fn data_that_goes_past_the_buffer_is_cut_and_told() {
        let mut packed = control_buffer(control_space(8).unwrap_or(0));
        let mut message = header();
        message.msg_control = packed.as_mut_ptr().cast();
        message.msg_controllen = control_length(8).unwrap_or(0) as _;
        let control = Control {
            level: 1,
            kind: 2,
            data: b"12345678".to_vec(),
        };
        pack(&message, std::slice::from_ref(&control));
        assert_eq!(unpack(&message), (vec![control], false));
        // As a kernel that cuts control data without saying so in its head leaves it.
        packed[0].cmsg_len = control_length(100).unwrap_or(0) as _;
        let (control, clipped) = unpack(&message);
        assert_eq!((&control[0].data[..], clipped), (&b"12345678"[..], true));
    }
}
