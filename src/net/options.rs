//! Socket options, as numbers and as bytes.

use std::os::fd::AsRawFd as _;

use crate::bytes::Bytes;
use crate::error::{Class, Error, Result};
use crate::policy::Request;
use crate::sys::errno::Errno;
use crate::sys::flag::{
    AF_VSOCK, IPPROTO_TCP, SO_LINGER, SO_PEERPIDFD, SO_RCVTIMEO, SO_SNDTIMEO, SOL_SOCKET, TCP_ULP,
};
use crate::sys::option;

use super::audit::Fact;
use super::observe::{Event, Setting};
use super::socket::Socket;

/// What an option is set to, or has.
#[derive(Debug)]
pub(crate) enum OptionValue {
    Int(i32),
    /// A number of 64 bits: what every option of an `AF_VSOCK` socket is.
    Wide(u64),
    Bytes(Bytes),
    /// No value, but a length: the null pointer some families ask for.
    Null(u32),
}

impl Socket {
    /// Reads an option: as a number when `length` is 0, as up to `length` bytes otherwise.
    pub(crate) fn option(&self, level: i32, name: i32, length: i32) -> Result<OptionValue> {
        const OP: &str = "getsockopt";
        let Some(length) = usize::try_from(length)
            .ok()
            .filter(|length| *length <= option::LONGEST)
        else {
            let error = Error::new(Class::OSError, "getsockopt buflen out of range");
            return Err(self.failed(OP, error));
        };
        if level == SOL_SOCKET && Some(name) == SO_PEERPIDFD {
            self.net()
                .guard_unheard(&Request::Adopt { fd: self.fd() })
                .map_err(|error| self.failed(OP, error))?;
        }
        let fd = self.borrowed().map_err(|error| self.failed(OP, error))?;
        if self.family() == AF_VSOCK {
            return match length {
                0 => option::option_bytes(fd, level, name, size_of::<u64>())
                    .map(|bytes| OptionValue::Wide(wide(&bytes)))
                    .map_err(|errno| self.failed(OP, errno)),
                _ => Err(self.failed(
                    OP,
                    Error::new(Class::OSError, "getsockopt string buffer not allowed"),
                )),
            };
        }
        let value = match (length, self.lower.get()) {
            (0, None) => option::option_int(fd, level, name).map(OptionValue::Int),
            (0, Some(lower)) => lower
                .option(fd.as_raw_fd(), level, name, size_of::<i32>())
                .map(|bytes| OptionValue::Int(i32::try_from(wide(&bytes)).unwrap_or(-1))),
            (_, _) => self
                .lower()
                .option(fd.as_raw_fd(), level, name, length)
                .map(|bytes| OptionValue::Bytes(Bytes::Owned(bytes))),
        };
        value.map_err(|errno| self.failed(OP, errno))
    }

    /// The door for an option, whose event tells the value as well.
    fn guard_set(&self, level: i32, name: i32, value: &OptionValue) -> Result<()> {
        self.net().guard_as(&Request::SetOption { level, name }, || {
            let value = match value {
                OptionValue::Int(number) => Fact::Int((*number).into()),
                OptionValue::Wide(number) => Fact::Int(i64::try_from(*number).unwrap_or(i64::MAX)),
                OptionValue::Bytes(bytes) => Fact::Bytes(bytes.to_vec()),
                OptionValue::Null(_) => Fact::None,
            };
            self.with_self(vec![Fact::Int(level.into()), Fact::Int(name.into()), value])
        })
    }

    /// Asks the kernel for its timeouts: they were set, or the descriptor came from elsewhere.
    pub(super) fn learn_kernel_timeouts(&self) {
        self.kernel_timeouts.set(self.lower().timeouts(self.fd()));
    }

    /// Whether the kernel has a timeout of its own for any of its calls.
    pub(super) fn has_kernel_timeout(&self) -> bool {
        self.kernel_timeouts.get() != [None, None]
    }

    /// Sets an option to a number, as a part of another operation.
    pub(crate) fn set_number(&self, level: i32, name: i32, value: i32) -> Result<()> {
        let fd = self.open_fd()?;
        Ok(self.lower().set_option(fd, level, name, &value.to_ne_bytes())?)
    }

    /// Sets an option.
    pub(crate) fn set_option(&self, level: i32, name: i32, value: &OptionValue) -> Result<()> {
        const OP: &str = "setsockopt";
        self.guard_set(level, name, value)
            .and_then(|()| self.borrowed())
            .and_then(|borrowed| {
                let (fd, lower) = (borrowed.as_raw_fd(), self.lower());
                let set = match value {
                    OptionValue::Int(number) => lower.set_option(fd, level, name, &number.to_ne_bytes()),
                    OptionValue::Wide(number) => lower.set_option(fd, level, name, &number.to_ne_bytes()),
                    OptionValue::Bytes(bytes) => bytes.with(|bytes| lower.set_option(fd, level, name, bytes)),
                    // An address of nothing is no value.
                    OptionValue::Null(_) if lower.is_virtual() => Err(Errno::FAULT),
                    OptionValue::Null(length) => option::set_option_null(borrowed, level, name, *length),
                };
                Ok(set?)
            })
            .map_err(|error| self.failed(OP, error))?;
        if (level, name) == (SOL_SOCKET, SO_LINGER) {
            self.lingers.set(lingers(value));
        }
        if (level, name) == (IPPROTO_TCP, TCP_ULP) {
            // A protocol in the kernel may stop a read at the end of a record.
            self.drains.set(false);
        }
        if level == SOL_SOCKET && matches!(name, SO_RCVTIMEO | SO_SNDTIMEO) {
            self.learn_kernel_timeouts();
        }
        if self.net().is_observed() {
            self.show_option(level, name, value);
        }
        Ok(())
    }
}

impl Socket {
    #[cold]
    fn show_option(&self, level: i32, name: i32, value: &OptionValue) {
        let show = |value: Setting<'_>| {
            self.observe(|| Event::Configured {
                fd: self.fd(),
                level,
                name,
                value,
            });
        };
        match value {
            OptionValue::Int(number) => show(Setting::Number((*number).into())),
            OptionValue::Wide(number) => show(Setting::Number(i64::try_from(*number).unwrap_or(i64::MAX))),
            OptionValue::Bytes(bytes) => bytes.with(|bytes| show(Setting::Bytes(bytes))),
            OptionValue::Null(_) => show(Setting::Null),
        }
    }
}

/// The number in an option's bytes, of which there are eight or, at other levels, four.
fn wide(bytes: &[u8]) -> u64 {
    match bytes {
        [a, b, c, d] => u32::from_ne_bytes([*a, *b, *c, *d]).into(),
        bytes => bytes.first_chunk().map_or(0, |bytes| u64::from_ne_bytes(*bytes)),
    }
}

/// Whether this `struct linger` makes close(2) wait: on, and for longer than no time.
fn lingers(value: &OptionValue) -> bool {
    match value {
        OptionValue::Bytes(bytes) => bytes.with(|bytes| match bytes {
            [on @ .., a, b, c, d] if on.len() == 4 => {
                on.iter().any(|byte| *byte != 0) && [a, b, c, d].iter().any(|byte| **byte != 0)
            }
            _ => false,
        }),
        OptionValue::Int(_) | OptionValue::Wide(_) | OptionValue::Null(_) => false,
    }
}
