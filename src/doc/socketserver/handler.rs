//! The handlers.

use super::{CLIENT, Class, REQUEST, class, field, method, param, value};

pub(super) const BASE_HANDLER: Class = Class {
    params: &[REQUEST, CLIENT, param("server", "the server")],
    members: &[
        field(
            "request",
            "socket",
            "The request: a connection's socket; datagram and socket for one of UDPServer.",
        ),
        field("client_address", "address", "The client's address."),
        field("server", "server", "The server that made the handler."),
        method("setup", "None", "Hook: called before handle."),
        method(
            "handle",
            "None",
            "Hook: the work itself. What it raises goes to the server's handle_error.",
        ),
        method(
            "finish",
            "None",
            "Hook: called after handle, also when that has raised.",
        ),
    ],
    ..class(
        "BaseRequestHandler",
        &[],
        "A handler: made for one request, it calls setup, handle and finish, and is done.",
    )
};

pub(super) const STREAM_HANDLER: Class = Class {
    members: &[
        field("connection", "socket", "The connection: the same as request."),
        field("rfile", "file", "The connection as a file to read from."),
        field("wfile", "file", "The connection as a file to write to."),
        value(
            "rbufsize",
            "int",
            "-1",
            "Buffer of rfile in bytes, as makefile's buffering: -1 is the usual one, 0 none.",
        ),
        value(
            "wbufsize",
            "int",
            "0",
            "Buffer of wfile in bytes: 0 sends what is written at once.",
        ),
        value(
            "timeout",
            "float or None",
            "None",
            "Seconds for the connection's timeout; None leaves it as it is.",
        ),
        value(
            "disable_nagle_algorithm",
            "bool",
            "False",
            "Whether to set TCP_NODELAY.",
        ),
    ],
    ..class(
        "StreamRequestHandler",
        &["BaseRequestHandler"],
        "A handler that reads and writes its connection as files.",
    )
};
