//! Values of a script that operations keep as they are: what a channel carries. Whatever the language has can be kept,
//! and what comes out is the very thing that went in.

use std::any::Any;
use std::fmt;
use std::rc::Rc;

use crate::error::{Class, Result};
use crate::net::Net;

use super::value::Value;

/// A value that is kept.
pub(crate) trait Held {
    /// What operations can know of it: what a table or map holds is left aside.
    fn value(&self) -> Value;

    /// Calls its method of this name, without arguments; none where it has no such method.
    ///
    /// # Errors
    /// What the method raises.
    fn ask(&self, method: &str) -> Result<Option<Value>>;

    /// What tells it from others, where the language has things that are the same or not.
    fn identity(&self) -> Option<usize>;

    /// For the language's own use.
    fn as_any(&self) -> &dyn Any;
}

impl fmt::Debug for dyn Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Held")
    }
}

/// A channel for values of scripts.
pub(crate) type Channel = crate::sched::Channel<Rc<dyn Held>>;

/// The next item of an object that a loop walks through, none after the last; none at all for an object that is not
/// walked through.
pub(crate) fn next_of(net: &Rc<Net>, walked: &Value) -> Option<Result<Option<Value>>> {
    match walked {
        Value::Steps(steps) => Some(steps.next()),
        Value::Link(channel) => Some(match super::parcel::receive(net, channel, None) {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.class() == Class::ShutDown => Ok(None),
            Err(error) => Err(error),
        }),
        Value::Channel(channel) => Some(match net.sched().receive(channel, None) {
            Ok(value) => Ok(value.map(Value::Held)),
            Err(error) if error.class() == Class::ShutDown => Ok(None),
            Err(error) => Err(error),
        }),
        _ => None,
    }
}
