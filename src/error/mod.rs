//! The one error type. Every floor above `sys` fails with [`Error`]; scripts see it as an object.
//!
//! `class` has Python's exception classes and their tree; `detail` is what an error holds; `explain` has the likely cause of a failed operation, `origin` makes
//! errors of the system's numbers, `made` what an error has that a script made, `panic` whose fault one is, `tls` what one of TLS has, `asked` what the script asked for; `show` is how it reads.

mod asked;
mod class;
mod detail;
mod explain;
mod made;
mod origin;
mod panic;
mod show;
mod tls;
mod trace;

use std::borrow::Cow;
use std::fmt;
use std::path::Path;

pub(crate) use asked::Asked;
pub use class::Class;
pub(crate) use made::{Argument, Made};
pub(crate) use panic::hosted;
pub(crate) use tls::TlsDetail;
pub use trace::Place;
pub(crate) use trace::Trace;

use crate::address::Address;
use crate::sys::errno::Errno;

use detail::{Detail, Rare};

/// What every fallible operation returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error, with everything a script or a host may want to know about it.
///
/// Its text is the last line of CPython's traceback for the same failure; a second line names the operation, the
/// address and the likely cause.
///
/// ```
/// # #[cfg(feature = "lua")] {
/// use wirescript::{Class, Policy, Runtime};
///
/// let mut runtime = Runtime::builder().policy(Policy::allow_all()).build()?;
/// let error = runtime.run("peer", "local a, b = socket.socketpair() b:close()\na:send('x')").unwrap_err();
/// assert_eq!(error.class(), Class::BrokenPipeError);
/// assert!(error.class().is_a(Class::OSError) && !error.denied());
/// assert_eq!((error.errno(), error.code(), error.op()), (Some(32), Some("EPIPE"), Some("send")));
/// assert_eq!(error.headline(), "BrokenPipeError: [Errno 32] Broken pipe");
/// assert_eq!(error.place().map(|place| place.to_string()).as_deref(), Some("peer:2"));
///
/// // What a function of the host's returns, scripts catch as the same kind of object.
/// let full = wirescript::Error::os_with_text(28, "the shelf is full").during("store");
/// assert_eq!((full.class(), full.code()), (Class::OSError, Some("ENOSPC")));
/// # }
/// # Ok::<(), wirescript::Error>(())
/// ```
#[derive(Clone)]
pub struct Error(Box<Detail>);

impl Error {
    /// An error of `class` with this text.
    pub fn new(class: Class, text: impl Into<Cow<'static, str>>) -> Self {
        Self::make(class, None, Some(text.into()))
    }

    /// Never part of its caller: the details lie on the stack for a moment.
    #[cold]
    #[inline(never)]
    fn make(class: Class, errno: Option<i32>, text: Option<Cow<'static, str>>) -> Self {
        Self(Box::new(Detail::new(class, errno, text)))
    }

