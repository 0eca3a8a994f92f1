//! Everything a script can ask of the network or the system, one variant each.

use std::fmt;
use std::net::SocketAddr;
use std::path::Path;

use crate::address::{Address, UnixName};
use crate::constants::{self, Group};
use crate::sys::flag::{AF_INET, AF_INET6, AF_PACKET, AF_UNIX, SOCK_PACKET, SOCK_RAW};

/// One thing a script asks for. The name of its audit event is [`Request::event`].
///
/// ```
/// use std::path::Path;
/// use wirescript::policy::{Decision, Request};
/// use wirescript::Policy;
///
/// let policy = Policy::deny_all().allow_read("/srv/data")?;
/// let open = |path| Request::Open { path: Path::new(path), write: false };
/// assert_eq!(policy.judge(&open("/srv/data/a.txt")), Decision::Allow);
/// assert_eq!(policy.explain(&open("/srv/data/a.txt"), None), "allow read /srv/data");
/// assert_eq!(open("/etc/passwd").event(), "open");
/// match policy.judge(&open("/etc/passwd")) {
///     Decision::Deny(why) => assert_eq!(why, "the policy does not allow opening /etc/passwd for reading"),
///     Decision::Allow => unreachable!(),
/// }
/// # Ok::<(), wirescript::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Request<'a> {
    /// A new socket.
    Create {
        /// Address family, as the system numbers it.
        family: i32,
        /// Socket type without its flags.
        kind: i32,
        /// Protocol number.
        protocol: i32,
    },
    /// To connect to an address (also when a datagram socket fixes its peer).
    Connect(&'a Address),
    /// To take a local address.
    Bind(&'a Address),
    /// To start listening.
    Listen {
        /// Most connections waiting to be accepted.
        backlog: i32,
    },
    /// To take a connection that has come in, from this peer.
    Accept(&'a Address),
    /// To send a datagram to an address.
    SendTo(&'a Address),
    /// To look a name up.
    Resolve {
        /// The name, as the script gave it.
        host: Option<&'a str>,
        /// Port number or service name.
        service: &'a str,
    },
    /// To send a message, with control data or without, to an address.
    SendMessage(&'a Address),
    /// To look an address up.
    ReverseResolve(&'a Address),
    /// To look a host up by its name, as C's older calls do.
    HostByName(&'a str),
    /// To look a host up by its address, given as a number or a name.
    HostByAddress(&'a str),
    /// To look the port of a service up.
    ServiceByName {
        /// The service.
        name: &'a str,
        /// Of this protocol only.
        protocol: Option<&'a str>,
    },
    /// To look the service on a port up.
    ServiceByPort {
        /// The port.
        port: u16,
        /// Of this protocol only.
        protocol: Option<&'a str>,
    },
    /// To look the number of a protocol up.
    Protocol(&'a str),
    /// To know this machine's network interfaces.
    Interfaces,
    /// To know this machine's name.
    HostName,
    /// To change this machine's name.
    SetHostName(&'a [u8]),
    /// To set an option.
    SetOption {
        /// Protocol level.
        level: i32,
        /// Option number.
        name: i32,
    },
    /// To send credentials that are not this process's own.
    Credentials {
        /// The process they name.
        process: i32,
    },
    /// To use a descriptor the runtime did not make.
    Adopt {
        /// The descriptor.
        fd: i32,
    },
    /// To give a socket to another process.
    Share {
        /// The process that may take it.
        process: i32,
    },
    /// To take a socket that another process shares.
    FromShare {
        /// The process that made the offer.
        process: i32,
    },
    /// To control a descriptor the runtime did not make, as fcntl(2), or to have signals sent because of any.
    Fcntl {
        /// The descriptor.
        fd: i32,
        /// What to do, an `F_*` number.
        command: i32,
    },
    /// To control a descriptor the runtime did not make, as ioctl(2), or to change an interface or a terminal.
    Ioctl {
        /// The descriptor.
        fd: i32,
        /// What to do.
        request: u32,
    },
    /// To close a descriptor the runtime did not make.
    CloseForeign {
        /// The descriptor.
        fd: i32,
    },
    /// To open a file.
    Open {
        /// Its path.
        path: &'a Path,
        /// Whether to change it.
        write: bool,
    },
    /// To load a module that is none of the runtime's own: a library of Lua's that reaches the system, a file, native code.
    Import {
        /// Its name.
        module: &'a str,
    },
    /// To use a function of the language's own libraries that reaches the system and that no grant gives back: `io.popen`.
    Library {
        /// Its name.
        function: &'a str,
    },
    /// To load code that is compiled already, which may do anything.
    BinaryCode,
    /// To read the program's standard input.
    Input,
    /// To start a thread with a machine of its own.
    Worker {
        /// The script's path, or what stands for one.
        script: &'a str,
    },
    /// To fork this process.
    Fork,
    /// To start a process.
    Spawn {
        /// The program; where it is sought in a folder of the script's, with that folder.
        program: &'a str,
    },
    /// To give a process a variable of the environment.
    Variable {
        /// Its name.
        name: &'a str,
    },
}

impl Request<'_> {
    /// The audit event's name: CPython's where it has one.
    pub const fn event(&self) -> &'static str {
        match self {
            Self::Create { .. } => "socket.__new__",
            Self::Connect(_) => "socket.connect",
            Self::Bind(_) => "socket.bind",
            Self::Listen { .. } => "socket.listen",
            Self::Accept(_) => "socket.accept",
            Self::SendTo(_) => "socket.sendto",
            Self::Resolve { .. } => "socket.getaddrinfo",
            Self::SendMessage(_) => "socket.sendmsg",
            Self::ReverseResolve(_) => "socket.getnameinfo",
            Self::HostByName(_) => "socket.gethostbyname",
            Self::HostByAddress(_) => "socket.gethostbyaddr",
            Self::ServiceByName { .. } => "socket.getservbyname",
            Self::ServiceByPort { .. } => "socket.getservbyport",
            Self::Protocol(_) => "socket.getprotobyname",
            Self::Interfaces => "socket.if_nameindex",
            Self::Share { .. } => "socket.share",
            Self::FromShare { .. } => "socket.fromshare",
            Self::Fcntl { .. } => "fcntl.fcntl",
            Self::Ioctl { .. } => "fcntl.ioctl",
            Self::HostName => "socket.gethostname",
            Self::SetHostName(_) => "socket.sethostname",
            Self::SetOption { .. } => "socket.setsockopt",
            Self::Credentials { .. } => "socket.sendmsg",
            Self::Adopt { .. } => "socket.fromfd",
            Self::CloseForeign { .. } => "socket.close",
            Self::Open { .. } => "open",
            Self::Import { .. } => "import",
            Self::Library { .. } => "library",
            Self::BinaryCode => "marshal.loads",
            Self::Input => "builtins.input",
            Self::Worker { .. } => "worker.spawn",
            Self::Fork => "os.fork",
            Self::Spawn { .. } => "subprocess.Popen",
            Self::Variable { .. } => "os.putenv",
        }
    }

    /// The grant that allows it, as the command line writes it: `--allow-net=127.0.0.1:80`. None where no single one does.
    pub(crate) fn grant(&self) -> Option<String> {
        let of = |grant: &str, what: &dyn fmt::Display| Some(format!("--allow-{grant}={what}"));
        let flag = |grant: &str| Some(format!("--allow-{grant}"));
        let address = |grant: &str, address: &Address| match (address, address.ip(), address.port()) {
            (_, Some(ip), Some(port)) => of(grant, &SocketAddr::new(ip, port)),
            (Address::Unix(UnixName::Path(path)), ..) => of("unix", &String::from_utf8_lossy(path)),
            (Address::Unix(_), ..) => flag("unix"),
            (Address::Packet(_), ..) => flag("raw"),
            _ => None,
        };
        match self {
            Self::Create { kind, .. } if matches!(*kind, SOCK_RAW | SOCK_PACKET) => flag("raw"),
            Self::Create { family, .. } => match *family {
                AF_INET | AF_INET6 => Some("--allow-net or --allow-listen".to_owned()),
                AF_UNIX => flag("unix"),
                AF_PACKET => flag("raw"),
                family => of("family", &family),
            },
            Self::Connect(peer) | Self::SendTo(peer) | Self::SendMessage(peer) => address("net", peer),
            Self::Bind(own) => address("listen", own),
            // It is asked for to connect, as a rule.
            Self::Resolve {
                host: Some(host),
                service,
            } if service.parse().is_ok_and(|port: u16| port > 0) && !host.contains(':') => Some(format!(
                "--allow-net={host}:{service}, or --allow-resolve={host} for the addresses alone,"
            )),
            Self::Resolve { host: Some(host), .. } | Self::HostByName(host) | Self::HostByAddress(host) => {
                of("resolve", host)
            }
            Self::Resolve { host: None, .. }
            | Self::ReverseResolve(_)
            | Self::ServiceByName { .. }
            | Self::ServiceByPort { .. }
            | Self::Protocol(_) => flag("resolve"),
            Self::HostName | Self::Interfaces => flag("info"),
            Self::SetHostName(_) => flag("sethostname"),
            Self::SetOption { .. } | Self::Credentials { .. } => flag("raw"),
            Self::Adopt { .. }
            | Self::CloseForeign { .. }
            | Self::Share { .. }
            | Self::FromShare { .. }
            | Self::Fcntl { .. }
            | Self::Ioctl { .. } => flag("fd"),
            // What lies there may be no file, and has rules of its own.
            Self::Open { path, .. } if path.starts_with("/proc") || path.starts_with("/dev") => None,
            Self::Open { path, write } => of(if *write { "write" } else { "read" }, &path.display()),
            Self::Input => flag("input"),
            Self::Worker { .. } => flag("worker"),
            Self::Fork => flag("fork"),
            Self::Spawn { program } => of("run", program),
            Self::Variable { name } => of("env", name),
            Self::Listen { .. }
            | Self::Accept(_)
            | Self::Import { .. }
            | Self::Library { .. }
            | Self::BinaryCode => None,
        }
    }
}

impl fmt::Display for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create {
                family,
                kind,
                protocol,
            } => {
                let name = |group, number: i32| {
                    let name = constants::name_of(group, number.into());
                    name.map_or_else(|| number.to_string(), str::to_owned)
                };
                let (family, kind) = (
                    name(Group::AddressFamily, *family),
                    name(Group::SocketKind, *kind),
                );
                write!(f, "a socket of family {family}, type {kind}, protocol {protocol}")
            }
            Self::Connect(address) => write!(f, "connecting to {address}"),
            Self::Bind(address) => write!(f, "binding {address}"),
            Self::Listen { .. } => f.write_str("listening"),
            Self::Accept(address) => write!(f, "accepting from {address}"),
            Self::SendTo(address) | Self::SendMessage(address) => write!(f, "sending to {address}"),
            Self::Resolve { host: Some(host), .. } => {
                write!(f, "resolving {}", crate::text::str_repr(host))
            }
            Self::Resolve { host: None, service } => {
                write!(f, "resolving service {}", crate::text::str_repr(service))
            }
            Self::ReverseResolve(address) => write!(f, "looking up {address}"),
            Self::HostByName(host) | Self::HostByAddress(host) => {
                write!(f, "resolving {}", crate::text::str_repr(host))
            }
            Self::ServiceByName { name, .. } => {
                write!(f, "resolving service {}", crate::text::str_repr(name))
            }
            Self::ServiceByPort { port, .. } => write!(f, "resolving the service on port {port}"),
            Self::Protocol(name) => write!(f, "resolving protocol {}", crate::text::str_repr(name)),
            Self::Interfaces => f.write_str("reading the network interfaces"),
            Self::Share { process } => write!(f, "sharing a socket with process {process}"),
            Self::FromShare { process } => write!(f, "taking a socket that process {process} shares"),
            Self::Fcntl { fd, .. } | Self::Ioctl { fd, .. } => write!(f, "controlling descriptor {fd}"),
            Self::HostName => f.write_str("reading the host name"),
            Self::SetHostName(_) => f.write_str("changing the host name"),
            Self::SetOption { level, name } => write!(f, "setting option {name} at level {level}"),
            Self::Credentials { process } => write!(f, "sending credentials of process {process}"),
            Self::Adopt { fd } => write!(f, "using descriptor {fd}"),
            Self::CloseForeign { fd } => write!(f, "closing descriptor {fd}"),
            Self::Open { path, write } => {
                write!(
                    f,
                    "opening {} for {}",
                    path.display(),
                    if *write { "writing" } else { "reading" }
                )
            }
            Self::Import { module } => write!(f, "importing {}", crate::text::str_repr(module)),
            Self::Library { function } => write!(f, "using {function}"),
            Self::BinaryCode => f.write_str("loading code that is compiled already"),
            Self::Input => f.write_str("reading standard input"),
            Self::Worker { script } => write!(f, "starting {script} as a worker"),
            Self::Fork => f.write_str("forking"),
            Self::Spawn { program } => write!(f, "starting {program}"),
            Self::Variable { name } => write!(f, "giving a program the variable {name}"),
        }
    }
}
