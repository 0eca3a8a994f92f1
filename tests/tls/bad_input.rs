//! Peers that speak no TLS, or stop, or never answer, and files that are not what they should be: the right class, in time, and
//! nothing is left behind.

use super::{PAIR, prints};

#[test]
fn bad_input_raises_the_right_class_in_time_and_leaves_nothing() {
    let code = r#"
        local function try(f, ...)
          local ok, e = pcall(f, ...)
          print(ok and "ok" or e.name .. " " .. (e.reason or "-"))
        end
        local function descriptors()
          collectgarbage() collectgarbage()
          local count = 0
          for fd = 0, 199 do
            if pcall(fcntl.fcntl, fd, fcntl.F_GETFD) then count = count + 1 end
          end
          return count
        end
        -- The first wait beside another task opens what watches descriptors.
        task.spawn(task.sleep, 0.001):join()
        local before = descriptors()
        local function meets(bytes, server_side, ends)
          local a, b = socket.socketpair()
          a:settimeout(0.2)
          if bytes then b:sendall(bytes) end
          if ends then b:shutdown(socket.SHUT_WR) end
          local c = server_side and server("server") or client()
          try(c.wrap_socket, c, a, {server_side = server_side, server_hostname = not server_side and "localhost" or nil})
          b:close()
        end
        meets("garbage instead of a hello", false)
        meets("garbage instead of a hello", true)
        meets("GET / HTTP/1.0\r\n\r\n", true)
        meets("\x16\x03\x01\x02\x00\x01", true, true)
        meets("", false, true)
        local begun = time.monotonic()
        meets(nil, false)
        meets(nil, true)
        meets("\x16\x03\x01\x02\x00\x01", true)
        local took = time.monotonic() - begun
        print(took >= 0.59 and took < 10)
        -- A stream cut off after the handshake.
        for _, suppress in ipairs({true, false}) do
          local a, b = socket.socketpair()
          local t = task.spawn(function() local s = server("server"):wrap_socket(b, {server_side = true}) s:sendall("xy") s:close() end)
          local s = client():wrap_socket(a, {server_hostname = "localhost", suppress_ragged_eofs = suppress})
          print(s:recv(10))
          try(s.recv, s, 10)
          s:close()
          t:join()
        end
        -- Files that are none.
        local c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try(c.load_cert_chain, c, "junk.pem")
        try(c.load_cert_chain, c, "server.pem", "client.pem")
        try(c.load_cert_chain, c, "ca.pem")
        try(c.load_cert_chain, c, "missing.pem")
        try(c.load_verify_locations, c, "junk.pem")
        try(c.load_verify_locations, c)
        -- A server with no certificate, a call that must not wait.
        local a, b = socket.socketpair()
        a:settimeout(0)
        local s = client():wrap_socket(a, {server_hostname = "localhost", do_handshake_on_connect = false})
        try(s.do_handshake, s)
        s:close() b:close()
        print(descriptors() - before)
    "#;
    let expected = "SSLError WRONG_VERSION_NUMBER\nSSLError WRONG_VERSION_NUMBER\nSSLError HTTP_REQUEST\n\
        SSLEOFError UNEXPECTED_EOF_WHILE_READING\nSSLEOFError UNEXPECTED_EOF_WHILE_READING\n\
        TimeoutError -\nTimeoutError -\nTimeoutError -\ntrue\nxy\nok\nxy\nSSLEOFError UNEXPECTED_EOF_WHILE_READING\n\
        SSLError -\nSSLError KEY_VALUES_MISMATCH\nSSLError -\nFileNotFoundError -\n\
        SSLError NO_CERTIFICATE_OR_CRL_FOUND\nTypeError -\nSSLWantReadError -\n0";
    prints("lua", &format!("{PAIR}{code}"), expected);
}