    /// `TypeError`.
    pub fn type_error(text: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Class::TypeError, text)
    }

    /// `ValueError`.
    pub fn value(text: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Class::ValueError, text)
    }

    /// `OverflowError`.
    pub fn overflow(text: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Class::OverflowError, text)
    }

    /// `RuntimeError`.
    pub fn runtime(text: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Class::RuntimeError, text)
    }

    /// `MemoryError`: `what` was too large to be had.
    pub fn memory(what: impl fmt::Display) -> Self {
        Self::new(Class::MemoryError, format!("cannot allocate {what}"))
    }

    /// `TimeoutError: timed out`: the time a script set is over (the system's own `ETIMEDOUT` carries a number).
    pub fn timed_out() -> Self {
        Self::new(Class::TimeoutError, "timed out")
    }

    /// `OSError` or the child of it that Python raises for this number.
    pub fn os(errno: i32) -> Self {
        Self::from(Errno(errno))
    }

    /// `OSError(errno, text)` with a text of the caller's own.
    pub fn os_with_text(errno: i32, text: impl Into<Cow<'static, str>>) -> Self {
        Self::numbered(Class::of_errno(Errno(errno)), errno, text)
    }

    /// An error of a class with Python's `(number, text)` arguments: `gaierror`, `herror`.
    pub fn numbered(class: Class, number: i32, text: impl Into<Cow<'static, str>>) -> Self {
        Self::make(class, Some(number), Some(text.into()))
    }

    /// `SystemExit` with this status.
    pub fn exit(status: i32) -> Self {
        let mut error = Self::new(Class::SystemExit, status.to_string());
        error.rare_mut().status = Some(status);
        error.with_arguments(vec![Argument::Int(status.into())])
    }

    /// `SystemExit` with a text for stderr; the status is 1.
    pub fn exit_with_text(text: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Class::SystemExit, text)
    }

    /// A refusal by the policy: `PermissionError` with `denied` set.
    pub fn refused(text: impl Into<Cow<'static, str>>) -> Self {
        let mut error = Self::os_with_text(Errno::ACCES.0, text);
        error.detail().denied = true;
        error
    }

    /// `AttributeError`: such an object has no attribute of this name.
    pub(crate) fn no_attribute(kind: &str, name: &str) -> Self {
        let text = format!("'{kind}' object has no attribute '{name}'");
        Self::new(Class::AttributeError, text)
    }

    /// Adds the name that was probably meant, where one is known.
    #[must_use]
    pub(crate) fn suggesting(self, meant: Option<&str>) -> Self {
        self.hinting(meant.map(|meant| format!("Did you mean: '{meant}'?")))
    }

    /// Adds a sentence that helps, where there is one.
    #[must_use]
    pub(crate) fn hinting(mut self, hint: Option<String>) -> Self {
        if hint.is_some() {
            self.rare_mut().hint = hint;
        }
        self
    }

    /// A file that could not be read.
    pub fn file(path: &Path, error: &std::io::Error) -> Self {
        let errno = Errno(error.raw_os_error().unwrap_or(Errno::INVAL.0));
        Self::from(errno).with_filename(&path.to_string_lossy())
    }

    /// Names the file concerned.
    #[must_use]
    pub(crate) fn with_filename(mut self, name: &str) -> Self {
        self.rare_mut().filename = Some(name.to_owned());
        self
    }

    /// Names the operation that failed, unless a deeper one is named already.
    #[must_use]
    pub fn during(mut self, op: &'static str) -> Self {
        if self.0.op.is_none() {
            self.detail().op = Some(op);
        }
        self
    }

    /// Names the address concerned, unless one is named already.
    #[must_use]
    pub fn at(mut self, address: &Address) -> Self {
        if self.0.address.is_none() {
            self.detail().address = Some(Box::new(address.clone()));
        }
        self
    }

    /// Notes at which end of a connection it was, unless an address is known.
    #[must_use]
    pub(crate) fn between(mut self, party: impl FnOnce() -> Option<Address>) -> Self {
        if self.0.address.is_none() && self.0.party.is_none() {
            self.detail().party = party().map(Box::new);
        }
        self
    }

    /// Says what led to it, where the place that failed knows better than the general rules do.
    #[must_use]
    pub(crate) fn because(mut self, cause: String) -> Self {
        self.rare_mut().cause = Some(cause);
        self
    }

    /// Keeps the bytes that had been read before the failure.
    #[must_use]
    pub fn with_partial(mut self, bytes: Vec<u8>) -> Self {
        self.rare_mut().partial = Some(bytes);
        self
    }

    /// Keeps the number of bytes that had left before the failure.
    #[must_use]
    pub fn with_sent(mut self, sent: u64) -> Self {
        self.rare_mut().sent = Some(sent);
        self
    }

    /// Puts `prefix` before the text: where a whole call is concerned and not one argument.
    #[must_use]
    pub fn in_context(mut self, prefix: &str) -> Self {
        let text = format!("{prefix}{}", self.text());
        self.detail().text = Some(text.into());
        self
    }

    /// Notes where in the script it was raised.
    pub(crate) fn set_trace(&mut self, trace: Trace) {
        self.detail().trace = trace;
    }

    /// Adds what the engine knows of where it was raised, unless that is known: the place, and its own traceback.
    #[must_use]
    #[cfg(any(feature = "lua", feature = "rhai"))]
    pub(crate) fn located(mut self, place: Option<Place>, calls: Option<String>) -> Self {
        if let Some(place) = place.filter(|_| self.place().is_none()) {
            let mut trace = Trace::default();
            trace.push(place);
            self.set_trace(trace);
        }
        if calls.is_some() {
            self.rare_mut().calls = calls;
        }
        self
    }

    fn detail(&mut self) -> &mut Detail {
        &mut self.0
    }

    fn rare(&self) -> &Rare {
        self.0.rare()
    }

    fn rare_mut(&mut self) -> &mut Rare {
        self.0.rare_mut()
    }

    fn text(&self) -> Cow<'_, str> {
        match (&self.0.text, self.0.errno) {
            (Some(text), _) => Cow::Borrowed(text),
            (None, Some(number)) => Cow::Owned(Errno(number).text()),
            (None, None) => Cow::Borrowed(""),
        }
    }

    /// The Python class.
    pub fn class(&self) -> Class {
        self.0.class
    }

    /// The number: an errno, or the resolver's own for `gaierror` and `herror`.
    pub fn errno(&self) -> Option<i32> {
        self.0.errno
    }

    /// The number's symbol: `ECONNREFUSED`, `EAI_NONAME`.
    pub fn code(&self) -> Option<&'static str> {
        match (self.0.class, self.0.errno?) {
            (Class::gaierror, number) => {
                crate::constants::name_of(crate::constants::Group::AddrInfoError, i64::from(number))
            }
            (Class::herror, _) => None,
            (class, _) if class.is_a(Class::SSLError) => None,
            (_, number) => Errno(number).name(),
        }
    }

    /// The system's text for the number, without the number.
    pub fn strerror(&self) -> Option<Cow<'_, str>> {
        self.0.errno.map(|_| self.text())
    }

    /// The file concerned.
    pub fn filename(&self) -> Option<&str> {
        self.rare().filename.as_deref()
    }

    /// The operation that failed: `connect`.
    pub fn op(&self) -> Option<&'static str> {
        self.0.op
    }

    /// The peer or local address concerned.
    pub fn address(&self) -> Option<&Address> {
        self.0.address.as_deref().or(self.0.party.as_deref())
    }

    /// The one that the text tells of.
    fn told_address(&self) -> Option<&Address> {
        self.0.address.as_deref()
    }

    /// Bytes read before the failure.
    pub fn partial(&self) -> Option<&[u8]> {
        self.rare().partial.as_deref()
    }

    /// Bytes that left before the failure.
    pub fn sent(&self) -> Option<u64> {
        self.rare().sent
    }

    /// Whether the policy refused.
    pub fn denied(&self) -> bool {
        self.0.denied
    }

    /// The status a script asked the program to end with: 1 where it gave a text instead.
    pub fn status(&self) -> Option<i32> {
        (self.0.class == Class::SystemExit).then(|| self.rare().status.unwrap_or(1))
    }

    /// The text a script asked the program to end with.
    pub fn last_words(&self) -> Option<Cow<'_, str>> {
        (self.0.class == Class::SystemExit && self.rare().status.is_none()).then(|| self.text())
    }

    /// Where in the script it was raised.
    pub fn place(&self) -> Option<&Place> {
        self.0.trace.first()
    }

    /// The script's calls when it was raised, one a line, innermost first, in the engine's own words where it has some.
    pub fn traceback(&self) -> Option<String> {
        let trace = || self.place().map(|_| self.0.trace.to_string());
        self.rare().calls.clone().or_else(trace)
    }
}

