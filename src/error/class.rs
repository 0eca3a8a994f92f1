//! Python's exception classes, as far as a socket program can meet them, and which is a child of which.

use crate::sys::errno::Errno;

macro_rules! classes {
    ($($name:ident < $parent:ident, $doc:literal;)*) => {
        /// A class of errors, by its Python name.
        ///
        /// ```
        /// use wirescript::Class;
        ///
        /// assert_eq!(Class::ConnectionRefusedError.name(), "ConnectionRefusedError");
        /// assert!(Class::ConnectionRefusedError.is_a(Class::OSError));
        /// assert!(!Class::ValueError.is_a(Class::OSError));
        /// ```
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[non_exhaustive]
        #[allow(clippy::upper_case_acronyms, non_camel_case_types, reason = "Python's own spelling")]
        pub enum Class {
            /// The root of all classes.
            BaseException,
            $(#[doc = $doc] $name,)*
        }

        impl Class {
            /// Every class, parents before children.
            pub const ALL: &[Self] = &[Self::BaseException, $(Self::$name,)*];

            /// The Python name: `ConnectionRefusedError`.
            pub const fn name(self) -> &'static str {
                match self {
                    Self::BaseException => "BaseException",
                    $(Self::$name => stringify!($name),)*
                }
            }

            /// What it means, in a sentence.
            pub const fn meaning(self) -> &'static str {
                match self {
                    Self::BaseException => "The root of all classes.",
                    $(Self::$name => $doc,)*
                }
            }

            /// The class this one is a child of.
            pub const fn parent(self) -> Option<Self> {
                match self {
                    Self::BaseException => None,
                    $(Self::$name => Some(Self::$parent),)*
                }
            }
        }
    };
}

