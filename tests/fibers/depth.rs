//! Recursion as deep as Lua allows it, on a fiber's stack: an error, status 1, and never a signal.

use std::process::Command;

use crate::support::{LIMIT, Running};

/// How it recurses, a script that defines `f`, which never returns normally, and what the error says.
const RECURSIONS: &[(&str, &str, &str)] = &[
    ("plain calls", "function f() return 1 + f() end", "stack overflow"),
    ("many locals", "function f(...) local a, b, c, d, e, g, h = ... return f(a, b, c, d, e, g, h, 1), a end", "stack overflow"),
    ("select", "function f() return select('#', f()) end", "stack overflow"),
    ("pcall", "function f() local ok, e = pcall(f) if not ok then error(e, 0) end end", "stack overflow"),
    ("xpcall", "function f() local ok, e = xpcall(f, function(e) return e end) error(e, 0) end", "stack overflow"),
    ("a handler", "function f() local ok, e = xpcall(error, function(e) error(e) end) error(e, 0) end", "error in error handling"),
    ("__index", "local t = setmetatable({}, {__index = function(t, k) return t[k + 1] end}) function f() return t[1] end", "stack overflow"),
    ("__index tables", "local t = {} for _ = 1, 1e5 do t = setmetatable({}, {__index = t}) end function f() return t.x end", "loop"),
    ("__newindex", "local t = setmetatable({}, {__newindex = function(t, k, v) t[k + 1] = v end}) function f() t[1] = 1 end", "stack overflow"),
    ("__call", "local t = setmetatable({}, {}) getmetatable(t).__call = function() return 1 + t() end function f() return t() end", "stack overflow"),
    ("__concat", "local t = setmetatable({}, {}) getmetatable(t).__concat = function(a, b) return a .. b end function f() return t .. 'x' end", "stack overflow"),
    ("__eq", "local m = {} m.__eq = function(a, b) return a == b end function f() return setmetatable({}, m) == setmetatable({}, m) end", "stack overflow"),
    ("__lt", "local m = {} m.__lt = function(a, b) return a < b end function f() return setmetatable({}, m) < setmetatable({}, m) end", "stack overflow"),
    ("__len", "local t = setmetatable({}, {}) getmetatable(t).__len = function(t) return #t end function f() return #t end", "stack overflow"),
    ("__close", "function f() local x <close> = setmetatable({}, {__close = f}) end", "stack overflow"),
    ("__pairs", "local t = setmetatable({}, {}) getmetatable(t).__pairs = function(t) return pairs(t) end function f() for _ in pairs(t) do end end", "stack overflow"),
    ("tostring", "local t = setmetatable({}, {}) getmetatable(t).__tostring = function(t) return tostring(t) end function f() return tostring(t) end", "stack overflow"),
    ("string.format", "local t = setmetatable({}, {}) getmetatable(t).__tostring = function(t) return ('%s%5s'):format(t, t) end function f() return tostring(t) end", "stack overflow"),
    ("gsub", "function f() return (('x'):gsub('x', f)) end", "stack overflow"),
    ("gsub's table", "local t = setmetatable({}, {__index = function() return f() end}) function f() return (('x'):gsub('x', t)) end", "stack overflow"),
    ("sort", "function f() table.sort({3, 2, 1}, function(a, b) f() return a < b end) end", "stack overflow"),
    ("table.concat", "local t = setmetatable({}, {__index = function() return f() end}) function f() return table.concat(t, '', 1, 3) end", "stack overflow"),
    ("table.unpack", "local t = setmetatable({}, {__index = function() return f() end}) function f() return table.unpack(t, 1, 9) end", "stack overflow"),
    ("load", "function f() local ok, e = load(function() f() end) error(e, 0) end", "stack overflow"),
    // Each chunk is called many times: the collector would walk the whole stack once for every few that are loaded.
    ("load and call", "local n, g = 0 function f() n = n + 1 if n % 64 == 1 then g = load('return f()') end return 1 + g() end", "stack overflow"),
    ("require", "package.preload.x = function() package.loaded.x = nil return 1 + require 'x' end function f() return require 'x' end", "stack overflow"),
    ("a searcher", "table.insert(package.searchers, 1, function(n) return require(n .. 'x') end) function f() return require 'x' end", "stack overflow"),
    ("dofile", "local n = os.tmpname() local h = io.open(n, 'w') h:write('return 1 + f()') h:close()
        local depth = 0 function f() depth = depth + 1 if depth == 1000 then os.remove(n) end return dofile(n) end", "stack overflow"),
    ("wrap", "function f() return 1 + coroutine.wrap(f)() end", "stack overflow"),
    ("resume", "function f() local ok, e = coroutine.resume(coroutine.create(f)) error(e, 0) end", "stack overflow"),
    ("closing coroutines", "function f() local co = coroutine.create(function() local x <close> = setmetatable({}, {__close = f}) coroutine.yield() end)
        coroutine.resume(co) local ok, e = coroutine.close(co) error(e, 0) end", "stack overflow"),
    ("everything by turns", "local m = {__tostring = function() local s = 'x' table.sort({2, 1}, function() s = s .. coroutine.wrap(f)() end) return s end}
        function f() local ok, e = pcall(string.gsub, 'x', 'x', function() return ('%s'):format(setmetatable({}, m)) end) error(e, 0) end", "stack overflow"),
    ("parentheses", "function f() assert(load('return ' .. ('('):rep(1e6))) end", "overflow"),
    ("tables in tables", "function f() assert(load('return ' .. ('{'):rep(1e6))) end", "overflow"),
    ("functions in functions", "function f() assert(load(('return function() '):rep(1e5))) end", "overflow"),
    ("blocks in blocks", "function f() assert(load(('do '):rep(1e6))) end", "overflow"),
    ("a long expression", "function f() assert(load('return ' .. ('a .. '):rep(1e6) .. 'a')) end", "overflow"),
    ("a deep pattern", "function f() return ('a'):rep(3e5):find(('.-'):rep(1e5) .. 'b') end", "pattern too complex"),
    ("too many results", "function f() return table.unpack({}, 1, 1e7) end", "too many results"),
];

/// Where it happens: the script that calls `f`.
const STANDINGS: &[(&str, &str)] = &[
    ("the main chunk", "f()"),
    ("a task", "task.spawn(f):join()"),
    ("a task nobody joins", "task.spawn(f)"),
    (
        "a coroutine of a task",
        "task.spawn(function() local ok, e = coroutine.resume(coroutine.create(f)) error(e, 0) end):join()",
    ),
    (
        "a comparator after a wait",
        "table.sort({2, 1}, function() task.sleep(0) f() end)",
    ),
];

#[test]
fn recursion_ends_in_an_error() {
    let mut problems = Vec::new();
    for (name, script, text) in RECURSIONS {
        for (place, standing) in STANDINGS {
            let code = format!("{script} {standing}");
            let done = Running::start(Command::new(env!("CARGO_BIN_EXE_wirescript")).args(["-e", &code]))
                .finish(LIMIT);
            let status = done.status.map(|status| status.to_string());
            if done.status.and_then(|status| status.code()) != Some(1) || !done.stderr.contains(text) {
                let told: String = done.stderr.chars().take(300).collect();
                problems.push(format!("{name}, in {place}: {status:?}: {told}"));
            }
        }
    }
    crate::script::report(&problems);
}

#[test]
fn operations_work_at_any_depth_or_say_that_there_is_no_room() {
    // At each depth of C calls a wait is tried; what fails fails with an error of Lua's or ours.
    let code = r#"
        local waits, fails = 0, {}
        local function try()
            local ok, e = pcall(function()
                local a, b = socket.socketpair()
                task.spawn(function() b:send("x") end)
                assert(a:recv(1) == "x")
                socket.getaddrinfo("127.0.0.1", 80)
                local s <close> = socket.create_server({"127.0.0.1", 0})
                pcall(s.bind, s, {"127.0.0.1"})
                repr(s:getsockname())
                a:close() b:close()
            end)
            if ok then waits = waits + 1 else fails[#fails + 1] = tostring(e) end
        end
        local meta = setmetatable({}, {__tostring = function() return down() end})
        function down()
            try()
            return (("x"):gsub("x", function() return ("%s"):format(meta) end))
        end
        local ok, e = pcall(down)
        assert(not ok and tostring(e):find("overflow"), tostring(e))
        assert(waits > 20, waits)
        for _, e in ipairs(fails) do assert(e:find("overflow"), e) end
        try()
        assert(waits > 0 and #fails < waits)
        print("fine")
        "#;
    let done =
        Running::start(Command::new(env!("CARGO_BIN_EXE_wirescript")).args(["-e", code])).finish(LIMIT);
    assert_eq!((done.complaint(), done.stdout.as_str()), (None, "fine\n"));
}

#[test]
fn deep_and_looping_tables_are_no_danger_to_operations() {
    let code = r#"
        local deep = {} for _ = 1, 1e5 do deep = {deep} end
        local loop = {} loop[1], loop.x = loop, loop
        local wide = {} for i = 1, 40 do wide = {wide, wide} end
        for _, t in ipairs {deep, loop} do
            assert(#repr(t) < 1e6)
            for _, f in ipairs {socket.inet_aton, socket.getaddrinfo, socket.create_server, socket.socket, task.sleep, sys.exit} do
                pcall(f, t)
            end
            local s <close> = socket.socket()
            pcall(s.connect, s, t) pcall(s.bind, s, t) pcall(s.send, s, t)
            local e = errors.OSError(5, "x")
            pcall(error, e)
        end
        print("fine")
        "#;
    let done =
        Running::start(Command::new(env!("CARGO_BIN_EXE_wirescript")).args(["-e", code])).finish(LIMIT);
    assert_eq!((done.complaint(), done.stdout.as_str()), (None, "fine\n"));
}

/// 2^40 paths through 40 tables: reading them all would take all memory and no Ctrl-C would end it.
#[test]
fn a_table_that_holds_itself_many_times_is_no_bomb() {
    let code = "local t = {} for _ = 1, 40 do t = {t, t} end pcall(repr, t) pcall(socket.inet_aton, t) print('fine')";
    let done = Running::start(Command::new("sh").args([
        "-c",
        r#"ulimit -v 1000000; exec "$0" -e "$1""#,
        env!("CARGO_BIN_EXE_wirescript"),
        code,
    ]))
    .finish(LIMIT);
    assert_eq!((done.complaint(), done.stdout.as_str()), (None, "fine\n"));
}

/// Each has a task of its own, with a stack: the stack below says nothing of how many there are.
#[test]
fn limits_and_groups_within_one_another_end() {
    let code = "
        local function limits(n) return task.timeout(9, limits, n + 1) end
        local function groups(n) return task.group(function() return groups(n + 1) end) end
        for _, f in ipairs {limits, groups} do local ok, e = pcall(f, 1) assert(not ok and e.name == 'RecursionError', e) end
        local function some(n) return n == 0 and 'fine' or task.timeout(9, some, n - 1) end
        print(some(500))";
    let done =
        Running::start(Command::new(env!("CARGO_BIN_EXE_wirescript")).args(["-e", code])).finish(LIMIT);
    assert_eq!((done.complaint(), done.stdout.as_str()), (None, "fine\n"));
}
