//! A runtime without a policy refuses everything, and gives scripts no way around that.

#[cfg(feature = "lua")]
use wirescript::Policy;
use wirescript::Runtime;

/// Runs a script that asserts; the text of what went wrong.
fn run(mut runtime: Runtime, code: &str) -> Result<(), String> {
    runtime.run("confined", code).map_err(|error| error.to_string())
}

#[cfg(feature = "lua")]
fn confined_lua(code: &str) -> Result<(), String> {
    run(Runtime::builder().lua().build().expect("a runtime"), code)
}

#[cfg(feature = "lua")]
#[test]
fn lua_has_no_way_to_files_processes_or_native_code() -> Result<(), String> {
    confined_lua(
        r#"
        local function refused(f, ...)
            local ok, e = pcall(f, ...)
            return not ok and type(e) == "userdata" and e.denied and e.name == "PermissionError"
        end
        assert(refused(io.open, "/etc/hostname") and refused(io.popen, "true") and refused(os.execute, "true"))
        assert(refused(os.getenv, "HOME") and refused(debug.getregistry) and refused(dofile, "x") and refused(loadfile, "x"))
        assert(refused(function() return package.path end) and refused(require, "io"))
        assert(require "socket" == socket)
        local code = string.dump(function() return 1 end)
        assert(load(code) == nil and load(code, "x", "b") == nil and load(code, "x", "bt", {}) == nil)
        assert(load("return 1")() == 1 and load("return x", "x", "t", {x = 2})() == 2)
        assert(load("return x", "x", nil, nil) ~= nil)
        local n = 0
        assert(load(function() n = n + 1 return n == 1 and "return 3" or nil end)() == 3)
        "#,
    )
}

#[cfg(feature = "lua")]
#[test]
fn lua_is_refused_every_request() -> Result<(), String> {
    confined_lua(
        r#"
        local requests = {
            function() socket.socket() end, function() socket.socketpair() end,
            function() socket.create_connection {"127.0.0.1", 1} end,
            function() socket.create_server {"127.0.0.1", 0} end,
            function() socket.getaddrinfo("localhost", 80) end, function() socket.gethostname() end,
            function() socket.fromfd(0, 1, 1) end, function() socket.socket {fileno = 0} end,
            function() socket.close(0) end, function() socket.dup(0) end,
            function() socket.gethostbyname("localhost") end, function() socket.gethostbyaddr("127.0.0.1") end,
            function() socket.sethostname("x") end, function() socket.getfqdn() end,
            function() socket.getservbyname("http") end, function() socket.getservbyport(80) end,
            function() socket.getprotobyname("tcp") end,
            function() socket.if_nameindex() end, function() socket.if_nametoindex("lo") end,
            function() socket.if_indextoname(1) end, function() socket.gethostbyname_ex("localhost") end,
            function() fcntl.fcntl(0, fcntl.F_GETFL) end, function() fcntl.ioctl(0, fcntl.FIONREAD, "    ") end,
            function() socket.fromshare("wirescript share 1\0" .. ("\0"):rep(16) .. "\0name") end,
        }
        for place, request in ipairs(requests) do
            local ok, e = pcall(request)
            assert(not ok and e.denied and e.name == "PermissionError", place)
        end
        "#,
    )
}

#[cfg(feature = "lua")]
#[test]
fn a_policy_that_allows_gives_lua_its_libraries() -> Result<(), String> {
    let runtime = Runtime::builder()
        .lua()
        .policy(Policy::allow_all())
        .build()
        .expect("a runtime");
    run(
        runtime,
        "assert(io and os and package and debug) socket.socket():close()",
    )
}

#[cfg(feature = "rhai")]
#[test]
fn rhai_is_refused_every_request() -> Result<(), String> {
    let code = r#"
        let requests = [
            || socket::socket(), || socket::socketpair(), || socket::create_connection(["127.0.0.1", 1]),
            || socket::getaddrinfo("localhost", 80), || socket::gethostname(), || socket::close(0),
        ];
        for request in requests {
            let denied = false;
            try { request.call(); } catch (e) { denied = e.denied && e.name == "PermissionError"; }
            if !denied { throw "a request was granted"; }
        }
        let loaded = true;
        try { eval("import \"/etc/hostname\" as h;"); } catch { loaded = false; }
        if loaded { throw "a file was read"; }
    "#;
    run(Runtime::builder().rhai().build().expect("a runtime"), code)
}