classes! {
    Exception < BaseException, "The parent of all ordinary errors.";
    KeyboardInterrupt < BaseException, "Ctrl-C.";
    SystemExit < BaseException, "`sys.exit` was called.";
    GeneratorExit < BaseException, "A generator was closed.";
    BaseExceptionGroup < BaseException, "Several errors at once.";
    CancelledError < BaseException, "The task was cancelled.";
    ArithmeticError < Exception, "A calculation failed.";
    FloatingPointError < ArithmeticError, "A calculation with floats failed.";
    OverflowError < ArithmeticError, "A number does not fit where it must go.";
    ZeroDivisionError < ArithmeticError, "Division by zero.";
    AssertionError < Exception, "An assertion failed.";
    AttributeError < Exception, "An object has no such attribute.";
    BufferError < Exception, "A buffer in use cannot be changed in this way.";
    EOFError < Exception, "Input ended where more was needed.";
    ExceptionGroup < Exception, "Several ordinary errors at once.";
    ImportError < Exception, "A module could not be loaded.";
    ModuleNotFoundError < ImportError, "There is no such module.";
    LookupError < Exception, "A key or index was not found.";
    IndexError < LookupError, "An index is out of range.";
    KeyError < LookupError, "There is no such key.";
    MemoryError < Exception, "Memory, or a limit set on it, is exhausted.";
    LimitError < Exception, "A limit of the runtime is exhausted.";
    NameError < Exception, "There is no such name.";
    UnboundLocalError < NameError, "A variable has no value yet.";
    OSError < Exception, "The system refused; `errno` says why. Also `socket.error`.";
    BlockingIOError < OSError, "A non-blocking call would have to wait.";
    ChildProcessError < OSError, "A child process operation failed.";
    ConnectionError < OSError, "The parent of connection errors.";
    BrokenPipeError < ConnectionError, "Writing to a connection whose other end is closed.";
    ConnectionAbortedError < ConnectionError, "The peer gave the connection up.";
    ConnectionRefusedError < ConnectionError, "Nobody listens there.";
    ConnectionResetError < ConnectionError, "The peer reset the connection.";
    FileExistsError < OSError, "The file exists.";
    FileNotFoundError < OSError, "There is no such file.";
    InterruptedError < OSError, "A call was interrupted.";
    IsADirectoryError < OSError, "A directory where a file is needed.";
    NotADirectoryError < OSError, "A file where a directory is needed.";
    PermissionError < OSError, "Not permitted, by the system or by the policy (then `denied` is true).";
    ProcessLookupError < OSError, "There is no such process.";
    TimeoutError < OSError, "The time set for a call is over. Also `socket.timeout`.";
    SSLError < OSError, "TLS failed: `ssl.SSLError`; `reason` says why.";
    SSLZeroReturnError < SSLError, "The peer has ended TLS, as it should.";
    SSLWantReadError < SSLError, "A non-blocking call of TLS would have to wait for bytes of the peer.";
    SSLWantWriteError < SSLError, "A non-blocking call of TLS would have to wait for room.";
    SSLSyscallError < SSLError, "The system failed below TLS.";
    SSLEOFError < SSLError, "The stream ended without the peer's saying so: it may be cut off.";
    SSLCertVerificationError < SSLError, "The peer's certificate is not to be believed; `verify_message` says why.";
    gaierror < OSError, "A name could not be resolved: `socket.gaierror`.";
    herror < OSError, "A host could not be looked up: `socket.herror`.";
    UnsupportedOperation < OSError, "A file does not allow this: `io.UnsupportedOperation`.";
    ReferenceError < Exception, "An object is gone.";
    RuntimeError < Exception, "Something that fits no other class.";
    NotImplementedError < RuntimeError, "This platform or family has no such operation.";
    RecursionError < RuntimeError, "Calls are nested too deeply.";
    StopIteration < Exception, "An iterator has no more items.";
    ShutDown < Exception, "A channel is closed: `queue.ShutDown`, and `task.ShutDown` here.";
    StructError < Exception, "A format and what is packed or unpacked do not fit: `struct.error`.";
    StopAsyncIteration < Exception, "An asynchronous iterator has no more items.";
    SyntaxError < Exception, "A script could not be understood.";
    IndentationError < SyntaxError, "A script is indented wrongly.";
    TabError < IndentationError, "Tabs and spaces are mixed.";
    SystemError < Exception, "The interpreter failed.";
    TypeError < Exception, "An argument is of the wrong kind.";
    ValueError < Exception, "An argument is of the right kind but makes no sense.";
    JSONDecodeError < ValueError, "Text is not JSON: `json.JSONDecodeError`.";
    PacketError < ValueError, "A packet is not as its schema says, or a schema makes no sense: `packet.Error`.";
    UnicodeError < ValueError, "Text could not be converted.";
    UnicodeDecodeError < UnicodeError, "Bytes are not text in this encoding.";
    UnicodeEncodeError < UnicodeError, "Text has no form in this encoding.";
    UnicodeTranslateError < UnicodeError, "Text could not be translated.";
    Warning < Exception, "The parent of warnings.";
    BytesWarning < Warning, "Bytes and text are mixed.";
    DeprecationWarning < Warning, "Something will go.";
    EncodingWarning < Warning, "An encoding is left to the locale.";
    FutureWarning < Warning, "Something will change its meaning.";
    ImportWarning < Warning, "A module may be loaded wrongly.";
    PendingDeprecationWarning < Warning, "Something will go later.";
    ResourceWarning < Warning, "A resource was left open.";
    RuntimeWarning < Warning, "Something doubtful happened.";
    SyntaxWarning < Warning, "A script is doubtful.";
    UnicodeWarning < Warning, "Text is doubtful.";
    UserWarning < Warning, "A script warns.";
}

impl Class {
    /// The class of this name. `error`, `timeout`, `IOError` and `EnvironmentError` are the aliases Python has.
    pub fn by_name(name: &str) -> Option<Self> {
        let plain = ["errors.", "socket.", "ssl."]
            .iter()
            .find_map(|module| name.strip_prefix(module));
        match plain.unwrap_or(name) {
            "CertificateError" => Some(Self::SSLCertVerificationError),
            "struct.error" => Some(Self::StructError),
            "queue.ShutDown" | "task.ShutDown" => Some(Self::ShutDown),
            "packet.Error" => Some(Self::PacketError),
            "json.JSONDecodeError" => Some(Self::JSONDecodeError),
            "error" | "IOError" | "EnvironmentError" => Some(Self::OSError),
            "timeout" => Some(Self::TimeoutError),
            plain => Self::ALL
                .iter()
                .copied()
                .find(|class| class.name() == plain || class.qualified_name() == plain),
        }
    }

