//! The functions of the module `ssl`. What contexts can be told is in `tls_context`, what sockets have in `tls_socket`.

use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::rc::Rc;

use crate::api::argument::{Any, Text};
use crate::api::handler::typed;
use crate::api::op::{Default, FUNCTION, Op, Owner, Python, need, with};
use crate::api::tls::{CLIENT_AUTH, Certificates, SERVER_AUTH};
use crate::api::{Cx, address};
use crate::bytes::Bytes;
use crate::error::{Class, Error, Result};
use crate::file;
use crate::net::{Attempt, Fact, Lookup, Net, Socket, Terms};
use crate::policy::Request;
use crate::sys::flag::SOCK_STREAM;
use crate::tls::{self, Context};

use super::tls_context::load_verify_locations;

const SSL: Owner = Owner::Module("ssl");

/// Python's numbers of protocols.
pub(super) const PROTOCOL_TLS: i64 = 2;
pub(super) const PROTOCOL_TLS_CLIENT: i64 = 16;
pub(super) const PROTOCOL_TLS_SERVER: i64 = 17;
/// The largest file of certificates that is read.
const LARGEST_FILE: usize = 64 << 20;

pub(super) const CAFILE: crate::api::Param = with(
    "cafile",
    Default::None,
    "path of a PEM file of certificates to trust",
);
pub(super) const CAPATH: crate::api::Param = with("capath", Default::None, "path of a folder of such files");
pub(super) const CADATA: crate::api::Param = with(
    "cadata",
    Default::None,
    "certificates: PEM as text, or DER as bytes",
);

