//! Where peers begin conversations: what `tube.listen` makes.

use std::rc::Rc;

use crate::address::Address;
use crate::api::Cx;
use crate::api::argument::Seconds;
use crate::api::handler::typed;
use crate::api::op::{Default, METHOD, Op, Owner, PROPERTY, Python, with};
use crate::api::value::Type;
use crate::error::Result;
use crate::net::Socket;
use crate::tools::{Listener, Tube};

const LISTENER: Owner = Owner::Type(Type::Listener);

pub(super) const OPS: &[Op] = &[
    Op {
        name: "accept",
        on: LISTENER,
        params: &[with(
            "timeout",
            Default::None,
            "seconds to wait at most, a handshake included; what listen was told",
        )],
        returns: "tube",
        doc: "Wait for the next peer: the conversation with it. Raises timeout, OSError, SSLError.",
        python: Python::Nothing,
        event: Some("socket.accept"),
        run: &typed(accept),
        ..METHOD
    },
    Op {
        name: "close",
        on: LISTENER,
        doc: "End listening; conversations that have begun go on. One that is closed is left alone. Raises OSError.",
        python: Python::Nothing,
        run: &typed(close),
        ..METHOD
    },
    Op {
        name: "port",
        on: LISTENER,
        returns: "int or None",
        doc: "The port it listens on; None for a Unix socket.",
        python: Python::Nothing,
        run: &typed(port),
        ..PROPERTY
    },
    Op {
        name: "address",
        on: LISTENER,
        returns: "address",
        doc: "The address it listens at.",
        python: Python::Nothing,
        run: &typed(address),
        ..PROPERTY
    },
    Op {
        name: "url",
        on: LISTENER,
        returns: "str",
        doc: "Its URL, with the port the system chose: what connect takes.",
        python: Python::Nothing,
        run: &typed(url),
        ..PROPERTY
    },
    Op {
        name: "socket",
        on: LISTENER,
        returns: "socket",
        doc: "The socket behind it.",
        python: Python::Nothing,
        run: &typed(socket),
        ..PROPERTY
    },
    Op {
        name: "closed",
        on: LISTENER,
        returns: "bool",
        doc: "Whether it was closed.",
        python: Python::Nothing,
        run: &typed(closed),
        ..PROPERTY
    },
];

fn accept(_: &Cx<'_>, listener: Rc<Listener>, timeout: Option<Seconds>) -> Result<Rc<Tube>> {
    listener.accept(timeout.map(|Seconds(timeout)| timeout))
}

fn close(_: &Cx<'_>, listener: Rc<Listener>) -> Result<()> {
    listener.close()
}

fn port(_: &Cx<'_>, listener: Rc<Listener>) -> Result<Option<i64>> {
    Ok(listener.address().port().map(i64::from))
}

fn address(_: &Cx<'_>, listener: Rc<Listener>) -> Result<Address> {
    Ok(listener.address().clone())
}

fn url(_: &Cx<'_>, listener: Rc<Listener>) -> Result<String> {
    Ok(listener.to_string())
}

fn socket(_: &Cx<'_>, listener: Rc<Listener>) -> Result<Rc<Socket>> {
    Ok(listener.socket().clone())
}

fn closed(_: &Cx<'_>, listener: Rc<Listener>) -> Result<bool> {
    Ok(listener.is_closed())
}
