//! A descriptor that passes between the host and a script.

use std::cell::RefCell;
use std::fmt;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::rc::Rc;

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

use crate::error::{Error, Result};

use super::super::value::Value;
use super::{hand_over, read};

/// A socket's descriptor on its way into a script or out of one: as a value, or anywhere inside data.
///
/// Handed in, it becomes a socket of the script's, which owns it from then on; the policy is not asked, as it is the host
/// that gives it. Taken out, it is the host's: the script's socket is closed then, as by `detach()`.
///
/// ```
/// # #[cfg(feature = "lua54")] {
/// use std::io::{Read, Write};
/// use std::os::unix::net::UnixStream;
/// use wirescript::{Descriptor, Runtime};
///
/// let (mut ours, theirs) = UnixStream::pair().expect("two streams");
/// let mut runtime = Runtime::builder().build()?;
/// runtime.set("conn", Descriptor::new(theirs))?;
/// runtime.run("greet", "conn:sendall('hello')")?;
/// let mut text = [0; 5];
/// ours.read_exact(&mut text).expect("a greeting");
/// assert_eq!(&text, b"hello");
///
/// let mut back = UnixStream::from(runtime.eval::<Descriptor>("conn")?.into_fd()?);
/// back.write_all(b"bye").expect("it is a stream again");
/// # }
/// # Ok::<(), wirescript::Error>(())
/// ```
#[derive(Clone)]
pub struct Descriptor(Rc<RefCell<Option<OwnedFd>>>);

impl Descriptor {
    /// A `TcpStream`, `TcpListener`, `UdpSocket`, `UnixStream`, … or `OwnedFd`, ready to be handed over.
    ///
    /// ```
    /// # use wirescript::Descriptor;
    /// let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    /// let descriptor = Descriptor::new(listener);
    /// ```
    pub fn new(owner: impl Into<OwnedFd>) -> Self {
        Self(Rc::new(RefCell::new(Some(owner.into()))))
    }

    /// The descriptor itself: `TcpStream::from(descriptor.into_fd()?)`.
    ///
    /// # Errors
    /// `ValueError` when it was handed over already, by this or by a clone.
    ///
    /// ```
    /// # use wirescript::Descriptor;
    /// let socket = std::net::UdpSocket::bind("127.0.0.1:0").expect("a port");
    /// let socket = std::net::UdpSocket::from(Descriptor::new(socket).into_fd()?);
    /// # Ok::<(), wirescript::Error>(())
    /// ```
    pub fn into_fd(self) -> Result<OwnedFd> {
        self.take()
    }

    pub(crate) fn take(&self) -> Result<OwnedFd> {
        let taken = self.0.borrow_mut().take();
        taken.ok_or_else(|| Error::value("the descriptor has been handed over already"))
    }
}

impl Serialize for Descriptor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        hand_over(Value::Descriptor(self.clone()), serializer)
    }
}

impl<'de> Deserialize<'de> for Descriptor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        match deserializer.deserialize_any(read::ToValue)? {
            Value::Descriptor(descriptor) => Ok(descriptor),
            Value::Socket(socket) => socket.hand_over().map(Self::new).map_err(D::Error::custom),
            other => Err(D::Error::custom(format!(
                "invalid type: {}, expected a socket",
                other.kind()
            ))),
        }
    }
}

impl fmt::Debug for Descriptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0.borrow() {
            Some(fd) => write!(f, "Descriptor({})", fd.as_raw_fd()),
            None => f.write_str("Descriptor(handed over)"),
        }
    }
}