pub(super) const OPS: &[Op] = &[
    Op {
        name: "create_default_context",
        on: SSL,
        params: &[
            with(
                "purpose",
                Default::Text(SERVER_AUTH),
                "Purpose.SERVER_AUTH: for clients; CLIENT_AUTH: for servers",
            ),
            CAFILE,
            CAPATH,
            CADATA,
        ],
        by_place: 1,
        returns: "SSLContext",
        doc: "Make a context with the best settings: for clients certificates and host names are checked, against the system's \
              trusted roots unless others are given. Warns where the system has none. Raises as SSLContext.load_verify_locations.",
        run: &typed(create_default_context),
        ..FUNCTION
    },
    Op {
        name: "SSLContext",
        on: SSL,
        params: &[with(
            "protocol",
            Default::None,
            "PROTOCOL_TLS_CLIENT, PROTOCOL_TLS_SERVER; PROTOCOL_TLS is for both",
        )],
        returns: "SSLContext",
        doc: "Make a context that trusts nobody yet. One for clients checks certificates and host names. Raises ValueError for a \
              protocol that is not spoken: TLS 1.2 and 1.3 are.",
        run: &typed(context),
        ..FUNCTION
    },
    Op {
        name: "get_server_certificate",
        on: SSL,
        params: &[
            need("addr", "(host, port)"),
            with("ssl_version", Default::Int(PROTOCOL_TLS_CLIENT), "PROTOCOL_*"),
            with(
                "ca_certs",
                Default::None,
                "path of a PEM file: the certificate must be signed by one of these",
            ),
            with(
                "timeout",
                Default::None,
                "seconds for each of connecting, shaking hands; the default timeout",
            ),
        ],
        returns: "str",
        doc: "Connect, and return the server's certificate as PEM, unverified unless `ca_certs` is given. Raises as \
              create_connection; SSLError.",
        run: &typed(get_server_certificate),
        ..FUNCTION
    },
    Op {
        name: "DER_cert_to_PEM_cert",
        on: SSL,
        params: &[need("der_cert_bytes", "a certificate in DER")],
        returns: "str",
        doc: "A certificate's bytes as PEM text. Never fails.",
        run: &typed(der_to_pem),
        ..FUNCTION
    },
    Op {
        name: "PEM_cert_to_DER_cert",
        on: SSL,
        params: &[need("pem_cert_string", "a certificate as PEM text")],
        returns: "bytes",
        doc: "A certificate's PEM text as bytes. Raises ValueError for what is no PEM.",
        run: &typed(pem_to_der),
        ..FUNCTION
    },
    Op {
        name: "cert_time_to_seconds",
        on: SSL,
        params: &[need(
            "cert_time",
            "a certificate's notBefore or notAfter: `Jan  5 09:34:43 2018 GMT`",
        )],
        returns: "int",
        doc: "A certificate's time in seconds since 1970. Raises ValueError for another form.",
        run: &typed(cert_time),
        ..FUNCTION
    },
    Op {
        name: "RAND_bytes",
        on: SSL,
        params: &[need("n", "how many bytes")],
        returns: "bytes",
        doc: "Random bytes for keys, passwords and nonces: nobody can guess them. Raises ValueError for a negative number, \
              MemoryError.",
        run: &typed(rand_bytes),
        ..FUNCTION
    },
    Op {
        name: "RAND_status",
        on: SSL,
        returns: "bool",
        doc: "Whether random bytes can be had: always, as they are the system's. Never fails.",
        run: &typed(|_: &Cx<'_>| Ok(true)),
        ..FUNCTION
    },
    Op {
        name: "ssl",
        on: Owner::Module("socket"),
        python: Python::Nothing,
        params: &[
            need("sock", "a connected stream socket, which is detached"),
            with(
                "keyfile",
                Default::None,
                "path of a PEM file with the private key",
            ),
            with(
                "certfile",
                Default::None,
                "path of a PEM file with the certificate",
            ),
        ],
        returns: "SSLSocket",
        doc: "Speak TLS on a socket without looking at the peer's certificate, as Python 2 did: anybody can listen in between. \
              Warns. Raises as SSLContext.wrap_socket.",
        run: &typed(legacy),
        ..FUNCTION
    },
];

fn context(cx: &Cx<'_>, protocol: Option<i64>) -> Result<Rc<Context>> {
    let protocol = match protocol {
        Some(protocol) => protocol,
        None => {
            cx.net.warn(
                Class::DeprecationWarning,
                "ssl.SSLContext() without protocol argument is deprecated.",
            )?;
            PROTOCOL_TLS
        }
    };
    Ok(Rc::new(Context::new(protocol)?))
}

pub(super) fn purpose(purpose: Text) -> Result<i64> {
    match purpose.utf8("purpose")?.as_str() {
        SERVER_AUTH => Ok(PROTOCOL_TLS_CLIENT),
        CLIENT_AUTH => Ok(PROTOCOL_TLS_SERVER),
        other => Err(Error::type_error(other.to_owned())),
    }
}

fn create_default_context(
    cx: &Cx<'_>,
    for_what: Text,
    cafile: Option<Text>,
    capath: Option<Text>,
    cadata: Option<Certificates>,
) -> Result<Rc<Context>> {
    let context = Rc::new(Context::new(purpose(for_what)?)?);
    // As in Python what is empty is not given.
    let is_given = |text: &Option<Text>| text.as_ref().is_some_and(|Text(path)| !path.is_empty());
    let has_data = cadata.as_ref().is_some_and(|given| !given.is_empty());
    if is_given(&cafile) || is_given(&capath) || has_data {
        load_verify_locations(cx, context.clone(), cafile, capath, cadata)?;
    } else if context.verify_mode() != tls::VerifyMode::None {
        trust_system(cx, &context)?;
    }
    Ok(context)
}

pub(super) fn trust_system(cx: &Cx<'_>, context: &Context) -> Result<()> {
    match context.trust_system() {
        Some(warning) => cx.net.warn(Class::RuntimeWarning, warning),
        None => Ok(()),
    }
}

/// A file's bytes, if the policy allows reading it. CPython raises no event for these files; ours is that of `open`.
pub(super) fn read_file(net: &Net, path: &[u8]) -> Result<Vec<u8>> {
    const OP: &str = "open";
    if path.contains(&0) {
        return Err(Error::value("embedded null byte"));
    }
    let shown = Path::new(std::ffi::OsStr::from_bytes(path));
    let request = Request::Open {
        path: shown,
        write: false,
    };
    let facts = || {
        vec![
            Fact::Text(shown.to_string_lossy().into_owned()),
            Fact::Text("r".into()),
            Fact::Int(0),
        ]
    };
    net.guard_as(&request, facts).map_err(|error| error.during(OP))?;
    file::whole(net, shown, LARGEST_FILE).map_err(|error| error.during(OP).naming_file_below())
}

fn legacy(
    cx: &Cx<'_>,
    socket: Rc<Socket>,
    keyfile: Option<Text>,
    certfile: Option<Text>,
) -> Result<Rc<Socket>> {
    cx.net.warn(
        Class::RuntimeWarning,
        "socket.ssl does not look at certificates: anybody can listen in between; use ssl.create_default_context()",
    )?;
    let context = Context::new(PROTOCOL_TLS)?;
    if let Some(Text(chain)) = &certfile {
        let chain = read_file(cx.net, chain)?;
        match &keyfile {
            Some(Text(key)) => context.set_identity(&chain, &read_file(cx.net, key)?)?,
            None => context.set_identity(&chain, &chain)?,
        }
    }
    socket.secure(Terms {
        context: Rc::new(context),
        server_side: false,
        hostname: None,
        handshake_on_connect: true,
        suppress_ragged_eofs: true,
    })
}

fn get_server_certificate(
    cx: &Cx<'_>,
    addr: Any,
    version: i64,
    ca_certs: Option<Text>,
    timeout: Option<crate::api::argument::Seconds>,
) -> Result<String> {
    let address = address::unpack_pair("get_server_certificate", addr.0)?;
    let context = Context::new(version)?;
    context.set_check_hostname(false);
    match ca_certs {
        Some(Text(path)) => {
            context.set_verify_mode(2)?;
            context.trust_pem(&read_file(cx.net, &path)?)?;
        }
        None => context.set_verify_mode(0)?,
    }
    let hostname = address.host.clone();
    let attempt = Attempt {
        lookup: Lookup {
            host: address.host,
            service: address.service,
            numbered: address.numbered,
            kind: SOCK_STREAM,
            ..Lookup::default()
        },
        timeout: timeout.map(|seconds| crate::net::Timeout::After(seconds.0)),
        source: None,
        all_errors: false,
        race: None,
        deadline: None,
    };
    let socket = Socket::create_connection(cx.net, &attempt)?;
    let secured = socket.secure(Terms {
        context: Rc::new(context),
        server_side: false,
        hostname,
        handshake_on_connect: true,
        suppress_ragged_eofs: true,
    })?;
    let found = secured
        .secured()
        .and_then(|secured| secured.ask(|session| session.peer_certificate()));
    secured.close()?;
    match found {
        Some((der, _)) => Ok(tls::der_to_pem(&der)),
        None => Err(Error::value("the server has shown no certificate")),
    }
}

fn rand_bytes(cx: &Cx<'_>, n: i64) -> Result<Vec<u8>> {
    let count = usize::try_from(n).map_err(|_| Error::value("num must be positive"))?;
    let mut bytes = cx.net.buffer(count)?;
    bytes.resize(count, 0);
    tls::random_bytes(&mut bytes)?;
    Ok(bytes)
}

fn der_to_pem(_: &Cx<'_>, der: Bytes) -> Result<String> {
    Ok(der.with(tls::der_to_pem))
}

fn pem_to_der(_: &Cx<'_>, text: Text) -> Result<Vec<u8>> {
    tls::pem_to_der(&text.utf8("pem_cert_string")?)
}

fn cert_time(_: &Cx<'_>, text: Text) -> Result<i64> {
    let text = text.utf8("cert_time")?;
    tls::seconds_of(&text).ok_or_else(|| {
        Error::value(format!(
            "time data '{text}' does not match format \"%b %d %H:%M:%S %Y GMT\""
        ))
    })
}