    /// Whether this is `ancestor` or a child of it, at any depth.
    pub fn is_a(self, ancestor: Self) -> bool {
        let mut class = Some(self);
        while let Some(current) = class {
            if current == ancestor || current.second_parent() == Some(ancestor) {
                return true;
            }
            class = current.parent();
        }
        false
    }

    /// Python lets a class have two parents; where the second one is not an ancestor of the first.
    const fn second_parent(self) -> Option<Self> {
        match self {
            Self::ExceptionGroup => Some(Self::BaseExceptionGroup),
            Self::UnsupportedOperation | Self::SSLCertVerificationError => Some(Self::ValueError),
            _ => None,
        }
    }

    /// Python's `__name__`. That of `struct.error` says less than [`Self::name`].
    pub(crate) const fn python_name(self) -> &'static str {
        match self {
            Self::StructError => "error",
            other => other.name(),
        }
    }

    /// The name as a traceback prints it: classes of a module carry the module's name.
    pub const fn qualified_name(self) -> &'static str {
        match self {
            Self::gaierror => "socket.gaierror",
            Self::herror => "socket.herror",
            Self::UnsupportedOperation => "io.UnsupportedOperation",
            Self::StructError => "struct.error",
            Self::ShutDown => "queue.ShutDown",
            Self::PacketError => "packet.Error",
            Self::JSONDecodeError => "json.decoder.JSONDecodeError",
            Self::SSLError => "ssl.SSLError",
            Self::SSLZeroReturnError => "ssl.SSLZeroReturnError",
            Self::SSLWantReadError => "ssl.SSLWantReadError",
            Self::SSLWantWriteError => "ssl.SSLWantWriteError",
            Self::SSLSyscallError => "ssl.SSLSyscallError",
            Self::SSLEOFError => "ssl.SSLEOFError",
            Self::SSLCertVerificationError => "ssl.SSLCertVerificationError",
            other => other.name(),
        }
    }

    /// The child of `OSError` that Python raises for this number (PEP 3151).
    pub(crate) fn of_errno(errno: Errno) -> Self {
        match errno {
            Errno::PERM | Errno::ACCES => Self::PermissionError,
            Errno::NOENT => Self::FileNotFoundError,
            Errno::EXIST => Self::FileExistsError,
            Errno::INTR => Self::InterruptedError,
            Errno::AGAIN | Errno::ALREADY | Errno::INPROGRESS => Self::BlockingIOError,
            Errno::PIPE | Errno::SHUTDOWN => Self::BrokenPipeError,
            Errno::CONNABORTED => Self::ConnectionAbortedError,
            Errno::CONNRESET => Self::ConnectionResetError,
            Errno::CONNREFUSED => Self::ConnectionRefusedError,
            Errno::TIMEDOUT => Self::TimeoutError,
            Errno::CHILD => Self::ChildProcessError,
            Errno::SRCH => Self::ProcessLookupError,
            Errno::ISDIR => Self::IsADirectoryError,
            Errno::NOTDIR => Self::NotADirectoryError,
            _ => Self::OSError,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_pythons() {
        assert!(Class::ConnectionRefusedError.is_a(Class::ConnectionError));
        assert!(Class::ConnectionRefusedError.is_a(Class::OSError));
        assert!(Class::gaierror.is_a(Class::OSError));
        assert!(!Class::KeyboardInterrupt.is_a(Class::Exception));
        assert!(Class::UnicodeDecodeError.is_a(Class::ValueError));
        assert!(!Class::OSError.is_a(Class::TimeoutError));
        assert!(Class::UnsupportedOperation.is_a(Class::OSError));
        assert!(Class::UnsupportedOperation.is_a(Class::ValueError));
    }

    #[test]
    fn names_lead_back_to_their_class() {
        for class in Class::ALL {
            assert_eq!(Class::by_name(class.name()), Some(*class));
        }
        assert_eq!(Class::by_name("socket.timeout"), Some(Class::TimeoutError));
        assert_eq!(Class::by_name("errors.ValueError"), Some(Class::ValueError));
        assert_eq!(Class::by_name("error"), Some(Class::OSError));
        assert_eq!(Class::by_name("Nonsense"), None);
    }
}
