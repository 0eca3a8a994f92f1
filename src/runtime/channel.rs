//! Channels between the host's threads and scripts.

use std::fmt;
use std::time::{Duration, Instant};

use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use serde::ser::{Serialize, Serializer};

use crate::api;
use crate::error::{Error, Result};
use crate::worker::{Content, Draft, Link};

use super::data::hand_over;
use super::value::{Value, read};

/// A queue of values between threads: the host's have this, scripts the object that `worker.channel` makes
/// (`send`, `recv`, `close`). A script that waits in `recv` lets the other tasks run, and a value that another thread sends
/// makes a turn due ([`Runtime::as_fd`](crate::Runtime::as_fd)). Clones are the same channel, and as many threads and
/// runtimes may have it as like. It goes to a script as any value does, and comes back as one.
///
/// ```
/// # #[cfg(feature = "lua")] {
/// use std::time::Duration;
/// use wirescript::{Channel, Runtime};
///
/// let (orders, answers) = (Channel::new(), Channel::new());
/// let (to, from) = (orders.clone(), answers.clone());
/// let other = std::thread::spawn(move || -> wirescript::Result<i64> {
///     to.send(("double", 21))?;
///     let answer = from.recv(Some(Duration::from_secs(10)))?;
///     to.close();
///     Ok(answer)
/// });
///
/// let mut runtime = Runtime::builder().build()?;
/// runtime.set("orders", &orders)?;
/// runtime.set("answers", &answers)?;
/// runtime.run("serve", "local order = orders:recv() answers:send(order[2] * 2)")?;
/// assert_eq!(other.join().expect("it does not panic")?, 42);
/// # }
/// # Ok::<(), wirescript::Error>(())
/// ```
#[derive(Clone)]
pub struct Channel(Link);

impl Default for Channel {
    fn default() -> Self {
        Self::new()
    }
}

impl Channel {
    /// A channel in which any number of values may wait.
    ///
    /// ```
    /// assert!(wirescript::Channel::new().is_empty());
    /// ```
    pub fn new() -> Self {
        Self(Link::new(None))
    }

    pub(super) const fn of(link: Link) -> Self {
        Self(link)
    }

    pub(super) fn link(&self) -> Link {
        self.0.clone()
    }

    /// Whether both are the same channel.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.0.is(&other.0)
    }

    /// Sends plain data, or another channel: anything serde can serialize. It never waits, whatever the capacity that a
    /// script has made the channel with. What waits in it is the sender's to bound ([`Channel::len`]): no limit of a runtime
    /// counts it.
    ///
    /// # Errors
    /// `ShutDown` when the channel is closed; `TypeError` for sockets, functions and errors, which belong to a thread;
    /// `OverflowError` and `ValueError` as with [`Value::of`].
    ///
    /// ```
    /// # use wirescript::{Channel, Class};
    /// let channel = Channel::new();
    /// channel.send("work")?;
    /// assert_eq!(channel.len(), 1);
    /// channel.close();
    /// assert_eq!(channel.send("more").expect_err("it is closed").class(), Class::ShutDown);
    /// # Ok::<(), wirescript::Error>(())
    /// ```
    pub fn send(&self, value: impl Serialize) -> Result<()> {
        let content = content(Value::of(&value)?)?;
        self.0.post(Draft::new(vec![content], Vec::new()))
    }

    /// Receives a value that scripts or other threads have sent; blocks the thread while there is none, no longer than
    /// `timeout`. For threads on which no runtime's scripts would have to run to send it: the thread stands still.
    ///
    /// # Errors
    /// `TimeoutError`; `ShutDown` when the channel is closed and empty; `TypeError` when the value, which has left the
    /// channel then, is no `T`, or holds a socket.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use wirescript::{Channel, Class};
    /// let channel = Channel::new();
    /// channel.send(7)?;
    /// assert_eq!(channel.recv::<i64>(None)?, 7);
    /// let late = channel.recv::<i64>(Some(Duration::ZERO)).expect_err("nothing comes");
    /// assert_eq!(late.class(), Class::TimeoutError);
    /// # Ok::<(), wirescript::Error>(())
    /// ```
    pub fn recv<T: DeserializeOwned>(&self, timeout: Option<Duration>) -> Result<T> {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let delivery = self.0.take(deadline)?;
        let value = api::unpack(&delivery).pop().unwrap_or(api::Value::None);
        read(value, None).to()
    }

    /// Closes it: nothing more can be sent, what waits can still be received, and who waits is told.
    ///
    /// ```
    /// # use wirescript::Channel;
    /// let channel = Channel::new();
    /// channel.close();
    /// assert!(channel.is_closed());
    /// ```
    pub fn close(&self) {
        self.0.close();
    }

    /// Whether it was closed.
    ///
    /// ```
    /// assert!(!wirescript::Channel::new().is_closed());
    /// ```
    pub fn is_closed(&self) -> bool {
        self.0.is_closed()
    }

    /// Values that wait to be received.
    ///
    /// ```
    /// assert_eq!(wirescript::Channel::new().len(), 0);
    /// ```
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no value waits.
    ///
    /// ```
    /// assert!(wirescript::Channel::new().is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A value as what may go to another thread.
fn content(value: Value) -> Result<Content> {
    Ok(match value {
        Value::None => Content::None,
        Value::Bool(flag) => Content::Bool(flag),
        Value::Int(number) => Content::Int(number),
        Value::Float(number) => Content::Float(number),
        Value::Text(text) => Content::Text(text),
        Value::Bytes(bytes) => Content::Bytes(bytes),
        Value::List(items) => {
            let items = items.into_iter().map(|item| match content(item)? {
                // A list must not have holes.
                Content::None => Ok(Content::Null),
                item => Ok(item),
            });
            Content::List(items.collect::<Result<_>>()?)
        }
        Value::Map(entries) => {
            let entries = entries.into_iter().map(|(key, value)| Ok((key, content(value)?)));
            Content::Map(entries.collect::<Result<_>>()?)
        }
        Value::Channel(channel) => Content::Link(channel.0),
        other => {
            let kind = other.kind();
            return Err(Error::type_error(format!(
                "a value of kind {kind} cannot be sent from a thread of the host's: plain data and channels can"
            )));
        }
    })
}

impl Serialize for Channel {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        hand_over(Value::Channel(self.clone()), serializer)
    }
}

impl<'de> Deserialize<'de> for Channel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Channel(channel) => Ok(channel),
            other => Err(serde::de::Error::custom(format!(
                "invalid type: {}, expected a channel",
                other.kind()
            ))),
        }
    }
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
