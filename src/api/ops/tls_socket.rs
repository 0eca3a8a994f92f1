//! What sockets that speak TLS have besides a socket's own methods.

use std::rc::Rc;

use crate::api::argument::Truth;
use crate::api::handler::typed;
use crate::api::op::{Default, METHOD, Op, Owner, PROPERTY, Python, need, with};
use crate::api::tls::certificate;
use crate::api::value::Type;
use crate::api::{Cx, IntoValue as _, Value};
use crate::bytes::{Bytes, Pinned};
use crate::error::{Error, Result};
use crate::net::{Secured, Socket};
use crate::tls::{self, Context};

/// A method of sockets that speak TLS.
const OF_TLS: Op = Op {
    on: Owner::Type(Type::TlsSocket),
    ..METHOD
};

/// An attribute of theirs.
const FIELD: Op = Op {
    on: Owner::Type(Type::TlsSocket),
    ..PROPERTY
};

/// Bytes `read` asks for by default.
const READ_SIZE: i64 = 1024;

pub(super) const OPS: &[Op] = &[
    Op {
        name: "do_handshake",
        python: Python::Named("ssl.SSLSocket.do_handshake"),
        doc: "Shake hands, within the socket's timeout; one that was made already is left alone. Raises SSLCertVerificationError, \
              SSLError, SSLEOFError, timeout; SSLWantReadError, SSLWantWriteError in non-blocking mode.",
        run: &typed(|_: &Cx<'_>, socket: Rc<Socket>| socket.do_handshake()),
        ..OF_TLS
    },
    Op {
        name: "unwrap",
        python: Python::Named("ssl.SSLSocket.unwrap"),
        returns: "SSLSocket",
        doc: "End TLS in good order and return the socket, whose bytes are plain from here on. Waits for the peer to end it too. \
              Raises SSLError where bytes of the peer were not read, SSLEOFError, timeout; ValueError where no TLS is spoken.",
        run: &typed(unwrap),
        ..OF_TLS
    },
    Op {
        name: "read",
        python: Python::Named("ssl.SSLSocket.read"),
        params: &[
            with("len", Default::Int(READ_SIZE), "most bytes to return"),
            with("buffer", Default::None, "bytearray or view to fill instead"),
        ],
        returns: "bytes or int",
        doc: "As recv; with a buffer, as recv_into. Raises as recv.",
        run: &typed(read),
        ..OF_TLS
    },
    Op {
        name: "write",
        python: Python::Named("ssl.SSLSocket.write"),
        params: &[need("data", "bytes to send")],
        returns: "int",
        doc: "As send. Raises as send.",
        run: &typed(|_: &Cx<'_>, socket: Rc<Socket>, data: Bytes| socket.send(&data, 0)),
        ..OF_TLS
    },
    Op {
        name: "getpeercert",
        python: Python::Named("ssl.SSLSocket.getpeercert"),
        params: &[with(
            "binary_form",
            Default::Bool(false),
            "whether to give DER bytes",
        )],
        returns: "map, bytes or None",
        doc: "The peer's certificate: None where it has shown none; an empty map where it was not looked at (CERT_NONE); else \
              subject, issuer, version, serialNumber, notBefore, notAfter, subjectAltName, OCSP, caIssuers, \
              crlDistributionPoints. Raises ValueError before the handshake.",
        run: &typed(getpeercert),
        ..OF_TLS
    },
    Op {
        name: "version",
        python: Python::Named("ssl.SSLSocket.version"),
        returns: "str or None",
        doc: "The version spoken: `TLSv1.3`; None before the handshake. Never fails.",
        run: &typed(|_: &Cx<'_>, socket: Rc<Socket>| Ok(ask(&socket, |session| session.version()))),
        ..OF_TLS
    },
    Op {
        name: "cipher",
        python: Python::Named("ssl.SSLSocket.cipher"),
        returns: "name, protocol, bits",
        doc: "The cipher in use, its protocol and the bits of its key; None before the handshake. Never fails.",
        run: &typed(cipher),
        ..OF_TLS
    },
    Op {
        name: "compression",
        python: Python::Named("ssl.SSLSocket.compression"),
        doc: "None: TLS is not compressed here. Never fails.",
        run: &typed(|_: &Cx<'_>, _: Rc<Socket>| Ok(())),
        ..OF_TLS
    },
    Op {
        name: "selected_alpn_protocol",
        python: Python::Named("ssl.SSLSocket.selected_alpn_protocol"),
        returns: "str or None",
        doc: "The application protocol both sides agreed on; None where they did not. Never fails.",
        run: &typed(alpn),
        ..OF_TLS
    },
    Op {
        name: "pending",
        python: Python::Named("ssl.SSLSocket.pending"),
        returns: "int",
        doc: "Bytes that recv returns without waiting for the peer, 0 before the handshake. Never fails.",
        run: &typed(|_: &Cx<'_>, socket: Rc<Socket>| Ok(ask(&socket, tls::Session::pending))),
        ..OF_TLS
    },
    Op {
        name: "context",
        python: Python::Named("ssl.SSLSocket.context"),
        returns: "SSLContext",
        doc: "The context it was wrapped with.",
        run: &typed(context),
        ..FIELD
    },
    Op {
        name: "server_side",
        python: Python::Named("ssl.SSLSocket.server_side"),
        returns: "bool",
        doc: "Whether it is the server's side.",
        run: &typed(|_: &Cx<'_>, socket: Rc<Socket>| {
            Ok(socket.secured().is_some_and(|tls| tls.terms.server_side))
        }),
        ..FIELD
    },
    Op {
        name: "server_hostname",
        python: Python::Named("ssl.SSLSocket.server_hostname"),
        returns: "str or None",
        doc: "The server's name that was asked for.",
        run: &typed(|_: &Cx<'_>, socket: Rc<Socket>| {
            Ok(socket.secured().and_then(|tls| tls.terms.hostname.clone()))
        }),
        ..FIELD
    },
    Op {
        name: "session_reused",
        python: Python::Named("ssl.SSLSocket.session_reused"),
        returns: "bool",
        doc: "Whether an earlier session with the same peer was taken up again.",
        run: &typed(|_: &Cx<'_>, socket: Rc<Socket>| Ok(ask(&socket, |session| session.is_resumed()))),
        ..FIELD
    },
];

fn ask<T: std::default::Default>(socket: &Socket, question: impl FnOnce(&mut tls::Session) -> T) -> T {
    socket
        .secured()
        .map(|secured| secured.ask(question))
        .unwrap_or_default()
}

fn unwrap(_: &Cx<'_>, socket: Rc<Socket>) -> Result<Rc<Socket>> {
    socket.unwrap_tls()?;
    Ok(socket)
}

fn read(_: &Cx<'_>, socket: Rc<Socket>, length: i64, buffer: Option<Pinned>) -> Result<Value> {
    if let Some(window) = buffer {
        let length = i64::try_from(window.len()).unwrap_or(i64::MAX).min(length);
        let window = Socket::window("read", &window, length, "buffer too small for requested bytes")?;
        return Ok(socket.recv_into(&window, 0)?.into_value());
    }
    let size = usize::try_from(length).map_err(|_| Error::value("size should not be negative"))?;
    Ok(socket.recv(size, 0)?.into_value())
}

fn getpeercert(_: &Cx<'_>, socket: Rc<Socket>, binary: Truth) -> Result<Value> {
    if ask(&socket, |session| session.is_handshaking()) || !socket.secured().is_some_and(Secured::is_speaking)
    {
        socket.peer_address()?;
        return Err(Error::value("handshake not done yet"));
    }
    Ok(match ask(&socket, |session| session.peer_certificate()) {
        None => Value::None,
        Some((der, _)) if binary.0 => Value::bytes(der),
        Some((_, false)) => Value::Map(Vec::new()),
        Some((der, true)) => tls::describe(&der).map_or(Value::None, certificate),
    })
}

fn cipher(_: &Cx<'_>, socket: Rc<Socket>) -> Result<Value> {
    Ok(match ask(&socket, |session| session.cipher()) {
        None => Value::None,
        Some((name, protocol, bits)) => {
            Value::Several(vec![Value::text(name), Value::text(protocol), Value::Int(bits)])
        }
    })
}

fn alpn(_: &Cx<'_>, socket: Rc<Socket>) -> Result<Option<String>> {
    let name = ask(&socket, |session| session.alpn());
    Ok(name.map(|name| String::from_utf8_lossy(&name).into_owned()))
}

fn context(_: &Cx<'_>, socket: Rc<Socket>) -> Result<Option<Rc<Context>>> {
    Ok(socket.secured().map(|secured| secured.terms.context.clone()))
}
