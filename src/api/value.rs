//! What crosses the border between a script and an operation.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use crate::bytes::{ByteArray, Bytes, Pinned};
use crate::constants::Constant;
use crate::error::{Class, Error, Result};
use crate::file::{File, Sendable};
use crate::net::{Epoll, Poll, Socket, Undelivered};
use crate::sched::Task;
use crate::tls;
use crate::tools;
use crate::wire::packet::Schema;
use crate::wire::{NumberArray, Struct};
use crate::worker::{Link, Worker};

use super::Callback;
use super::held::{Channel, Held};
use super::op::Owner;
use super::record::RecordKind;
use super::selector::Selector;
use super::testing::Trial;

/// A value on its way in or out.
#[derive(Debug)]
pub(crate) enum Value {
    /// `None`, `nil`, `()`.
    None,
    /// `None` where a language needs something that stands for it, as in a list. Only ever on its way out.
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    /// Text.
    Text(Cow<'static, str>),
    /// Bytes that are not text.
    Bytes(Bytes),
    /// A string of a language that does not tell text from bytes.
    String(Bytes),
    List(Vec<Self>),
    Map(Vec<(String, Self)>),
    /// A table whose keys are not all texts: only where a parameter takes it as it is, and as a result.
    Table(Vec<(Self, Self)>),
    /// Whole numbers from the first to before the last.
    #[cfg_attr(not(feature = "rhai"), allow(dead_code, reason = "only Rhai has such values"))]
    Range(i64, i64),
    /// A tuple whose places have names: an address, a row of `getaddrinfo`.
    Record(Box<Record>),
    /// Several results of one call.
    Several(Vec<Self>),
    /// Results that tell of descriptors, which are closed when the script does not get them.
    Bearing(Box<(Self, Undelivered)>),
    Socket(Rc<Socket>),
    /// Settings of TLS.
    TlsContext(Rc<tls::Context>),
    Task(Rc<Task>),
    Channel(Rc<Channel>),
    Worker(Rc<Worker>),
    /// A channel between threads.
    Link(Link),
    Poll(Rc<Poll>),
    Epoll(Rc<Epoll>),
    Selector(Rc<Selector>),
    Tube(Rc<tools::Tube>),
    /// Where peers begin conversations.
    Listener(Rc<tools::Listener>),
    /// A regular expression over bytes.
    Pattern(Rc<tools::Pattern>),
    /// A test that runs.
    Trial(Rc<Trial>),
    File(Rc<File>),
    /// An iteration over a file's lines.
    Lines(Rc<File>),
    /// A file of the language's own.
    Foreign(Rc<dyn Sendable>),
    Array(Rc<ByteArray>),
    /// A window of a `bytearray`.
    View(Pinned),
    /// Python's `array`.
    Numbers(Rc<NumberArray>),
    /// A declaration of packets.
    Schema(Schema),
    /// Python's `struct.Struct`.
    Struct(Rc<Struct>),
    /// Something to walk through, once.
    Steps(Rc<Steps>),
    Class(Class),
    Error(Rc<Error>),
    /// A constant of another platform: prints, and raises when used.
    Absent(&'static Constant),
    /// A function of the script: its place among the call's arguments.
    Function(usize),
    /// A function of the script, kept for later calls. Only between a script and the host.
    Kept(Rc<dyn Callback>),
    /// Arguments left where the language has them.
    Rest(Slots),
    /// What an ended task returned; the adapter has it.
    Outcome(Rc<Task>),
    /// A value of any kind that is to be kept: its place among the call's arguments.
    Given(usize),
    /// A value of the script's that was kept, as it was given.
    Held(Rc<dyn Held>),
    /// Something only the language knows; its kind.
    Opaque(&'static str),
    /// The same, with what tells it from others: a function, an object of a class of the script's.
    Thing {
        kind: &'static str,
        identity: usize,
    },
    /// An object of a class of the script's: the class's name, and what tells it from others. Only where it is printed.
    Instance {
        class: String,
        identity: usize,
    },
}

/// Something to walk through, once: Python's iterator.
pub(crate) struct Steps {
    next: RefCell<Box<NextStep>>,
}

/// The next step, none after the last.
type NextStep = dyn FnMut() -> Result<Option<Value>>;

impl Steps {
    /// An iterator that takes its steps from `next`.
    pub(crate) fn new(next: impl FnMut() -> Result<Option<Value>> + 'static) -> Self {
        Self {
            next: RefCell::new(Box::new(next)),
        }
    }

    /// Takes a step.
    pub(crate) fn next(&self) -> Result<Option<Value>> {
        (self.next.borrow_mut())()
    }
}

impl fmt::Debug for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<iterator>")
    }
}

/// A tuple with named places.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) kind: &'static RecordKind,
    pub(crate) items: Vec<Value>,
}

