//! The entries of `socketserver`, whose two sources are `stdlib/lua/socketserver` and `stdlib/rhai/socketserver`.

mod handler;
mod server;
#[cfg(test)]
mod tests;

use super::written::{Class, Member, Param, Written};
use handler::{BASE_HANDLER, STREAM_HANDLER};
use server::{BASE_SERVER, FORKING, TCP_SERVER, THREADING};

pub(super) const SOCKETSERVER: Written = Written {
    name: "socketserver",
    doc: "Servers in classes, as Python's socketserver has them: a server takes connections or datagrams, and for each makes a \
          handler, an object of a class of yours, whose handle() does the work.",
    examples: [
        "\
local Echo = socketserver.class(socketserver.StreamRequestHandler)
function Echo:handle()
  for line in self.rfile:lines() do self.wfile:write(line) end
end
local address = {\"127.0.0.1\", 7000}
local server <close> = socketserver.ThreadingTCPServer(address, Echo)
server:serve_forever()
",
        "\
let Echo = #{
    handle: || {
        for line in this.rfile.lines() { this.wfile.write(line); }
    },
};
let address = [\"127.0.0.1\", 7000];
with server = socketserver::ThreadingTCPServer(address, Echo) {
    server.serve_forever();
}
",
    ],
    functions: &[Member {
        params: &[param(
            "...",
            "the classes it derives from, asked in Python's order; in Rhai a map of its hooks and values behind them",
        )],
        ..method(
            "class",
            "class",
            "Make a class. In Lua it is called to make an object, and its hooks are set on it: function Echo:handle() … end. In Rhai \
             it takes them in a map, and Echo.new(…) makes an object. Base.setup(self) in Lua and this.call(Base.setup) in Rhai is \
             the base's method.",
        )
    }],
    classes: &[
        BASE_SERVER,
        TCP_SERVER,
        Class {
            members: &[value(
                "max_packet_size",
                "int",
                "8192",
                "Bytes of a datagram that are received at most; the rest of a longer one is lost.",
            )],
            ..class(
                "UDPServer",
                &["TCPServer"],
                "A server of datagrams: a request is the datagram and the socket, {data, socket}; in Rhai [data, socket].",
            )
        },
        class(
            "UnixStreamServer",
            &["TCPServer"],
            "A server of Unix connections, at a path.",
        ),
        class(
            "UnixDatagramServer",
            &["UDPServer"],
            "A server of Unix datagrams, at a path.",
        ),
        THREADING,
        class(
            "ThreadingTCPServer",
            &["ThreadingMixIn", "TCPServer"],
            "A TCPServer with a task for each connection.",
        ),
        class(
            "ThreadingUDPServer",
            &["ThreadingMixIn", "UDPServer"],
            "A UDPServer with a task for each datagram.",
        ),
        class(
            "ThreadingUnixStreamServer",
            &["ThreadingMixIn", "UnixStreamServer"],
            "A UnixStreamServer with a task for each connection.",
        ),
        class(
            "ThreadingUnixDatagramServer",
            &["ThreadingMixIn", "UnixDatagramServer"],
            "A UnixDatagramServer with a task for each datagram.",
        ),
        FORKING,
        class(
            "ForkingTCPServer",
            &["ForkingMixIn", "TCPServer"],
            "A TCPServer with a process for each connection.",
        ),
        class(
            "ForkingUDPServer",
            &["ForkingMixIn", "UDPServer"],
            "A UDPServer with a process for each datagram.",
        ),
        class(
            "ForkingUnixStreamServer",
            &["ForkingMixIn", "UnixStreamServer"],
            "A UnixStreamServer with a process for each connection.",
        ),
        class(
            "ForkingUnixDatagramServer",
            &["ForkingMixIn", "UnixDatagramServer"],
            "A UnixDatagramServer with a process for each datagram.",
        ),
        BASE_HANDLER,
        STREAM_HANDLER,
        Class {
            members: &[
                field("packet", "bytes", "The datagram."),
                field("socket", "socket", "The server's socket."),
                field("rfile", "file", "What the datagram holds, to be read."),
                field(
                    "wfile",
                    "file",
                    "What is written here is sent to the client, in one datagram, when the handler is done.",
                ),
            ],
            ..class(
                "DatagramRequestHandler",
                &["BaseRequestHandler"],
                "A handler that reads a datagram and writes the answer as files.",
            )
        },
    ],
};

const REQUEST: Param = param("request", "what get_request returned");
const CLIENT: Param = param("client_address", "the client's address");

const fn class(name: &'static str, bases: &'static [&'static str], doc: &'static str) -> Class {
    Class {
        name,
        bases,
        doc,
        params: &[],
        members: &[],
    }
}

const fn method(name: &'static str, kind: &'static str, doc: &'static str) -> Member {
    Member {
        name,
        is_attribute: false,
        params: &[],
        kind,
        value: "",
        doc,
    }
}

/// What every object has, and its class has not.
const fn field(name: &'static str, kind: &'static str, doc: &'static str) -> Member {
    value(name, kind, "", doc)
}

const fn value(name: &'static str, kind: &'static str, value: &'static str, doc: &'static str) -> Member {
    Member {
        is_attribute: true,
        value,
        ..method(name, kind, doc)
    }
}

const fn param(name: &'static str, doc: &'static str) -> Param {
    with(name, "", doc)
}

const fn with(name: &'static str, default: &'static str, doc: &'static str) -> Param {
    Param { name, default, doc }
}
