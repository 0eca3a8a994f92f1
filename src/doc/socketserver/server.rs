//! The servers' loop and hooks, and the mix-ins.

use super::{CLIENT, Class, Member, Param, REQUEST, class, field, method, param, value, with};

const SERVER: &[Param] = &[
    param("server_address", "where to listen: a host and a port, or a path"),
    param(
        "RequestHandlerClass",
        "what is made for each request: a class; in Rhai a map of closures will do",
    ),
];

pub(super) const BASE_SERVER: Class = Class {
    params: SERVER,
    members: &[
        field(
            "server_address",
            "address",
            "Where the server listens: what was given, and the real one once it is bound.",
        ),
        field("RequestHandlerClass", "class", "What is made for each request."),
        value(
            "timeout",
            "float or None",
            "None",
            "Seconds handle_request waits for a request; None is for ever.",
        ),
        Member {
            params: &[with(
                "poll_interval",
                "0.5",
                "seconds after which service_actions is called where no request comes",
            )],
            ..method(
                "serve_forever",
                "None",
                "Handle requests until shutdown is called by another task. Raises OSError.",
            )
        },
        method(
            "shutdown",
            "None",
            "End serve_forever, and return when it has ended. Raises RuntimeError in the task that serves, which would wait for itself.",
        ),
        method(
            "handle_request",
            "None",
            "Handle one request; call handle_timeout when none comes within `timeout` seconds, the socket's or the server's.",
        ),
        method(
            "handle_timeout",
            "None",
            "Hook: called when handle_request has waited in vain. Does nothing of itself.",
        ),
        method(
            "service_actions",
            "None",
            "Hook: called at each turn of serve_forever. Does nothing of itself.",
        ),
        method(
            "server_activate",
            "None",
            "Hook: called by the constructor, once the socket is bound.",
        ),
        Member {
            params: &[REQUEST, CLIENT],
            ..method(
                "verify_request",
                "bool",
                "Hook: whether to process a request. Any is, of itself.",
            )
        },
        Member {
            params: &[REQUEST, CLIENT],
            ..method(
                "process_request",
                "None",
                "Hook: process a request. Calls finish_request and shutdown_request here and now.",
            )
        },
        Member {
            params: &[REQUEST, CLIENT],
            ..method(
                "finish_request",
                "None",
                "Hook: make the handler, which does the work.",
            )
        },
        Member {
            params: &[REQUEST],
            ..method(
                "shutdown_request",
                "None",
                "Hook: end a request. Calls close_request.",
            )
        },
        Member {
            params: &[REQUEST],
            ..method("close_request", "None", "Hook: clean up a request.")
        },
        Member {
            params: &[
                REQUEST,
                CLIENT,
                with("e", "None", "the error; Python finds it in sys.exc_info()"),
            ],
            ..method(
                "handle_error",
                "None",
                "Hook: called when a handler has raised; the server goes on. Prints the error with its traceback on stderr.",
            )
        },
        method(
            "server_close",
            "None",
            "Clean up the server. Called at the end of its scope (<close> in Lua, with in Rhai).",
        ),
    ],
    ..class(
        "BaseServer",
        &[],
        "The loop and the hooks of every server; what a request is, the classes derived from it say.",
    )
};

pub(super) const TCP_SERVER: Class = Class {
    params: &[
        param("server_address", "where to listen: a host and a port"),
        param(
            "RequestHandlerClass",
            "what is made for each connection: a class; in Rhai a map of closures will do",
        ),
        with(
            "bind_and_activate",
            "True",
            "whether to bind and to listen at once",
        ),
    ],
    members: &[
        field("socket", "socket", "The socket the server listens on."),
        value("address_family", "int", "socket.AF_INET", "The socket's family."),
        value("socket_type", "int", "socket.SOCK_STREAM", "The socket's type."),
        value(
            "request_queue_size",
            "int",
            "5",
            "Connections the kernel keeps until they are accepted.",
        ),
        value(
            "allow_reuse_address",
            "bool",
            "False",
            "Whether to set SO_REUSEADDR before the socket is bound.",
        ),
        value(
            "allow_reuse_port",
            "bool",
            "False",
            "Whether to set SO_REUSEPORT before the socket is bound.",
        ),
        method(
            "server_bind",
            "None",
            "Hook: called by the constructor to bind the socket. Raises OSError.",
        ),
        method(
            "get_request",
            "request, client_address",
            "Hook: take a request and tell who it is from: two results in Lua, an array in Rhai. Raises OSError.",
        ),
        method("fileno", "int", "The descriptor that is waited for."),
    ],
    ..class(
        "TCPServer",
        &["BaseServer"],
        "A server of TCP connections: a request is the connection's socket. Handles one after the other.",
    )
};

pub(super) const THREADING: Class = Class {
    members: &[
        value(
            "daemon_threads",
            "bool",
            "False",
            "Whether the program's end ends the requests' tasks, and server_close does not wait for them.",
        ),
        value(
            "block_on_close",
            "bool",
            "True",
            "Whether server_close waits for the requests' tasks.",
        ),
        Member {
            params: &[REQUEST, CLIENT],
            ..method("process_request_thread", "None", "What a request's task does.")
        },
    ],
    ..class(
        "ThreadingMixIn",
        &[],
        "Makes a server handle each request in a task of its own. Comes before the server among the bases.",
    )
};

pub(super) const FORKING: Class = Class {
    members: &[
        value(
            "timeout",
            "float or None",
            "300",
            "Seconds handle_request waits before it looks for children that have ended.",
        ),
        value(
            "active_children",
            "list or None",
            "None",
            "The children's process ids: keys of a table in Lua, an array in Rhai.",
        ),
        value(
            "max_children",
            "int",
            "40",
            "Children at once; with so many a further request waits until one ends.",
        ),
        value(
            "block_on_close",
            "bool",
            "True",
            "Whether server_close waits until all children have ended.",
        ),
        Member {
            params: &[with(
                "blocking",
                "False",
                "whether to wait for all, in a table or map: {blocking = true}",
            )],
            ..method(
                "collect_children",
                "None",
                "Reap the children that have ended; wait for some where there are too many.",
            )
        },
    ],
    ..class(
        "ForkingMixIn",
        &[],
        "Makes a server handle each request in a process of its own. Comes before the server among the bases. Unix.",
    )
};
