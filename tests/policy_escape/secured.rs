//! TLS as a way round: to an address that is denied, and to files.

use super::*;

const WRAPPED: &str =
    "local s = ssl.create_default_context():wrap_socket(socket.socket(), {server_hostname = 'localhost'})";
const WRAPPED_RHAI: &str =
    "let s = ssl::create_default_context().wrap_socket(socket::socket(), #{server_hostname: \"localhost\"});";
const CONTEXT: &str = "local c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)";
const CONTEXT_RHAI: &str = "let c = ssl::SSLContext(ssl::PROTOCOL_TLS_CLIENT);";

attempts! { tls, not_here(),
    a_wrapped_socket: WRAPPED, "s:connect({'127.0.0.1', 9})"; WRAPPED_RHAI, "s.connect([\"127.0.0.1\", 9])";
    a_wrapped_socket_by_name: WRAPPED, "s:connect({'localhost', 9})"; WRAPPED_RHAI, "s.connect([\"localhost\", 9])";
    connect_ex: WRAPPED, "s:connect_ex({'127.0.0.1', 9})"; WRAPPED_RHAI, "s.connect_ex([\"127.0.0.1\", 9])";
    a_servers_certificate: "", "ssl.get_server_certificate({'127.0.0.1', 9})"; "", "ssl::get_server_certificate([\"127.0.0.1\", 9])";
    a_servers_certificate_by_name: "", "ssl.get_server_certificate({'localhost', 9})"; "", "ssl::get_server_certificate([\"localhost\", 9])";
    a_tube: "", "tube.connect('tls://127.0.0.1:9')"; "", "tube::connect(\"tls://127.0.0.1:9\")";
    a_tube_by_name: "", "tube.connect('tls://localhost:9')"; "", "tube::connect(\"tls://localhost:9\")";
    serving: "", "ssl.create_default_context():wrap_socket(socket.create_server({'127.0.0.1', 0}), {server_side = true})";
        "", "ssl::create_default_context().wrap_socket(socket::create_server([\"127.0.0.1\", 0]), #{server_side: true})";
    a_certificate: CONTEXT, "c:load_cert_chain('/etc/hostname')"; CONTEXT_RHAI, "c.load_cert_chain(\"/etc/hostname\")";
    authorities: CONTEXT, "c:load_verify_locations('/etc/hostname')"; CONTEXT_RHAI, "c.load_verify_locations(\"/etc/hostname\")";
    a_folder_of_authorities: CONTEXT, "c:load_verify_locations{capath = '/etc'}"; CONTEXT_RHAI, "c.load_verify_locations(#{capath: \"/etc\"})";
    an_empty_folder_of_authorities: CONTEXT, "c:load_verify_locations{capath = '/proc/self/task'}"; CONTEXT_RHAI, "c.load_verify_locations(#{capath: \"/proc/self/task\"})";
    authorities_of_a_default_context: "", "ssl.create_default_context{cafile = '/etc/hostname'}"; "", "ssl::create_default_context(#{cafile: \"/etc/hostname\"})";
    the_legacy_call: "local a = socket.socketpair()", "socket.ssl(a, '/etc/hostname', '/etc/hostname')";
        "let a = socket::socketpair()[0];", "socket::ssl(a, \"/etc/hostname\", \"/etc/hostname\")";
    the_legacy_call_for_an_address: "local s = socket.socket()", "s:connect({'127.0.0.1', 9}) socket.ssl(s)";
        "let s = socket::socket();", "s.connect([\"127.0.0.1\", 9]); socket::ssl(s)";
}
