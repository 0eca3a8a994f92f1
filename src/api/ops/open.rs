//! Making sockets.

use std::rc::Rc;

use crate::api::argument::{Any, Seconds, Truth};
use crate::api::handler::typed;
use crate::api::op::{Default, FUNCTION, Op, need, with};
use crate::api::{Cx, address};
use crate::error::{Error, Result};
use crate::net::{Attempt, Lookup, ServerOptions, Socket, Timeout};
use crate::sys::flag::{AF_INET, AF_UNIX, SOCK_STREAM};

/// Making a socket.
const SOCKET: Op = Op {
    name: "socket",
    params: &[
        with(
            "family",
            Default::None,
            "AF_* family; AF_INET, or the descriptor's own with `fileno`",
        ),
        with(
            "type",
            Default::None,
            "SOCK_* type, with SOCK_NONBLOCK or SOCK_CLOEXEC or-ed in; SOCK_STREAM",
        ),
        with("proto", Default::None, "protocol number; 0"),
        with(
            "fileno",
            Default::None,
            "an open socket descriptor to take over instead of making one",
        ),
    ],
    returns: "socket",
    doc: "Make a socket. It is not inherited by other programs, and has the default timeout. \
          Raises OSError when the system refuses the family, type or protocol. See socket(2).",
    event: Some("socket.__new__"),
    run: &typed(socket),
    ..FUNCTION
};

pub(super) const OPS: &[Op] = &[
    SOCKET,
    Op {
        name: "SocketType",
        doc: "As socket: Python's older name for the class, which makes sockets as well. Raises as socket.",
        ..SOCKET
    },
    Op {
        name: "socketpair",
        params: &[
            with("family", Default::None, "AF_* family; AF_UNIX"),
            with("type", Default::Int(SOCK_STREAM as i64), "SOCK_* type"),
            with("proto", Default::Int(0), "protocol number"),
        ],
        returns: "socket, socket",
        doc: "Make two sockets connected to each other. Raises OSError when the family has no pairs. See socketpair(2).",
        event: Some("socket.__new__"),
        run: &typed(socketpair),
        ..FUNCTION
    },
    Op {
        name: "create_connection",
        params: &[
            need("address", "(host, port); host may be a name"),
            with(
                "timeout",
                Default::Text("default"),
                "seconds, or None for ever; the default timeout",
            ),
            with("source_address", Default::None, "(host, port) to connect from"),
            with(
                "all_errors",
                Default::Bool(false),
                "tell of every address that failed, not of the first only",
            ),
            with(
                "happy_eyeballs_delay",
                Default::None,
                "float: seconds after which the next address is tried beside the last, the families taking turns (RFC 8305); \
                 None waits for each to fail",
            ),
        ],
        by_place: 3,
        returns: "socket",
        doc: "Connect to a TCP service: each address the host has is tried until one accepts. Raises gaierror when the \
              host is unknown, otherwise the error of the first address.",
        event: Some("socket.connect"),
        run: &typed(create_connection),
        ..FUNCTION
    },
    Op {
        name: "create_server",
        params: &[
            need(
                "address",
                "(host, port) to listen on; an empty host is every interface, port 0 any free one",
            ),
            with("family", Default::Int(AF_INET as i64), "AF_INET or AF_INET6"),
            with(
                "backlog",
                Default::None,
                "most connections waiting to be accepted; a sensible number",
            ),
            with("reuse_port", Default::Bool(false), "set SO_REUSEPORT"),
            with(
                "dualstack_ipv6",
                Default::Bool(false),
                "hear IPv4 as well on an AF_INET6 socket",
            ),
        ],
        by_place: 1,
        returns: "socket",
        doc: "Make a TCP socket that listens, with SO_REUSEADDR set. Raises OSError with the address in its text, \
              ValueError for dualstack_ipv6 without AF_INET6.",
        event: Some("socket.bind"),
        run: &typed(create_server),
        ..FUNCTION
    },
    Op {
        name: "fromfd",
        params: &[
            need("fd", "descriptor of a socket"),
            need("family", "its AF_* family"),
            need("type", "its SOCK_* type"),
            with("proto", Default::Int(0), "its protocol"),
        ],
        returns: "socket",
        doc: "Make a socket on a duplicate of a descriptor, which stays open. Raises OSError when the descriptor is \
              not open or is no socket.",
        event: Some("socket.fromfd"),
        run: &typed(fromfd),
        ..FUNCTION
    },
    Op {
        name: "close",
        params: &[need("fd", "descriptor")],
        doc: "Close a descriptor by its number. Tasks that wait on it get EBADF. Raises OSError when it is not open.",
        event: Some("socket.close"),
        run: &typed(close),
        ..FUNCTION
    },
    Op {
        name: "dup",
        params: &[need("fd", "descriptor")],
        returns: "int",
        doc: "Duplicate a descriptor; the new one is not inherited. Raises OSError. See dup(2).",
        event: Some("socket.fromfd"),
        run: &typed(dup),
        ..FUNCTION
    },
    Op {
        name: "has_dualstack_ipv6",
        returns: "bool",
        doc: "Whether one socket can hear IPv4 and IPv6. Never fails.",
        run: &typed(has_dualstack_ipv6),
        ..FUNCTION
    },
    Op {
        name: "getdefaulttimeout",
        returns: "float or None",
        doc: "The timeout in seconds that new sockets start with; None waits for ever. Never fails.",
        run: &typed(getdefaulttimeout),
        ..FUNCTION
    },
    Op {
        name: "setdefaulttimeout",
        params: &[need("timeout", "seconds; 0 does not wait, None waits for ever")],
        doc: "Set the timeout new sockets start with. Raises ValueError for a negative number.",
        run: &typed(setdefaulttimeout),
        ..FUNCTION
    },
];

