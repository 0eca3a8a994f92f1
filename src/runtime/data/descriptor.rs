//! A descriptor that passes between the host and a script.

use std::cell::RefCell;
use std::fmt;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::rc::Rc;

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

use crate::error::{Error, Result};
use crate::net::Socket;
use crate::sys::errno::Errno;

use super::super::value::Value;
use super::{claims, hand_over, read};

/// A socket's descriptor on its way into a script or out of one: as a value, or anywhere inside data.
///
/// Handed in, it becomes a socket of the script's, which owns it from then on; the policy is not asked, as it is the host
/// that gives it. Taken out, it is the host's: the script's socket is closed then, as by `detach()`. Where a conversion
/// fails nothing has been taken out.
///
/// ```
/// # #[cfg(feature = "lua")] {
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
pub struct Descriptor(Rc<RefCell<State>>);

/// Where the descriptor is.
enum State {
    Here(OwnedFd),
    /// In a script's socket, which is asked for it when all else has been converted.
    Claimed(Rc<Socket>),
    Gone,
}

impl Descriptor {
    /// A `TcpStream`, `TcpListener`, `UdpSocket`, `UnixStream`, … or `OwnedFd`, ready to be handed over.
    ///
    /// ```
    /// # use wirescript::Descriptor;
    /// let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    /// let descriptor = Descriptor::new(listener);
    /// ```
    pub fn new(owner: impl Into<OwnedFd>) -> Self {
        Self(Rc::new(RefCell::new(State::Here(owner.into()))))
    }

    /// A script's socket, as the host will have it.
    fn claim(socket: Rc<Socket>) -> Self {
        let claimed = Self(Rc::new(RefCell::new(State::Claimed(socket))));
        claims::claim(&claimed);
        claimed
    }

    fn claimed(&self) -> Option<Rc<Socket>> {
        match &*self.0.borrow() {
            State::Claimed(socket) => Some(socket.clone()),
            State::Here(_) | State::Gone => None,
        }
    }

    /// Whether somebody beside the note of its claim holds it.
    pub(super) fn is_wanted(&self) -> bool {
        Rc::strong_count(&self.0) > 1
    }

    /// Whether it can be taken out of its socket, beside these.
    ///
    /// # Errors
    /// `EBADF` when the socket is closed, `ValueError` when one of the others is the same.
    pub(super) fn check(&self, others: &[Self]) -> Result<()> {
        let Some(socket) = self.claimed() else {
            return Ok(());
        };
        if socket.fd() < 0 {
            return Err(Error::os(Errno::BADF.0).during("detach"));
        }
        let is_same = |other: &Self| other.claimed().is_some_and(|other| Rc::ptr_eq(&other, &socket));
        if others.iter().any(is_same) {
            return Err(Error::value("the same socket is taken out twice"));
        }
        Ok(())
    }

    /// Takes it out of its socket.
    ///
    /// # Errors
    /// `EBADF` when that was closed.
    pub(super) fn settle(&self) -> Result<()> {
        if let Some(socket) = self.claimed() {
            let fd = socket.hand_over()?;
            *self.0.borrow_mut() = State::Here(fd);
        }
        Ok(())
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
        // Whoever takes it in the middle of a conversion does not wait for its end.
        self.settle()?;
        match self.0.replace(State::Gone) {
            State::Here(fd) => Ok(fd),
            State::Claimed(_) | State::Gone => {
                Err(Error::value("the descriptor has been handed over already"))
            }
        }
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
            Value::Socket(socket) => Ok(Self::claim(socket)),
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
            State::Here(fd) => write!(f, "Descriptor({})", fd.as_raw_fd()),
            State::Claimed(socket) => write!(f, "Descriptor({})", socket.fd()),
            State::Gone => f.write_str("Descriptor(handed over)"),
        }
    }
}
