//! The module `tube`: beginning conversations. What they can do is in `tube_methods`, what listeners can in
//! `tube_listener`; `tube_tls` reads what is said of TLS, `tube_program` begins with a program.

use std::os::unix::ffi::OsStrExt as _;
use std::rc::Rc;

use crate::api::argument::{Any, Seconds, Text, Truth};
use crate::api::handler::typed;
use crate::api::op::{Default, FUNCTION, Op, Owner, Param, Python, need, with};
use crate::api::{Cx, Value};
use crate::bytes::Bytes;
use crate::error::{Error, Result};
use crate::net::Socket;
use crate::tools::{Dial, Listener, Pattern, Recording, Settings, Tube, Url};

use super::tube_program::spawn;
use super::tube_tls::{Texts, Trust};

const TUBE: Owner = Owner::Module("tube");

const URL: &str =
    "tcp://host:port, udp://host:port, tls://host:port or unix:///path; an IPv6 host stands in brackets";
const TIMEOUT: Param = with(
    "timeout",
    Default::None,
    "seconds that this may take, and each call on the tube that does not say itself; 10",
);
const LIMIT: Param = with(
    "limit",
    Default::None,
    "most bytes that may lie unread; 67108864, which are 64 MiB",
);
const NEWLINE: Param = with(
    "newline",
    Default::None,
    "what ends a line: '\\n', and then a '\\r' before it belongs to the end of a line that comes",
);
const ALPN: Param = with(
    "alpn",
    Default::None,
    "list of str or None: tls: application protocols, the favourite first",
);

pub(super) const MASKS: Param = with(
    "masks",
    Default::None,
    "list of pattern or None: what they match of what was sent may be anything else they match",
);
pub(super) const CONVERSATION: Param = with(
    "conversation",
    Default::Int(1),
    "which one, of a recording that has several; the first is 1",
);

pub(super) const OPS: &[Op] = &[
    Op {
        name: "connect",
        on: TUBE,
        params: &[
            need("url", URL),
            TIMEOUT,
            LIMIT,
            NEWLINE,
            with(
                "verify",
                Default::Bool(true),
                "tls: whether the peer must prove who it is",
            ),
            with(
                "cafile",
                Default::None,
                "tls: path of a PEM file of certificates to trust; the system's",
            ),
            with(
                "server_hostname",
                Default::None,
                "tls: the name that the peer must prove; the URL's host",
            ),
            ALPN,
            with(
                "certfile",
                Default::None,
                "tls: path of a PEM file with a certificate of our own",
            ),
            with(
                "keyfile",
                Default::None,
                "tls: path of a PEM file with its private key; the certificate's file",
            ),
        ],
        returns: "tube",
        doc: "Connect to a peer and begin a conversation. The time covers the lookup of the name, the connect and the handshake. \
              Raises ValueError for a URL that is none, timeout, gaierror, ConnectionRefusedError and the like, \
              SSLCertVerificationError.",
        python: Python::Nothing,
        event: Some("socket.connect"),
        run: &typed(connect),
        ..FUNCTION
    },
    Op {
        name: "listen",
        on: TUBE,
        params: &[
            need("url", "where to listen; port 0 lets the system choose one"),
            TIMEOUT,
            LIMIT,
            NEWLINE,
            with(
                "backlog",
                Default::None,
                "most connections that wait to be accepted; 128",
            ),
            with(
                "certfile",
                Default::None,
                "tls, and needed there: path of a PEM file with the certificate",
            ),
            with(
                "keyfile",
                Default::None,
                "tls: path of a PEM file with its private key; the certificate's file",
            ),
            with(
                "cafile",
                Default::None,
                "tls: path of a PEM file: peers must have a certificate signed by one of these",
            ),
            ALPN,
        ],
        returns: "TubeListener",
        doc: "Listen for peers. Over UDP each peer that sends something begins a conversation. The file of a Unix socket is \
              removed at the end. Raises ValueError for a URL that is none, gaierror, OSError (EADDRINUSE).",
        python: Python::Nothing,
        event: Some("socket.bind"),
        run: &typed(listen),
        ..FUNCTION
    },
    Op {
        name: "wrap",
        on: TUBE,
        params: &[
            need(
                "sock",
                "a connected socket, of any family and also of TLS; the tube closes it",
            ),
            with(
                "timeout",
                Default::None,
                "seconds that each call may take that does not say itself; the socket's timeout, or 10",
            ),
            LIMIT,
            NEWLINE,
        ],
        returns: "tube",
        doc: "Begin a conversation on a socket that is connected. Raises ValueError.",
        python: Python::Nothing,
        run: &typed(wrap),
        ..FUNCTION
    },
    Op {
        name: "spawn",
        on: TUBE,
        params: &[
            need(
                "argv",
                "list of str and numbers: the program's name and its arguments",
            ),
            TIMEOUT,
            LIMIT,
            NEWLINE,
            with("cwd", Default::None, "the folder it runs in; the script's own"),
            with(
                "env",
                Default::None,
                "map or None: variables to add to its environment",
            ),
            with(
                "stderr",
                Default::Text("inherit"),
                "where what it complains of goes: 'inherit' to the script's standard error, 'stdout' into the tube, 'null' nowhere",
            ),
        ],
        returns: "tube",
        doc: "Start a program and talk to it over its standard input and output. It leads a group of processes of its own; \
              it and what it has started end when the tube is closed or collected, and with the script. Raises \
              FileNotFoundError and the like, PermissionError where the policy allows no such process.",
        python: Python::Named("subprocess.Popen"),
        event: Some("subprocess.Popen"),
        run: &typed(spawn),
        ..FUNCTION
    },
    Op {
        name: "replay",
        on: TUBE,
        params: &[
            need(
                "file",
                "path of a recording: what `wirescript record` wrote, or any trace",
            ),
            MASKS,
            CONVERSATION,
            TIMEOUT,
            LIMIT,
            NEWLINE,
        ],
        returns: "tube",
        doc: "Talk to the server of a recorded conversation, without a network: it says what it said then. What is sent is held \
              against what was sent then, however it is cut into pieces. Sending something else, and receiving when it was the \
              client's turn, raise AssertionError with both as one aligned dump. Raises FileNotFoundError and the like, \
              ValueError for what is no recording.",
        python: Python::Nothing,
        event: Some("open"),
        run: &typed(replay),
        ..FUNCTION
    },
    Op {
        name: "pattern",
        on: TUBE,
        params: &[need(
            "text",
            "a regular expression in the syntax of Rust's crate regex, over bytes: \\xff is one, . is any but \\n",
        )],
        returns: "pattern",
        doc: "Compile a regular expression, for expect and recv_regex. Raises ValueError for what is none.",
        python: Python::Named("re.compile"),
        run: &typed(pattern),
        ..FUNCTION
    },
];