/// The name closest to `name`, if one is close enough to have been meant.
pub(crate) fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    nearest_within(name, 3, names)
}

/// As [`nearest`], with no more than so many slips: fewer in short names, as CPython counts them, since any short name is a few
/// slips from some other.
pub(crate) fn nearest_within<'a>(
    name: &str,
    slips: usize,
    names: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    names
        // What is much longer is not meant, and would take long to compare.
        .filter(|known| name.len() <= (known.len() + slips) * char::MAX.len_utf8())
        .map(|known| (strsim::damerau_levenshtein(name, known), known))
        .filter(|(distance, known)| *distance <= slips.min((name.len() + known.len() + 3) / 6))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[test]
    fn the_text_is_cpythons_last_line_and_where() {
        let error = Error::os(libc_refused()).during("connect").at(&Address::Inet {
            ip: Ipv4Addr::LOCALHOST,
            port: 1,
        });
        let text = error.to_string();
        let mut lines = text.lines();
        assert_eq!(
            lines.next(),
            Some("ConnectionRefusedError: [Errno 111] Connection refused")
        );
        assert!(
            lines
                .next()
                .is_some_and(|line| line.starts_with("  in connect, address ('127.0.0.1', 1)"))
        );
        assert_eq!(error.code(), Some("ECONNREFUSED"));
        assert_eq!(error.strerror().as_deref(), Some("Connection refused"));
    }

    fn libc_refused() -> i32 {
        Errno::CONNREFUSED.0
    }

    #[test]
    fn a_timeout_of_ours_has_no_number() {
        let error = Error::timed_out();
        assert_eq!((error.errno(), &*error.message()), (None, "timed out"));
        assert_eq!(error.headline(), "TimeoutError: timed out");
    }
}
