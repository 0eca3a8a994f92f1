//! Contexts of TLS: what they can be told, asked and made to do.

use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::rc::Rc;

use crate::api::argument::{Text, Truth};
use crate::api::handler::typed;
use crate::api::op::{Default, Form, METHOD, Op, Owner, PROPERTY, need, with};
use crate::api::tls::{Certificates, ProtocolNames, SERVER_AUTH, certificate};
use crate::api::value::Type;
use crate::api::{Cx, Value};
use crate::error::{Class, Error, Result};
use crate::net::{Socket, Terms};
use crate::policy::Request;
use crate::tls::{self, Context};

use super::tls::{CADATA, CAFILE, CAPATH, PROTOCOL_TLS, PROTOCOL_TLS_CLIENT, PROTOCOL_TLS_SERVER};
use super::tls::{purpose, read_file, trust_system};

const CONTEXT: Owner = Owner::Type(Type::TlsContext);

/// A method of contexts.
const OF_CONTEXT: Op = Op {
    on: CONTEXT,
    ..METHOD
};

/// An attribute of contexts.
const FIELD: Op = Op {
    on: CONTEXT,
    ..PROPERTY
};

/// Writing an attribute.
const SETTER: Op = Op {
    on: CONTEXT,
    form: Form::Method,
    params: &[need("value", "the new value")],
    doc: "Writes the attribute.",
    ..METHOD
};