/// How conversations are led, from what was given.
pub(super) fn settings(
    timeout: Option<Seconds>,
    limit: Option<i64>,
    newline: Option<Bytes>,
) -> Result<Settings> {
    let mut settings = Settings::default();
    if let Some(Seconds(timeout)) = timeout {
        settings.timeout = timeout;
    }
    if let Some(limit) = limit {
        settings.limit = usize::try_from(limit)
            .ok()
            .filter(|limit| *limit > 0)
            .ok_or_else(|| Error::value(format!("limit must be 1 or more, not {limit}")))?;
    }
    if let Some(newline) = newline {
        settings.newline = newline.into_vec();
        if settings.newline.is_empty() {
            return Err(Error::value("newline must not be empty"));
        }
    }
    Ok(settings)
}

#[allow(clippy::too_many_arguments, reason = "the row has ten parameters")]
fn connect(
    cx: &Cx<'_>,
    url: Text,
    timeout: Option<Seconds>,
    limit: Option<i64>,
    newline: Option<Bytes>,
    verify: Truth,
    cafile: Option<Text>,
    server_hostname: Option<Text>,
    alpn: Option<Texts>,
    certfile: Option<Text>,
    keyfile: Option<Text>,
) -> Result<Rc<Tube>> {
    let url = Url::read(&url.0)?;
    let settings = settings(timeout, limit, newline)?;
    let trust = Trust {
        distrust: !verify.0,
        cafile,
        hostname: server_hostname
            .map(|name| name.utf8("server_hostname"))
            .transpose()?,
        alpn,
        certfile,
        keyfile,
    };
    let secrets = trust.secrets(cx, &url, false)?;
    let dial = Dial {
        url,
        settings,
        secrets,
    };
    dial.connect(cx.net)
}

#[allow(clippy::too_many_arguments, reason = "the row has nine parameters")]
fn listen(
    cx: &Cx<'_>,
    url: Text,
    timeout: Option<Seconds>,
    limit: Option<i64>,
    newline: Option<Bytes>,
    backlog: Option<i32>,
    certfile: Option<Text>,
    keyfile: Option<Text>,
    cafile: Option<Text>,
    alpn: Option<Texts>,
) -> Result<Rc<Listener>> {
    let url = Url::read(&url.0)?;
    let settings = settings(timeout, limit, newline)?;
    let trust = Trust {
        cafile,
        alpn,
        certfile,
        keyfile,
        ..Trust::default()
    };
    let secrets = trust.secrets(cx, &url, true)?;
    let dial = Dial {
        url,
        settings,
        secrets,
    };
    dial.listen(cx.net, backlog)
}

fn wrap(
    _: &Cx<'_>,
    sock: Rc<Socket>,
    timeout: Option<Seconds>,
    limit: Option<i64>,
    newline: Option<Bytes>,
) -> Result<Rc<Tube>> {
    let timeout = timeout.unwrap_or_else(|| Seconds(Tube::timeout_of(&sock)));
    let told = match sock.peer_address() {
        Ok(peer) => format!("socket to {peer}"),
        Err(_) => "socket".to_owned(),
    };
    Ok(Tube::wrap(sock, settings(Some(timeout), limit, newline)?, told))
}

fn replay(
    cx: &Cx<'_>,
    file: Text,
    masks: Any,
    conversation: i64,
    timeout: Option<Seconds>,
    limit: Option<i64>,
    newline: Option<Bytes>,
) -> Result<Rc<Tube>> {
    let recording = recording(cx, &file, masks, conversation)?;
    Ok(Tube::replay(
        cx.net,
        &recording,
        settings(timeout, limit, newline)?,
    ))
}

/// A recorded conversation.
pub(super) fn recording(cx: &Cx<'_>, file: &Text, masks: Any, conversation: i64) -> Result<Recording> {
    let masks = match masks.0 {
        Value::None => Vec::new(),
        Value::List(items) => items,
        value => vec![value],
    };
    let masks: Vec<_> = masks
        .into_iter()
        .map(|mask| super::tube_methods::pattern_of(cx, mask, "masks"))
        .collect::<Result<_>>()?;
    let number = usize::try_from(conversation)
        .ok()
        .filter(|number| *number > 0)
        .ok_or_else(|| Error::value(format!("conversation must be 1 or more, not {conversation}")))?;
    if file.0.contains(&0) {
        return Err(Error::value("embedded null byte"));
    }
    let path = std::path::Path::new(std::ffi::OsStr::from_bytes(&file.0));
    Recording::read(cx.net, path, number, &masks)
}

fn pattern(cx: &Cx<'_>, text: Text) -> Result<Rc<Pattern>> {
    Ok(Rc::new(Pattern::new(cx.net, &text.0)?))
}
