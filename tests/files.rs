//! Files, as far as a case that CPython runs too cannot show it: what a timeout leaves, what other tasks do meanwhile,
//! what the policy refuses, which descriptors stay open, the program's own streams when somebody is at their other end.
#![cfg(all(feature = "cli", feature = "lua"))]

#[allow(dead_code, reason = "it serves several tests; this one needs a part")]
#[path = "support/runner.rs"]
mod runner;
#[allow(dead_code, reason = "it serves several tests; this one needs a part")]
#[path = "support/script.rs"]
mod script;
#[allow(dead_code, reason = "it serves all integration tests; this one needs a part")]
mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};

use runner::{command, eval, room, tell};
use script::passes;

#[test]
fn after_a_timeout_nothing_is_lost() {
    passes(
        r#"
        local function pair(mode, ...)
            local a, b = socket.socketpair()
            a:settimeout(0.02)
            return a:makefile(mode, ...), b
        end
        local function late(call, ...)
            local ok, e = pcall(call, ...)
            assert(not ok and e:is(socket.timeout) and e.errno == nil, tostring(e))
            return e
        end
        for _, mode in ipairs {"rb", "r", "rwb", "rw"} do
            local f, b = pair(mode)
            b:sendall("one\nhal")
            assert(f:readline() == "one\n")
            assert(late(f.readline, f).partial == "hal", mode)
            assert(late(f.read, f).partial == "hal", mode)
            assert(late(f.read, f, 5).partial == "hal", mode)
            b:sendall("f a line\nrest")
            assert(f:readline() == "half a line\n")
            late(f.read, f, 5)
            assert(f:read(2) == "re")
            b:close()
            assert(f:read() == "st" and f:read() == "")
        end
        -- An iteration goes on where it stopped.
        local f, b = pair("rb")
        b:sendall("a\nb\nc")
        local lines = f:lines()
        assert(lines() == "a\n" and lines() == "b\n")
        assert(late(lines).partial == "c")
        b:sendall("d\n")
        assert(lines() == "cd\n")
        b:close()
        assert(lines() == nil and lines() == nil)
        -- What a readinto had put into the array comes again.
        local f, b = pair("rb", 4)
        b:sendall("0123456789")
        local array = bytearray(20)
        late(f.readinto, f, array)
        b:sendall("abcdefghijXY")
        assert(f:readinto(array) == 20 and array:bytes() == "0123456789abcdefghij")
        assert(f:read(2) == "XY")
        -- Half a character, half a line end.
        local f, b = pair("r")
        b:sendall("\xe2\x82")
        late(f.read, f, 1)
        b:sendall("\xac\r")
        assert(f:read(1) == "€")
        late(f.read, f, 1)
        b:sendall("\nx")
        assert(f:read(2) == "\nx")
        -- A write that did not leave in time leaves later, whole.
        local f, b = pair("wb")
        local sent = 0
        local e
        repeat
            local ok, got = pcall(f.write, f, ("x"):rep(10000))
            if ok then sent = sent + got else e = got sent = sent + e.sent end
        until not ok
        assert(e:is(socket.timeout))
        local got = 0
        local reader = task.spawn(function()
            repeat
                local data = b:recv(65536)
                got = got + #data
            until #data == 0
        end)
        f:write("end")
        f:close()
        f = nil
        collectgarbage()
        assert(sent > 100000)
        "#,
    );
}