/// A run of arguments of the current call, left where the language has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slots {
    pub(crate) first: usize,
    pub(crate) count: usize,
}

/// The types whose values have methods.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Type {
    Socket,
    /// A socket that speaks TLS: has all that a socket has.
    TlsSocket,
    TlsContext,
    Task,
    Channel,
    Worker,
    Link,
    Poll,
    Epoll,
    Selector,
    Tube,
    Listener,
    Pattern,
    Trial,
    File,
    ByteArray,
    View,
    Numbers,
    Schema,
    Struct,
    Steps,
    Error,
    Class,
    Absent,
}

impl Type {
    /// The name scripts see.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Socket => "socket",
            Self::TlsSocket => "SSLSocket",
            Self::TlsContext => "SSLContext",
            Self::Task => "Task",
            Self::Channel => "channel",
            Self::Worker => "Worker",
            Self::Link => "WorkerChannel",
            Self::Poll => "poll",
            Self::Epoll => "epoll",
            Self::Selector => "selector",
            Self::Tube => "tube",
            Self::Listener => "TubeListener",
            Self::Pattern => "pattern",
            Self::Trial => "Test",
            Self::File => "file",
            Self::ByteArray => "bytearray",
            Self::View => "memoryview",
            Self::Numbers => "array",
            Self::Schema => "Schema",
            Self::Struct => "Struct",
            Self::Steps => "iterator",
            Self::Error => "error",
            Self::Class => "type",
            Self::Absent => "constant",
        }
    }

    /// Whether its values have what belongs to this owner.
    pub(crate) fn has(self, owner: Owner) -> bool {
        match owner {
            Owner::Type(owner) => owner == self || (owner, self) == (Self::Socket, Self::TlsSocket),
            Owner::Module(_) => false,
        }
    }

    /// Every type.
    pub(crate) const ALL: [Self; 24] = [
        Self::Socket,
        Self::TlsSocket,
        Self::TlsContext,
        Self::Task,
        Self::Channel,
        Self::Worker,
        Self::Link,
        Self::Poll,
        Self::Epoll,
        Self::Selector,
        Self::Tube,
        Self::Listener,
        Self::Pattern,
        Self::Trial,
        Self::File,
        Self::ByteArray,
        Self::View,
        Self::Numbers,
        Self::Schema,
        Self::Struct,
        Self::Steps,
        Self::Error,
        Self::Class,
        Self::Absent,
    ];
}

impl Value {
    /// The type of a value that has methods.
    pub(crate) fn object_type(&self) -> Option<Type> {
        Some(match self {
            Self::Socket(socket) if socket.is_wrapped() => Type::TlsSocket,
            Self::Socket(_) => Type::Socket,
            Self::TlsContext(_) => Type::TlsContext,
            Self::Task(_) => Type::Task,
            Self::Channel(_) => Type::Channel,
            Self::Worker(_) => Type::Worker,
            Self::Link(_) => Type::Link,
            Self::Poll(_) => Type::Poll,
            Self::Epoll(_) => Type::Epoll,
            Self::Selector(_) => Type::Selector,
            Self::Tube(_) => Type::Tube,
            Self::Listener(_) => Type::Listener,
            Self::Pattern(_) => Type::Pattern,
            Self::Trial(_) => Type::Trial,
            Self::File(_) => Type::File,
            Self::Array(_) => Type::ByteArray,
            Self::View(_) => Type::View,
            Self::Numbers(_) => Type::Numbers,
            Self::Schema(_) => Type::Schema,
            Self::Struct(_) => Type::Struct,
            Self::Steps(_) => Type::Steps,
            Self::Error(_) => Type::Error,
            Self::Class(_) => Type::Class,
            Self::Absent(_) => Type::Absent,
            _ => return None,
        })
    }

