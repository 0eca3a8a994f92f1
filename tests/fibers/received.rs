//! Much that is received at once: the bytes are right however long a script keeps them, and go when it does not.
//! Lua 5.5 makes strings of them without a copy, in memory that is filled again.

use std::process::Command;

use wirescript::{Policy, Runtime};

use crate::script::passes;
use crate::support::{LIMIT, Running};

/// Sends a pattern in pieces of many lengths, of which a script can check each part by itself.
const PATTERN: &str = r#"
    local parts = {}
    for i = 1, 9973 do parts[i] = string.pack("<I4", i * 2654435761 & 0xffffffff) end
    local period = table.concat(parts)
    local pattern = period:rep(8)
    local function at(offset, count)
        local from = offset % #period
        return pattern:sub(from + 1, from + count)
    end
    local function feed(to, total, seed)
        local sent, state = 0, seed
        while sent < total do
            state = (state * 1103515245 + 12345) & 0x7fffffff
            local count = math.min(1 + state % 150000, total - sent)
            to:sendall(at(sent, count))
            sent = sent + count
        end
        to:shutdown(socket.SHUT_WR)
    end
"#;

#[test]
fn what_is_kept_stays_as_it_was() {
    for mode in ["generational", "incremental"] {
        passes(&format!(
            r##"
            {PATTERN}
            collectgarbage("{mode}")
            local total = 20000000
            local readers = {{}}
            for reader = 1, 3 do
                local a, b = socket.socketpair()
                task.spawn(feed, a, total, reader)
                readers[reader] = task.spawn(function()
                    local got, kept, size = 0, {{}}, ({{65536, 65000, 17000}})[reader]
                    while true do
                        local data = b:recv(size)
                        if data == "" then break end
                        assert(data == at(got, #data), got)
                        if got % 3 == 0 then kept[got] = data end
                        got = got + #data
                        if got % 11 == 0 and next(kept) then kept[next(kept)] = nil end
                        if got % 13 == 0 then task.sleep(0) end
                    end
                    assert(got == total, got)
                    local count = 0
                    for offset, data in pairs(kept) do
                        count = count + 1
                        assert(data == at(offset, #data), offset)
                        -- A string like any other.
                        local known = {{ [data] = true }}
                        assert(known[at(offset, #data)] and not known[data .. "x"] and data:find(data:sub(-9), 1, true))
                        assert(data:byte(-1) == at(offset, #data):byte(-1) and (data .. ""):len() == #data)
                    end
                    return count
                end)
            end
            for _, reader in ipairs(readers) do assert(reader:join() > 3, reader:join()) end
            "##
        ));
    }
}

/// Of much that was received, a script keeps the last few chunks: alone on its thread, or with a task beside it.
#[test]
fn what_is_dropped_is_gone() {
    let beside = [(1, false, 0), (64, false, 20_000)];
    let alone = [(1, true, 0), (4, true, 0), (16, true, 0), (64, true, 20_000)];
    for (kept, alone, objects) in alone.into_iter().chain(beside) {
        let script = format!(
            r#"
            local a, b = socket.socketpair()
            local chunk, window = ("x"):rep(65536), {{}}
            local heap = {{}}
            for i = 1, {objects} do heap[i] = {{ i }} end
            local function feed() a:sendall(chunk) end
            if {alone} then a:setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20) end
            local sender = not {alone} and task.spawn(function() for _ = 1, 12000 do feed() end end)
            for i = 1, 12000 do
                if {alone} then feed() end
                local left = #chunk
                while left > 0 do
                    local data = b:recv(left)
                    left = left - #data
                    window[i % {kept}] = data
                end
            end
            for line in io.lines("/proc/self/status") do
                local kib = line:match("VmHWM:%s+(%d+)")
                if kib then print(tonumber(kib) < 65536 and "small" or kib) end
            end
            "#
        );
        let mut command = Command::new(env!("CARGO_BIN_EXE_wirescript"));
        let done = Running::start(command.args(["-e", &script])).finish(LIMIT);
        assert_eq!(
            (done.complaint(), done.stdout.as_str()),
            (None, "small\n"),
            "{kept} kept beside {objects} objects, alone: {alone}"
        );
    }
}

/// Strings that were not copied are not counted by Lua, so they can be told.
#[cfg(feature = "lua55")]
#[test]
fn much_is_not_copied() {
    passes(
        r#"
        local a, b = socket.socketpair()
        local kept, chunk = {}, ("x"):rep(65536)
        local function grown(count, size)
            collectgarbage()
            local before = collectgarbage("count")
            for i = 1, count do
                a:sendall(chunk:sub(1, size))
                kept[i] = b:recv(65536)
                assert(#kept[i] == size)
            end
            collectgarbage()
            local after = collectgarbage("count")
            kept = {}
            return after - before
        end
        assert(grown(20, 1000) > 15)
        grown(1, 65536)
        assert(grown(20, 65536) < 100)
        -- Of what would leave most of its memory empty there is a copy.
        assert(grown(20, 20000) > 300)
        "#,
    );
}

#[test]
fn what_is_kept_counts_towards_the_limit() {
    let mut runtime = Runtime::builder()
        .policy(Policy::allow_all())
        .memory_limit(8 << 20)
        .build()
        .expect("a runtime");
    let script = r#"
        local one, other = socket.socketpair()
        local a <close> = one
        local b <close> = other
        local chunk = ("x"):rep(65536)
        task.spawn(function() while pcall(a.sendall, a, chunk) do end end)
        local kept = {}
        for i = 1, 1000 do kept[i] = b:recv(65536) end
    "#;
    let error = runtime
        .run("fill", script)
        .expect_err("there is no memory for all of it");
    assert!(error.to_string().to_lowercase().contains("memory"), "{error}");
    // What was kept is gone, and the next has its room.
    let again = r#"
        local a, b = socket.socketpair()
        local chunk, left = ("x"):rep(65536), 1000 * 65536
        task.spawn(function() for _ = 1, 1000 do a:sendall(chunk) end end)
        while left > 0 do left = left - #b:recv(65536) end
    "#;
    runtime.run("again", again).expect("there is room again");
}