#[test]
fn tasks_share_a_file() {
    passes(
        r#"
        -- Lines come whole, whoever reads them.
        local a, b = socket.socketpair()
        local f, g = a:makefile("rb"), b:makefile("wb")
        local got = {}
        for reader = 1, 3 do
            task.spawn(function()
                for line in f:lines() do got[line] = (got[line] or 0) + 1 end
            end)
        end
        task.sleep(0)
        for i = 1, 50 do
            g:write("li") g:flush() task.sleep(0)
            g:write("ne" .. i .. "\n") g:flush() task.sleep(0)
        end
        g:close() b:close()
        task.sleep(0.01)
        for i = 1, 50 do assert(got["line" .. i .. "\n"] == 1, i) end

        -- What comes at once is for all that wait for it, each in its turn.
        for _, way in ipairs {
            {"rb", "one\ntwo\n", "readline"}, {"r", "one\ntwo\n", "readline"}, {"r", "one\ntwo\n", "lines"}, {"rb", "one\ntwo\n", "lines"},
            {"rb", "one\ntwo\n", "read", 4}, {"r", "one\ntwo\n", "read", 4}, {"rb", "one\ntwo\n", "read1", 4},
            {"rb", "one\ntwo\n", "readinto"},
        } do
            local a, b = socket.socketpair()
            local f = b:makefile(way[1])
            local readers = {}
            for place = 1, 2 do
                readers[place] = task.spawn(function()
                    if way[3] == "lines" then return f:lines()() end
                    if way[3] ~= "readinto" then return f[way[3]](f, way[4]) end
                    local room = bytearray(4)
                    f:readinto(room)
                    return room:bytes()
                end)
            end
            task.sleep(0)
            a:sendall(way[2])
            assert(readers[1]:join(5) == "one\n" and readers[2]:join(5) == "two\n", way[3])
        end

        -- Whoever goes without having read leaves the turn to the next.
        local a, b = socket.socketpair()
        local f = b:makefile("r")
        local first = task.spawn(function() f:readline() end)
        local limited = task.spawn(function() task.timeout(0.02, function() f:readline() end) end)
        local last = task.spawn(function() return f:readline() end)
        task.sleep(0)
        first:cancel()
        assert(not pcall(first.join, first))
        local ok, e = pcall(limited.join, limited)
        assert(not ok and e.message:find("task.timeout", 1, true), tostring(e))
        a:sendall("for the last\n")
        assert(last:join(5) == "for the last\n")

        -- A socket's timeout is one for the turn, too.
        local first = task.spawn(function() return f:readline() end)
        task.sleep(0)
        b:settimeout(0.01)
        local ok, e = pcall(f.readline, f)
        assert(not ok and e.name == "TimeoutError" and e.op == "readline", tostring(e))
        b:settimeout(0)
        local ok, e = pcall(f.readline, f)
        assert(not ok and e.name == "BlockingIOError", tostring(e))
        a:sendall("a line\n")
        assert(first:join(5) == "a line\n")

        -- Nobody takes all the turns.
        local a, b = socket.socketpair()
        local f = b:makefile("rb")
        local counts = {0, 0}
        local readers = {}
        for place = 1, 2 do
            readers[place] = task.spawn(function()
                for line in f:lines() do counts[place] = counts[place] + 1 end
            end)
        end
        task.sleep(0)
        for i = 1, 10 do a:sendall("x\ny\n") task.sleep(0.001) end
        a:close()
        for place = 1, 2 do readers[place]:join(5) end
        assert(counts[1] + counts[2] == 20 and counts[1] >= 5 and counts[2] >= 5, counts[1])

        -- Writes go in one piece, however long they wait.
        local a, b = socket.socketpair()
        local f = a:makefile("wb")
        local writers = {}
        for i = 1, 3 do
            writers[i] = task.spawn(function() f:write(tostring(i):rep(700000)) end)
        end
        local reader = task.spawn(function() return b:makefile("rb"):read() end)
        for i = 1, 3 do writers[i]:join() end
        f:close() a:close()
        local all = reader:join()
        assert(#all == 2100000 and all:gsub("1+", "A"):gsub("2+", "B"):gsub("3+", "C") == "ABC")

        -- One direction of a pair waits, the other goes on.
        local a, b = socket.socketpair()
        local f = a:makefile("rwb")
        local reader = task.spawn(function() return f:readline() end)
        task.sleep(0)
        f:write("question\n") f:flush()
        assert(b:recv(100) == "question\n")
        b:sendall("answer\n")
        assert(reader:join() == "answer\n")

        -- A task that is cancelled in the middle of a write lets the next one through.
        local a, b = socket.socketpair()
        local f = a:makefile("wb")
        local first = task.spawn(function() f:write(("x"):rep(5000000)) end)
        local second = task.spawn(function() f:write(("y"):rep(10000)) f:flush() return "done" end)
        task.sleep(0.01)
        first:cancel()
        assert(not pcall(first.join, first))
        local reader = task.spawn(function()
            local count = 0
            while true do
                local data = b:recv(65536)
                count = count + select(2, data:gsub("y", "y"))
                if count == 10000 then return end
            end
        end)
        assert(second:join() == "done")
        reader:join()
        "#,
    );
}

#[test]
fn sendfile_lets_others_run_and_tells_how_far_it_came() {
    let room = room("sendfile");
    let path = runner::write(&room, "file", vec![b'x'; 8 << 20]);
    passes(&format!(
        "local path = [[{}]]\n{}",
        path.display(),
        r#"
        local length = 8 << 20
        local turns = 0
        local ticking = task.spawn(function() while true do turns = turns + 1 task.sleep(0.001) end end)
        -- All of it, by a file of ours and one of Lua's, to a reader in another task.
        for _, open in ipairs {function() return open(path, "rb") end, function() return io.open(path, "rb") end} do
            local a, b = socket.socketpair()
            local f = open()
            local reader = task.spawn(function()
                local count = 0
                while true do
                    local data = b:recv(65536)
                    if data == "" then return count end
                    count = count + #data
                    task.sleep(0)
                end
            end)
            assert(a:sendfile(f, 5) == length - 5)
            a:close()
            assert(reader:join() == length - 5)
            assert((f.tell and f:tell() or f:seek()) == length)
            f:close()
        end
        assert(turns > 3, "nobody else ran")
        -- Nobody reads: what left is told, and the file stands behind it.
        local a, b = socket.socketpair()
        a:settimeout(0.02)
        local f <close> = open(path, "rb")
        local ok, e = pcall(a.sendfile, a, f, 7)
        assert(not ok and e:is(socket.timeout) and e.op == "sendfile", tostring(e))
        assert(e.sent > 0 and f:tell() == 7 + e.sent)
        -- The peer goes away half way.
        local a, b = socket.socketpair()
        local leaving = task.spawn(function() b:recv(1000) task.sleep(0) b:close() end)
        local ok, e = pcall(a.sendfile, a, f, 0)
        assert(not ok and e:is("ConnectionError") and e.sent < length and f:tell() == e.sent, tostring(e))
        -- What is no regular file is read and sent.
        local c, d = socket.socketpair()
        c:sendall("through a socket")
        c:close()
        local a, b = socket.socketpair()
        assert(a:sendfile(d:makefile("rb")) == 16 and b:recv(100) == "through a socket")
        local pipe = io.popen("echo through a pipe")
        assert(a:sendfile(pipe) == 15 and b:recv(100) == "through a pipe\n")
        pipe:close()
        -- What it is not.
        local closed = io.open(path)
        closed:close()
        for _, wrong in ipairs {5, "file", {1}, print, closed, io} do
            assert(not pcall(a.sendfile, a, wrong))
        end
        ticking:cancel()
        pcall(ticking.join, ticking)
        "#
    ));
}

#[test]
fn a_pipe_waits_as_a_socket_does() {
    let room = room("pipe");
    passes(&format!(
        "local path = [[{}/pipe]]\n{}",
        room.display(),
        r#"
        assert(os.execute("mkfifo " .. path))
        local order = {}
        -- Opening waits for the other end, reading for data.
        local reader = task.spawn(function()
            local f <close> = open(path, "rb")
            order[#order + 1] = "opened"
            for line in f:lines() do order[#order + 1] = line end
            return f:seekable(), pcall(f.tell, f)
        end)
        task.sleep(0.01)
        assert(#order == 0)
        local f = open(path, "wb")
        task.sleep(0.01)
        assert(order[1] == "opened" and #order == 1)
        f:write("a\nb") f:flush()
        task.sleep(0.01)
        assert(order[2] == "a\n" and #order == 2)
        -- More than a pipe holds.
        f:write(("x"):rep(300000) .. "\n")
        f:close()
        local seekable, ok, e = reader:join()
        assert(#order[3] == 300002 and not seekable and not ok and e.name == "OSError", tostring(e))
        -- Closing it under a waiting task.
        local both = open(path, "r+b", 0)
        local waiting = task.spawn(function() return pcall(both.read, both, 1) end)
        task.sleep(0.01)
        both:close()
        local ok, e = waiting:join()
        assert(not ok and e.code == "EBADF", tostring(e))
        -- Nobody reads any more.
        local reading = task.spawn(function() open(path, "rb"):close() end)
        local f = open(path, "wb", 0)
        reading:join()
        local ok, e = pcall(f.write, f, "x")
        assert(not ok and e.name == "BrokenPipeError", tostring(e))
        "#
    ));
}

#[test]
fn no_descriptor_stays_open() {
    let room = room("descriptors");
    let told = tell(
        command(["-e"])
            .arg(
                r#"
                sys.warnings("ignore")
                local function lowest()
                    local f <close> = open("/dev/null", "rb")
                    return f:fileno()
                end
                collectgarbage()
                local first = lowest()
                for round = 1, 100 do
                    local a, b = socket.socketpair()
                    local f = a:makefile("rwb")
                    local t = a:makefile("w")
                    f:write("x") t:write("y")
                    a:close()
                    open("file", "wb"):write("unflushed " .. round)
                    pcall(open, "/", "rb")
                    pcall(open, "/dev/null", "r+", {encoding = "klingon"})
                    pcall(open, "file", "q")
                    pcall(b.makefile, b, "r", 0)
                    pcall(b.makefile, b, "r", {encoding = "klingon"})
                    pcall(b.sendfile, b, open("file", "r"))
                    local raw = open("file", "rb"):detach()
                    local lines = open("file", "rb"):lines()
                    lines()
                end
                collectgarbage() collectgarbage()
                assert(lowest() == first, lowest() .. " " .. first)
                -- A collected file has written what it held.
                local f <close> = open("file", "rb")
                assert(f:read():find("^unflushed %d+$"))
                "#,
            )
            .current_dir(&room),
    );
    assert_eq!((told.status, told.complaint()), (0, ""));
}

/// A raw file that was taken out of its buffer is all that holds the socket open.
#[test]
fn a_detached_raw_file_closes_its_socket_when_it_goes() {
    let rhai = r#"
        let pair = socket::socketpair();
        let a = pair[0];
        let b = pair[1];
        pair = ();
        let f = b.makefile("rb");
        let raw = f.detach();
        b.close();
        a.sendall("x");
        if raw.read(1) != blob(1, 0x78) { throw "the raw file reads on"; }
        raw = ();
        a.settimeout(5);
        if a.recv(1).len() != 0 { throw "no end"; }
        try { f.read(); throw "it reads"; } catch (e) { if e.message != "raw stream has been detached" { throw e; } }
    "#;
    #[cfg(feature = "rhai")]
    {
        let told = tell(&mut command(["--rhai", "-e", rhai]));
        assert_eq!((told.status, told.complaint()), (0, ""));
    }
    let told = eval(
        r#"
        sys.warnings("ignore")
        local a, b = socket.socketpair()
        local f = b:makefile("rb")
        local raw = f:detach()
        b:close()
        raw = nil
        collectgarbage()
        a:settimeout(5)
        assert(a:recv(1) == "")
        assert(not pcall(f.read, f))
        "#,
    );
    assert_eq!((told.status, told.complaint()), (0, ""));
}

#[test]
fn sizes_are_not_trusted() {
    let told = tell(command(["--max-memory", "8000000", "-e"]).arg(
        r#"
        local a, b = socket.socketpair()
        b:sendall("some bytes")
        b:close()
        local f = a:makefile("rb")
        assert(f:read(1 << 62) == "some bytes")
        for _, mode in ipairs {"rb", "wb", "r"} do
            local ok, e = pcall(a.makefile, a, mode, 1 << 50)
            assert(not ok and e.name == "MemoryError", tostring(e))
        end
        for _, buffering in ipairs {-1, 0} do
            local f <close> = open("/dev/zero", "rb", buffering)
            local ok, e = pcall(f.read, f)
            assert(not ok and e.name == "MemoryError", tostring(e))
        end
        for _, call in ipairs {"read", "readline", "readlines"} do
            local f <close> = open("/dev/zero", "rb")
            local ok, e = pcall(f[call], f)
            assert(not ok and e.name == "MemoryError", tostring(e))
        end
        "#,
    ));
    assert_eq!((told.status, told.complaint()), (0, ""));
}

#[test]
fn without_a_grant_there_are_no_files() {
    let mut runtime = wirescript::Runtime::builder().lua().build().expect("a runtime");
    let done = runtime.run(
        "confined",
        r#"
        for _, call in ipairs {
            function() open("/dev/null") end, function() open("/dev/null", "w") end, function() open(0) end,
            function() input() end, function() sys.stdin:read() end, function() sys.stdin.buffer:readline() end,
        } do
            local ok, e = pcall(call)
            assert(not ok and e.denied and e.name == "PermissionError", tostring(e))
        end
        assert(sys.stdout:write("") == 0 and sys.stderr:write("") == 0)
        "#,
    );
    assert_eq!(done.map_err(|error| error.to_string()), Ok(()));
}

/// The command on a piece of code, with all its streams in our hands.
fn talk(code: &str) -> Child {
    Command::new(runner::WIRESCRIPT)
        .args(["-e", code])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts")
}

#[test]
fn input_blocks_the_script_and_not_the_program() {
    let mut child = talk(
        r#"
        local turns = 0
        local ticking = task.spawn(function()
            while turns < 3 do turns = turns + 1 task.sleep(0.001) end
            sys.stderr:write("ticked\n")
        end)
        print("hello")
        local name = input("name? ")
        print("<" .. name .. "> " .. turns)
        for line in sys.stdin:lines() do print(repr(line)) end
        print(select(2, pcall(input)).name)
        "#,
    );
    let mut to = child.stdin.take().expect("a pipe");
    let mut from = child.stdout.take().expect("a pipe");
    let mut complaints = BufReader::new(child.stderr.take().expect("a pipe"));
    // What was printed is there before anything is answered, and the other task runs.
    let mut seen = [0; 12];
    from.read_exact(&mut seen).expect("the prompt");
    assert_eq!(&seen, b"hello\nname? ");
    let mut line = String::new();
    complaints.read_line(&mut line).expect("the other task's word");
    assert_eq!(line, "ticked\n");
    to.write_all("Grün\r\nmore\nlast".as_bytes()).expect("it reads");
    drop(to);
    let mut rest = String::new();
    from.read_to_string(&mut rest).expect("text");
    assert_eq!(rest, "<Grün> 3\nb'more\\n'\nb'last'\nEOFError\n");
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn a_full_standard_output_stops_its_writer_alone() {
    let mut child = talk(
        r#"
        local writer = task.spawn(function()
            print("first")
            sys.stdout:write(("x"):rep(1000000))
            sys.stdout:write("\nlast\n")
        end)
        task.sleep(0.02)
        sys.stderr:write(repr(writer:done()) .. "\n")
        "#,
    );
    let mut complaints = BufReader::new(child.stderr.take().expect("a pipe"));
    let mut line = String::new();
    complaints.read_line(&mut line).expect("the main chunk's word");
    assert_eq!(line, "False\n");
    let mut all = String::new();
    let mut from = child.stdout.take().expect("a pipe");
    from.read_to_string(&mut all).expect("text");
    assert_eq!(all, format!("first\n{}\nlast\n", "x".repeat(1_000_000)));
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn an_interrupted_program_leaves_every_wait_on_a_file() {
    let told = eval(
        r#"
        local a, b = socket.socketpair()
        local f = a:makefile("rwb")
        local t = b:makefile("r")
        for _, call in ipairs {
            function() f:readline() end, function() t:read(1) end, function() for line in t:lines() do end end,
            function() f:write(("x"):rep(10000000)) end, function() f:write("y") f:flush() end,
            function() a:sendfile(open("/dev/zero", "rb")) end,
        } do
            task.spawn(call)
        end
        task.sleep(0.02)
        sys.exit(7)
        "#,
    );
    assert_eq!((told.status, told.complaint()), (7, ""));
}