    /// Whether two objects are the same one, as `is` has it in Python and `==` in both languages. None where they are not two
    /// of one type, or not told apart by what they are.
    pub(crate) fn is_same(&self, other: &Self) -> Option<bool> {
        Some(match (self, other) {
            (Self::Socket(one), Self::Socket(other)) => Rc::ptr_eq(one, other),
            (Self::TlsContext(one), Self::TlsContext(other)) => Rc::ptr_eq(one, other),
            (Self::Task(one), Self::Task(other)) => Rc::ptr_eq(one, other),
            (Self::Channel(one), Self::Channel(other)) => Rc::ptr_eq(one, other),
            (Self::Worker(one), Self::Worker(other)) => Rc::ptr_eq(one, other),
            (Self::Link(one), Self::Link(other)) => one.is(other),
            (Self::Poll(one), Self::Poll(other)) => Rc::ptr_eq(one, other),
            (Self::Epoll(one), Self::Epoll(other)) => Rc::ptr_eq(one, other),
            (Self::Selector(one), Self::Selector(other)) => Rc::ptr_eq(one, other),
            (Self::Tube(one), Self::Tube(other)) => Rc::ptr_eq(one, other),
            (Self::Listener(one), Self::Listener(other)) => Rc::ptr_eq(one, other),
            (Self::Pattern(one), Self::Pattern(other)) => Rc::ptr_eq(one, other),
            (Self::Trial(one), Self::Trial(other)) => Rc::ptr_eq(one, other),
            (Self::File(one), Self::File(other)) => Rc::ptr_eq(one, other),
            (Self::Schema(one), Self::Schema(other)) => one.is(other),
            (Self::Struct(one), Self::Struct(other)) => Rc::ptr_eq(one, other),
            (Self::Steps(one), Self::Steps(other)) => Rc::ptr_eq(one, other),
            (Self::Error(one), Self::Error(other)) => Rc::ptr_eq(one, other),
            (Self::Class(one), Self::Class(other)) => one == other,
            (Self::Absent(one), Self::Absent(other)) => std::ptr::eq(*one, *other),
            (Self::Thing { identity: one, .. }, Self::Thing { identity: other, .. })
            | (Self::Instance { identity: one, .. }, Self::Instance { identity: other, .. }) => one == other,
            _ => return None,
        })
    }

    /// The kind's name in error messages, the same in every language.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::None | Self::Null => "None",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Float(_) => "float",
            Self::Text(_) | Self::String(_) => "string",
            Self::Bytes(_) => "bytes",
            Self::List(_) => "list",
            Self::Map(_) => "map",
            Self::Table(_) => "table",
            Self::Range(..) => "range",
            Self::Record(_) | Self::Several(_) => "tuple",
            Self::Function(_) | Self::Kept(_) => "function",
            Self::Rest(_) | Self::Outcome(_) | Self::Bearing(_) => "results",
            Self::Given(_) | Self::Instance { .. } => "object",
            Self::Held(held) => held.value().kind(),
            Self::File(file) => file.class(),
            Self::Lines(_) => "iterator",
            Self::Foreign(_) => "file",
            Self::Opaque(kind) | Self::Thing { kind, .. } => kind,
            object => object.object_type().map_or("object", Type::name),
        }
    }

    /// A text result.
    pub(crate) fn text(text: impl Into<Cow<'static, str>>) -> Self {
        Self::Text(text.into())
    }

    /// A bytes result.
    pub(crate) fn bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Bytes(Bytes::Owned(bytes.into()))
    }
}