fn socket(
    cx: &Cx<'_>,
    family: Option<i32>,
    kind: Option<i32>,
    protocol: Option<i32>,
    fileno: Option<i32>,
) -> Result<Rc<Socket>> {
    // -1 stands for "not given", as in Python.
    let given = |number: Option<i32>| number.filter(|number| *number != -1);
    match fileno {
        Some(fd) => Socket::adopt(cx.net, fd, given(family), given(kind), given(protocol)),
        None => Socket::open(
            cx.net,
            given(family).unwrap_or(AF_INET),
            given(kind).unwrap_or(SOCK_STREAM),
            given(protocol).unwrap_or(0),
        ),
    }
}

fn socketpair(
    cx: &Cx<'_>,
    family: Option<i32>,
    kind: i32,
    protocol: i32,
) -> Result<(Rc<Socket>, Rc<Socket>)> {
    Socket::pair(cx.net, family.unwrap_or(AF_UNIX), kind, protocol)
}

fn create_connection(
    cx: &Cx<'_>,
    address: Any,
    timeout: Any,
    source: Any,
    all_errors: Truth,
    delay: Option<Seconds>,
) -> Result<Rc<Socket>> {
    const OP: &str = "create_connection";
    let address = address::unpack_pair(OP, address.0)?;
    let lookup = Lookup {
        host: address.host,
        service: address.service,
        numbered: address.numbered,
        kind: SOCK_STREAM,
        ..Lookup::default()
    };
    let source = match source.0 {
        crate::api::Value::None => None,
        value => Some(Box::new(address::read_internet("bind", value)) as Box<_>),
    };
    let attempt = Attempt {
        lookup,
        timeout: read_timeout(timeout)?,
        source,
        all_errors: all_errors.0,
        race: delay.map(|Seconds(delay)| delay),
        deadline: None,
    };
    Socket::create_connection(cx.net, &attempt)
}

/// A timeout that is told apart from none given.
fn read_timeout(value: Any) -> Result<Option<Timeout>> {
    use crate::api::Value;
    use crate::api::argument::{FromArg, Mismatch};
    match value.0 {
        Value::Text(text) if text == "default" => Ok(None),
        value => {
            let given = value.kind();
            Timeout::from_arg(value)
                .map(Some)
                .map_err(|mismatch| match mismatch {
                    Mismatch::Error(error) => error,
                    Mismatch::Kind | Mismatch::Range(_) => Error::type_error(format!(
                        "create_connection() argument 'timeout' must be float, not {given}"
                    )),
                })
        }
    }
}

fn create_server(
    cx: &Cx<'_>,
    address: Any,
    family: i32,
    backlog: Option<i32>,
    reuse_port: Truth,
    dual_stack: Truth,
) -> Result<Rc<Socket>> {
    let given = address::spoken(&address.0);
    let options = ServerOptions {
        family,
        backlog,
        reuse_port: reuse_port.0,
        dual_stack: dual_stack.0,
    };
    let endpoint = || address::read("bind", family, 0, address.0);
    Socket::create_server(cx.net, endpoint, &given, options)
}

fn fromfd(cx: &Cx<'_>, fd: i32, family: i32, kind: i32, protocol: i32) -> Result<Rc<Socket>> {
    Socket::from_fd(cx.net, fd, family, kind, protocol)
}

fn close(cx: &Cx<'_>, fd: i32) -> Result<()> {
    cx.net.close_fd(fd)
}

fn dup(cx: &Cx<'_>, fd: i32) -> Result<i32> {
    cx.net.dup_fd(fd)
}

fn has_dualstack_ipv6(cx: &Cx<'_>) -> Result<bool> {
    Ok(Socket::has_dual_stack(cx.net))
}

fn getdefaulttimeout(cx: &Cx<'_>) -> Result<Timeout> {
    Ok(cx.net.default_timeout())
}

fn setdefaulttimeout(cx: &Cx<'_>, timeout: Timeout) -> Result<()> {
    cx.net.set_default_timeout(timeout);
    Ok(())
}