pub(super) const OPS: &[Op] = &[
    Op {
        name: "wrap_socket",
        params: &[
            need("sock", "a stream socket, which is detached"),
            with(
                "server_side",
                Default::Bool(false),
                "whether this is the server's side",
            ),
            with(
                "do_handshake_on_connect",
                Default::Bool(true),
                "whether to shake hands at once, or when connected",
            ),
            with(
                "suppress_ragged_eofs",
                Default::Bool(true),
                "whether a stream cut off ends as any other; else SSLEOFError",
            ),
            with(
                "server_hostname",
                Default::None,
                "the server's name: told to it (SNI), and looked for in its certificate",
            ),
            with(
                "session",
                Default::None,
                "for Python's sake; sessions are taken up again by themselves",
            ),
        ],
        returns: "SSLSocket",
        doc: "Speak TLS on a socket, from here on: also in the middle of a conversation (STARTTLS), before it is connected, or on \
              one that listens, whose connections speak it then. Raises SSLCertVerificationError, SSLError, SSLEOFError, timeout, \
              ValueError.",
        run: &typed(wrap_socket),
        ..OF_CONTEXT
    },
    Op {
        name: "load_verify_locations",
        params: &[CAFILE, CAPATH, CADATA],
        doc: "Trust certificates from a file, a folder, or as they are given. Raises TypeError for none of them, FileNotFoundError \
              and its like, SSLError for what holds none.",
        run: &typed(load_verify_locations),
        ..OF_CONTEXT
    },
    Op {
        name: "load_default_certs",
        params: &[with(
            "purpose",
            Default::Text(SERVER_AUTH),
            "Purpose.SERVER_AUTH or CLIENT_AUTH",
        )],
        doc: "Trust what the system trusts (SSL_CERT_FILE and SSL_CERT_DIR say otherwise). Warns where that is nothing. Raises \
              RuntimeWarning where warnings are errors.",
        run: &typed(load_default_certs),
        ..OF_CONTEXT
    },
    Op {
        name: "set_default_verify_paths",
        doc: "Trust what the system trusts. Raises as load_default_certs.",
        run: &typed(set_default_verify_paths),
        ..OF_CONTEXT
    },
    Op {
        name: "load_cert_chain",
        params: &[
            need(
                "certfile",
                "path of a PEM file: the certificate, then those that signed it",
            ),
            with(
                "keyfile",
                Default::None,
                "path of the private key's PEM file; it may stand in `certfile`",
            ),
            with("password", Default::None, "None: encrypted keys are not read"),
        ],
        doc: "Take the certificate to show and its private key. Raises FileNotFoundError and its like; SSLError for what is no \
              PEM, and for a key that is not the certificate's.",
        run: &typed(load_cert_chain),
        ..OF_CONTEXT
    },
    Op {
        name: "set_alpn_protocols",
        params: &[need("alpn_protocols", "list of names, the best first")],
        doc: "Choose the application protocols to agree on. Raises SSLError for a name that is empty or too long.",
        run: &typed(set_alpn_protocols),
        ..OF_CONTEXT
    },
    Op {
        name: "set_ciphers",
        params: &[need("cipherlist", "as OpenSSL's: `ECDHE+AESGCM:!aNULL`")],
        doc: "Choose among the ciphers of TLS 1.2; those of 1.3 are always on. Raises SSLError where none is left.",
        run: &typed(set_ciphers),
        ..OF_CONTEXT
    },
    Op {
        name: "get_ciphers",
        returns: "list",
        doc: "The ciphers that may be used: maps with name, protocol, strength_bits. Never fails.",
        run: &typed(get_ciphers),
        ..OF_CONTEXT
    },
    Op {
        name: "get_ca_certs",
        params: &[with(
            "binary_form",
            Default::Bool(false),
            "whether to give DER bytes",
        )],
        returns: "list",
        doc: "The authorities' certificates that are trusted, as getpeercert gives one. Never fails.",
        run: &typed(get_ca_certs),
        ..OF_CONTEXT
    },
    Op {
        name: "cert_store_stats",
        returns: "map",
        doc: "Numbers of trusted certificates: x509, x509_ca, crl. Never fails.",
        run: &typed(cert_store_stats),
        ..OF_CONTEXT
    },
    Op {
        name: "check_hostname",
        returns: "bool",
        doc: "Whether the peer's certificate must be for `server_hostname`. Can be written; true makes verify_mode CERT_REQUIRED.",
        run: &typed(|_: &Cx<'_>, context: Rc<Context>| Ok(context.check_hostname())),
        ..FIELD
    },
    Op {
        name: "verify_mode",
        returns: "int",
        doc: "CERT_NONE, CERT_OPTIONAL or CERT_REQUIRED: how the peer's certificate is looked at. Can be written.",
        run: &typed(|_: &Cx<'_>, context: Rc<Context>| Ok(context.verify_mode() as i64)),
        ..FIELD
    },
    Op {
        name: "verify_flags",
        returns: "int",
        doc: "VERIFY_* bits, kept for Python's sake. Can be written; lists of revoked certificates are not looked at.",
        run: &typed(|_: &Cx<'_>, context: Rc<Context>| Ok(context.verify_flags())),
        ..FIELD
    },
    Op {
        name: "minimum_version",
        returns: "int",
        doc: "The oldest version to speak, of TLSVersion. Can be written.",
        run: &typed(|_: &Cx<'_>, context: Rc<Context>| Ok(context.versions().0)),
        ..FIELD
    },
    Op {
        name: "maximum_version",
        returns: "int",
        doc: "The newest version to speak, of TLSVersion. Can be written.",
        run: &typed(|_: &Cx<'_>, context: Rc<Context>| Ok(context.versions().1)),
        ..FIELD
    },
    Op {
        name: "options",
        returns: "int",
        doc: "OP_* bits; OP_NO_TLSv1_2 and OP_NO_TLSv1_3 are heeded. Can be written.",
        run: &typed(|_: &Cx<'_>, context: Rc<Context>| Ok(context.options())),
        ..FIELD
    },
    Op {
        name: "protocol",
        returns: "int",
        doc: "The PROTOCOL_* it was made with.",
        run: &typed(protocol),
        ..FIELD
    },
];

pub(super) const SETTERS: &[Op] = &[
    Op {
        name: "check_hostname",
        run: &typed(|_: &Cx<'_>, context: Rc<Context>, value: Truth| {
            context.set_check_hostname(value.0);
            Ok(())
        }),
        ..SETTER
    },
    Op {
        name: "verify_mode",
        run: &typed(|_: &Cx<'_>, context: Rc<Context>, value: i64| context.set_verify_mode(value)),
        ..SETTER
    },
    Op {
        name: "verify_flags",
        run: &typed(set_verify_flags),
        ..SETTER
    },
    Op {
        name: "minimum_version",
        run: &typed(|_: &Cx<'_>, context: Rc<Context>, value: i64| context.set_minimum(value)),
        ..SETTER
    },
    Op {
        name: "maximum_version",
        run: &typed(|_: &Cx<'_>, context: Rc<Context>, value: i64| context.set_maximum(value)),
        ..SETTER
    },
    Op {
        name: "options",
        run: &typed(|_: &Cx<'_>, context: Rc<Context>, value: i64| {
            context.set_options(value);
            Ok(())
        }),
        ..SETTER
    },
];

/// Lists of revoked certificates are asked for by these bits, and nobody reads any here.
fn set_verify_flags(_: &Cx<'_>, context: Rc<Context>, value: i64) -> Result<()> {
    const CRL_CHECK: i64 = 0xc;
    if value & CRL_CHECK != 0 {
        return Err(Error::new(
            Class::NotImplementedError,
            "VERIFY_CRL_CHECK_*: lists of revoked certificates (CRL) cannot be checked here",
        ));
    }
    context.set_verify_flags(value);
    Ok(())
}

fn protocol(_: &Cx<'_>, context: Rc<Context>) -> Result<i64> {
    Ok(match context.protocol {
        tls::Protocol::Either => PROTOCOL_TLS,
        tls::Protocol::Client => PROTOCOL_TLS_CLIENT,
        tls::Protocol::Server => PROTOCOL_TLS_SERVER,
        tls::Protocol::Only(_) => 5,
    })
}

fn load_default_certs(cx: &Cx<'_>, context: Rc<Context>, for_what: Text) -> Result<()> {
    purpose(for_what)?;
    trust_system(cx, &context)
}

fn set_default_verify_paths(cx: &Cx<'_>, context: Rc<Context>) -> Result<()> {
    trust_system(cx, &context)
}

pub(super) fn load_verify_locations(
    cx: &Cx<'_>,
    context: Rc<Context>,
    cafile: Option<Text>,
    capath: Option<Text>,
    cadata: Option<Certificates>,
) -> Result<()> {
    if cafile.is_none() && capath.is_none() && cadata.is_none() {
        return Err(Error::type_error(
            "cafile, capath and cadata cannot be all omitted",
        ));
    }
    match cadata {
        None => {}
        Some(given) if given.is_empty() => return Err(Error::value("Empty certificate data")),
        Some(Certificates::Pem(text)) => trust_text(&context, &text)?,
        Some(Certificates::Der(bytes)) => context.trust_der(&bytes)?,
    }
    if let Some(Text(path)) = cafile {
        let text = read_file(cx.net, &path)?;
        context
            .trust_pem(&text)
            .map_err(|error| error.during("load_verify_locations"))?;
    }
    if let Some(Text(path)) = capath {
        let folder = Path::new(std::ffi::OsStr::from_bytes(&path));
        // Its names are told by what fails.
        cx.net.guard_unheard(&Request::Open {
            path: folder,
            write: false,
        })?;
        let Ok(entries) = std::fs::read_dir(folder) else {
            // OpenSSL looks into the folder when a certificate is wanted, and does not say that there is none.
            return Ok(());
        };
        for entry in entries.flatten().filter(|entry| entry.path().is_file()) {
            let text = read_file(cx.net, entry.path().as_os_str().as_bytes())?;
            // What else lies there is no certificate to trust.
            let _ = context.trust_pem(&text);
        }
    }
    Ok(())
}

fn trust_text(context: &Context, text: &[u8]) -> Result<()> {
    context.trust_pem(text).map_err(|error| match error.reason() {
        Some("NO_CERTIFICATE_OR_CRL_FOUND") => Error::numbered(
            Class::SSLError,
            0,
            "no start line: cadata does not contain a certificate",
        ),
        _ => error,
    })
}

fn load_cert_chain(
    cx: &Cx<'_>,
    context: Rc<Context>,
    certfile: Text,
    keyfile: Option<Text>,
    password: Option<Text>,
) -> Result<()> {
    if password.is_some() {
        return Err(Error::new(
            Class::NotImplementedError,
            "password: encrypted keys are not read here; decrypt the key first: openssl pkey -in FILE -out PLAIN",
        ));
    }
    let chain = read_file(cx.net, &certfile.0)?;
    let key = keyfile.map(|Text(path)| read_file(cx.net, &path)).transpose()?;
    context
        .set_identity(&chain, key.as_ref().unwrap_or(&chain))
        .map_err(|error| error.during("load_cert_chain"))
}

fn set_alpn_protocols(_: &Cx<'_>, context: Rc<Context>, protocols: ProtocolNames) -> Result<()> {
    context.set_alpn(protocols.0)
}

fn set_ciphers(_: &Cx<'_>, context: Rc<Context>, list: Text) -> Result<()> {
    context.set_ciphers(&list.utf8("cipherlist")?)
}

fn get_ciphers(_: &Cx<'_>, context: Rc<Context>) -> Result<Vec<Value>> {
    let cipher = |(name, protocol, bits): (&'static str, &'static str, i64)| {
        Value::Map(vec![
            ("name".to_owned(), Value::text(name)),
            ("protocol".to_owned(), Value::text(protocol)),
            ("strength_bits".to_owned(), Value::Int(bits)),
        ])
    };
    Ok(context.ciphers().into_iter().map(cipher).collect())
}

fn get_ca_certs(_: &Cx<'_>, context: Rc<Context>, binary: Truth) -> Result<Vec<Value>> {
    let shown = |der: Vec<u8>| {
        if binary.0 {
            Value::bytes(der)
        } else {
            tls::describe(&der).map_or(Value::None, certificate)
        }
    };
    Ok(context.authorities().into_iter().map(shown).collect())
}

fn cert_store_stats(_: &Cx<'_>, context: Rc<Context>) -> Result<Value> {
    let (all, authorities) = context.store_counts();
    let number = |count: usize| Value::Int(i64::try_from(count).unwrap_or(i64::MAX));
    Ok(Value::Map(vec![
        ("x509".to_owned(), number(all)),
        ("crl".to_owned(), Value::Int(0)),
        ("x509_ca".to_owned(), number(authorities)),
    ]))
}

#[allow(clippy::too_many_arguments, reason = "Python's own parameters")]
fn wrap_socket(
    _: &Cx<'_>,
    context: Rc<Context>,
    socket: Rc<Socket>,
    server_side: Truth,
    handshake: Truth,
    suppress: Truth,
    hostname: Option<Text>,
    _session: Option<i64>,
) -> Result<Rc<Socket>> {
    let hostname = hostname.map(|name| name.utf8("server_hostname")).transpose()?;
    if hostname.as_deref().is_some_and(|name| name.contains('\0')) {
        return Err(Error::type_error(
            "argument must be encoded string without null bytes, not str",
        ));
    }
    socket.secure(Terms {
        context,
        server_side: server_side.0,
        hostname,
        handshake_on_connect: handshake.0,
        suppress_ragged_eofs: suppress.0,
    })
}
