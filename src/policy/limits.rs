//! How much of the machine a script may use: the numbers. Who counts is the room that hands out what is counted.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Limits of one runtime; what is not set is not limited.
///
/// ```
/// use std::time::Duration;
/// use wirescript::policy::Limits;
///
/// let limits = Limits::default().timeout(Duration::from_secs(10)).sockets(100);
/// assert_eq!(limits.sockets, Some(100));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Limits {
    /// How long scripts may run, waits included.
    #[serde(with = "seconds", skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Duration>,
    /// Bytes the engine may hold, and as many again in buffers and `bytearray`s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<usize>,
    /// Instructions of Lua's machine, or steps of Rhai's, to the next thousand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instructions: Option<u64>,
    /// Sockets open at once, and sets of `select.epoll`, which have a descriptor each as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sockets: Option<usize>,
    /// Tasks alive at once, the main chunk included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tasks: Option<usize>,
    /// Bytes sent by all sockets together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent: Option<u64>,
    /// Bytes received by all sockets together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub received: Option<u64>,
    /// Bytes of the largest single buffer or `bytearray`, however it came to its length, and of what is asked to be received at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub buffer: Option<usize>,
}

macro_rules! setters {
    ($($name:ident: $type:ty, $doc:literal;)*) => {
        impl Limits {
            $(
                #[doc = $doc]
                #[must_use]
                pub const fn $name(mut self, most: $type) -> Self {
                    self.$name = Some(most);
                    self
                }
            )*

            /// The narrower of each two limits.
            #[must_use]
            pub fn within(mut self, others: &Self) -> Self {
                $(self.$name = self.$name.into_iter().chain(others.$name).min();)*
                self
            }

            /// These limits, and where they set none, those of `others`.
            #[must_use]
            pub fn or(mut self, others: &Self) -> Self {
                $(self.$name = self.$name.or(others.$name);)*
                self
            }

            /// Whether anything is limited.
            #[must_use]
            pub fn any(&self) -> bool {
                *self != Self::default()
            }
        }
    };
}

setters! {
    timeout: Duration, "How long scripts may run, waits included.";
    memory: usize, "Bytes the engine may hold.";
    instructions: u64, "Instructions scripts may execute.";
    sockets: usize, "Sockets open at once.";
    tasks: usize, "Tasks alive at once, the main chunk included.";
    sent: u64, "Bytes sent by all sockets together.";
    received: u64, "Bytes received by all sockets together.";
    buffer: usize, "Bytes of the largest single buffer.";
}

/// Durations as seconds, whole or not.
mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

    pub(super) fn serialize<S: Serializer>(duration: &Option<Duration>, to: S) -> Result<S::Ok, S::Error> {
        duration.map(|duration| duration.as_secs_f64()).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
        let seconds = f64::deserialize(from)?;
        Duration::try_from_secs_f64(seconds)
            .map(Some)
            .map_err(|_| de::Error::custom(format!("{seconds} is no number of seconds")))
    }
}

/// A number of bytes as people write it: `4096`, or with `k`, `M` or `G` for a thousand, a million, a billion.
pub(crate) fn number_of_bytes(text: &str) -> Option<u64> {
    let (number, unit) = match text.as_bytes().last()? {
        b'k' | b'K' => (&text[..text.len() - 1], 1_000),
        b'm' | b'M' => (&text[..text.len() - 1], 1_000_000),
        b'g' | b'G' => (&text[..text.len() - 1], 1_000_000_000),
        _ => (text, 1),
    };
    number.parse::<u64>().ok()?.checked_mul(unit)
}
