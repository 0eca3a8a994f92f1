//! What scripts give for a descriptor: a number, a socket, a file, an epoll object, or an object of their own with a
//! method that says the number.

use std::os::fd::RawFd;
use std::rc::Rc;

use crate::error::{Error, Result};
use crate::net::Net;

use super::argument::whole;
use super::held::Held;
use super::value::Value;

/// The method that says the number.
const METHOD: &str = "fileno";

/// The descriptor a value stands for. A number, and what a method of the script's says, is judged by the policy, unless it is
/// one of the runtime's own sockets.
///
/// # Errors
/// `TypeError` for what is none of these, `ValueError` for a negative number (that of a closed socket), `OverflowError`;
/// the policy's refusal.
pub(super) fn descriptor(net: &Net, held: &dyn Held, op: &'static str) -> Result<RawFd> {
    let (number, is_told) = match held.value() {
        Value::Socket(socket) => (i64::from(socket.fd()), false),
        Value::File(file) => (i64::from(file.fileno()?), false),
        Value::Epoll(set) => (i64::from(set.fileno()?), false),
        value => match whole(&value) {
            Some(number) => (number, true),
            None => (ask(held)?, true),
        },
    };
    let fd =
        RawFd::try_from(number).map_err(|_| Error::overflow("Python int too large to convert to C int"))?;
    if fd < 0 {
        return Err(Error::value(format!(
            "file descriptor cannot be a negative integer ({fd})"
        )));
    }
    if is_told {
        net.check_number(fd, op)?;
    }
    Ok(fd)
}

fn ask(held: &dyn Held) -> Result<i64> {
    match held.ask(METHOD)? {
        None => Err(Error::type_error(
            "argument must be an int, or have a fileno() method.",
        )),
        Some(answer) => whole(&answer).ok_or_else(|| Error::type_error("fileno() returned a non-integer")),
    }
}

/// Whether two values are the same thing.
pub(super) fn is_same(one: &dyn Held, other: &dyn Held) -> bool {
    match (one.value(), other.value()) {
        (Value::Socket(one), Value::Socket(other)) => Rc::ptr_eq(&one, &other),
        (Value::File(one), Value::File(other)) => Rc::ptr_eq(&one, &other),
        (Value::Epoll(one), Value::Epoll(other)) => Rc::ptr_eq(&one, &other),
        (one_value, other_value) => match (whole(&one_value), whole(&other_value)) {
            (Some(one), Some(other)) => one == other,
            (None, None) => one.identity().is_some() && one.identity() == other.identity(),
            _ => false,
        },
    }
}
