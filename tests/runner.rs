//! `wirescript test`: what passes and what fails, what a failure shows, what is left behind, which tests are run, the reports,
//! the exit status. In Lua and Rhai.
#![cfg(all(feature = "cli", feature = "lua", feature = "rhai", target_os = "linux"))]

#[allow(dead_code, reason = "it serves all integration tests; this one needs a part")]
mod support;
#[allow(dead_code, reason = "it serves several tests; this one needs a part")]
#[path = "support/runner.rs"]
mod tool;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use support::{LIMIT, Running, note, python};
use tool::{Told, WIRESCRIPT, command, ended, in_order, room, tell, write};

/// Runs `wirescript test` in a folder.
fn test(folder: &Path, words: &str) -> Told {
    let words = std::iter::once("test").chain(words.split_whitespace());
    tell(command(words).current_dir(folder))
}

const WRONG_LUA: &str = r#"
local function ping(t, answer)
  local server <close> = socket.create_server({"127.0.0.1", t:port()})
  task.spawn(function()
    local peer <close> = server:accept()
    peer:recv(100)
    peer:sendall(answer)
  end)
  local s <close> = socket.create_connection(server:getsockname())
  s:sendall("PING\r\n")
  expect.bytes(s:recv(100), "+PONG\r\n", "the answer")
end
test("right", function(t) ping(t, "+PONG\r\n") end)
test("wrong", function(t) t:log("asked", 1) ping(t, "+PONG\n") end)
"#;

const WRONG_RHAI: &str = r#"
fn ping(t, answer) {
  with server = socket::create_server(["127.0.0.1", t.port()]) {
    task::spawn(|| {
      with peer = server.accept()[0] { peer.recv(100); peer.sendall(answer); }
    });
    with s = socket::create_connection(server.getsockname()) {
      s.sendall("PING\r\n");
      expect::bytes(s.recv(100), "+PONG\r\n", "the answer");
    }
  }
}
test("right", |t| { ping(t, "+PONG\r\n"); });
test("wrong", |t| { t.log("asked", 1); ping(t, "+PONG\n"); });
"#;

#[test]
fn a_wrong_server_is_caught_with_a_readable_difference() {
    let home = room("wrong");
    write(&home, "ping_test.lua", WRONG_LUA);
    write(&home, "test_ping.rhai", WRONG_RHAI);
    let told = test(&home, "-j 1");
    assert_eq!(told.status, 1, "{}", told.stdout);
    for (file, line, source) in [
        ("ping_test.lua", 11, "expect.bytes("),
        ("test_ping.rhai", 9, "expect::bytes("),
    ] {
        in_order(
            &told.stdout,
            &[
                &format!("FAIL {file}"),
                " > wrong (",
                "AssertionError: the answer: not the bytes expected\n",
                "expected 7 bytes (-), received 6 (+); they differ from byte 5 (0x5) on\n",
                "- 00000000  2b 50 4f 4e 47 0d 0a                              |+PONG..|\n",
                "+ 00000000  2b 50 4f 4e 47 -- 0a                              |+PONG .|\n",
                "^^                                       ^\n",
                &format!("at {file}:{line}: {source}"),
                "log: asked 1\n",
                "what its sockets did last:\n",
                "> b'PING\\r\\n'",
                "< b'+PONG\\n'",
                &format!("FAIL {file}: 1 passed, 1 failed ("),
            ],
        );
    }
    in_order(&told.stdout, &["2 passed, 2 failed in "]);
    // That its task is called as the test is says nothing.
    assert!(!told.stdout.contains("named wrong"), "{}", told.stdout);
    assert_eq!(told.stderr, "");
}

#[test]
fn what_a_test_leaves_behind_fails_it_and_no_other() {
    let home = room("leaks");
    write(
        &home,
        "leak_test.lua",
        r#"
        test("socket", function() kept = socket.socket() end)
        test("collected", function() socket.socket() collectgarbage() collectgarbage() end)
        test("task", function() task.spawn(function() task.sleep(1000) end) end)
        test("process", function() child = io.popen("sleep 1000") end)
        test("failing task", function() task.spawn(function() error("beside") end) end)
        test("may", {leaks = true}, function() kept = socket.socket() task.spawn(function() task.sleep(1000) end) end)
        test("clean", function()
          local a <close>, b = socket.socketpair()
          b:close()
          task.spawn(function() task.sleep(0.01) end)
        end)
        local listening
        describe("around", function()
          before_all(function() listening = socket.create_server({"127.0.0.1", 0}) server = task.spawn(function() listening:accept() end) end)
          after_all(function() listening:close() pcall(server.join, server) end)
          test("uses what is there", function() expect.truthy(listening:fileno() >= 0) expect.falsy(server:done()) end)
        end)
        "#,
    );
    write(
        &home,
        "leak_test.rhai",
        r#"
        let kept = ();
        test("socket", |t| { kept = socket::socket(); });
        test("dropped", |t| { let s = socket::socket(); });
        test("task", |t| { task::spawn(|| task::sleep(1000)); });
        test("clean", |t| { with s = socket::socket() { s.family } });
        "#,
    );
    let told = test(&home, "-j 1 -v");
    assert_eq!(told.status, 1);
    in_order(
        &told.stdout,
        &[
            "leak_test.lua:2 > socket",
            "Leak: a socket was left open: <socket.socket fd=",
            ", from leak_test.lua:2\n",
            "leak_test.lua:3 > collected",
            "Leak: a socket was never closed: <socket.socket fd=",
            ", from leak_test.lua:3\n",
            "leak_test.lua:4 > task",
            "Leak: a task was left running: 'task-",
            "leak_test.lua:5 > process",
            "Leak: process ",
            " was left running\n",
            "> failing task",
            "in another task: leak_test.lua:6: beside\n",
            "ok   leak_test.lua > may",
            "ok   leak_test.lua > clean",
            "ok   leak_test.lua > around > uses what is there",
            "leak_test.rhai:3 > socket",
            "Leak: a socket was left open",
            "leak_test.rhai:4 > dropped",
            "Leak: a socket was never closed",
            "leak_test.rhai:5 > task",
            "Leak: a task was left running",
            "ok   leak_test.rhai > clean",
            "4 passed, 8 failed in ",
        ],
    );
}

/// A file whose tests say which of them were run.
const NAMES: &str = r#"
test("one", {tags = {"fast"}}, function(t) print("<" .. t.name .. ">") end)
test("two", {tags = "slow"}, function(t) print("<" .. t.name .. ">") end)
describe("inner", {tags = {"fast", "db"}}, function()
  test("three", function(t) print("<" .. t.name .. ">") end)
  test("four", {skip = "not now"}, function(t) print("<" .. t.name .. ">") end)
end)
test.each({"x", "y"}, "five", function(t, row) print("<" .. t.name .. ">") end)
"#;

/// The names that tests have printed, sorted.
fn ran(told: &Told) -> Vec<String> {
    let names = told.stdout.lines();
    let names = names.filter_map(|line| line.strip_prefix('<')?.strip_suffix('>'));
    let mut names: Vec<_> = names.map(str::to_owned).collect();
    names.sort();
    names
}

#[test]
fn tests_are_chosen_by_name_tag_and_part() {
    let home = room("chosen");
    write(&home, "a_test.lua", NAMES);
    let chosen = |words: &str| ran(&test(&home, words));
    assert_eq!(chosen("--filter inner"), ["inner > three"]);
    assert_eq!(chosen("--filter thr --filter two"), ["inner > three", "two"]);
    assert_eq!(chosen("--tag fast"), ["inner > three", "one"]);
    assert_eq!(chosen("--tag fast --tag !db"), ["one"]);
    assert_eq!(chosen("--repeat 2 --filter two"), ["two", "two"]);
    let all = ["five [1: 'x']", "five [2: 'y']", "inner > three", "one", "two"];
    assert_eq!(chosen(""), all);
    let mut parts: Vec<_> = (1..=3)
        .flat_map(|part| chosen(&format!("--shard {part}/3")))
        .collect();
    assert!(chosen("--shard 1/3").len() < 3);
    parts.sort();
    assert_eq!(parts, all);
    let listed = test(&home, "--list --tag fast");
    assert_eq!(
        listed.stdout,
        "a_test.lua:2 one #fast\na_test.lua:5 inner > three #fast #db\na_test.lua:6 inner > four #fast #db\n"
    );
    let order = |seed: &str| {
        let told = test(&home, &format!("--seed {seed}"));
        let shown = told.stdout.lines().filter(|line| line.starts_with('<'));
        shown.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(order("7"), order("7"));
    assert!(
        (0..20).any(|seed| order(&seed.to_string()) != order("7")),
        "every order is the same"
    );
    write(
        &home,
        "turns_test.lua",
        "for i = 1, 6 do test('n' .. i, {tags = {'k' .. i % 2}}, function(t) print('<' .. t.name .. '>') end) end\n\
         for i = 7, 9 do only('n' .. i, {tags = {'k2'}}, function(t) print('<' .. t.name .. '>') end) end",
    );
    assert_eq!(chosen("turns_test.lua --shard 1/2").len(), 2);
    assert_eq!(chosen("turns_test.lua --shard 2/2").len(), 1);
    fs::write(
        home.join("turns_test.lua"),
        "for i = 1, 8 do test('n' .. i, {tags = {'k' .. i % 2}}, function(t) print('<' .. t.name .. '>') end) end",
    )
    .expect("a file");
    assert_eq!(chosen("turns_test.lua --tag k1 --shard 1/2"), ["n1", "n5"]);
    assert_eq!(chosen("turns_test.lua --tag k1 --shard 2/2"), ["n3", "n7"]);
    write(
        &home,
        "only_test.rhai",
        "test(\"a\", |t| print(\"<a>\")); only(\"b\", |t| print(\"<b>\"));",
    );
    assert_eq!(chosen("only_test.rhai"), ["b"]);
}

#[test]
fn failures_are_tried_again_or_end_everything() {
    let home = room("again");
    write(
        &home,
        "flaky_test.lua",
        "local n = 0\ntest('flaky', function() n = n + 1 expect.equal(n, 3) end)\ntest('bad', function() expect.fail('no') end)\ntest('good', function() print('<good>') end)\n",
    );
    let told = test(&home, "--retries 2");
    in_order(
        &told.stdout,
        &[
            "FLAKY flaky_test.lua > flaky: passed when it was tried for the 3rd time",
            "it was tried 3 times",
            "<good>",
            "2 passed, 1 failed, 1 flaky in",
        ],
    );
    let told = test(&home, "--retries 2 --fail-fast");
    in_order(&told.stdout, &["1 passed, 1 failed, 1 flaky in"]);
    assert_eq!((told.status, ran(&told)), (1, Vec::new()));
}

#[test]
fn hooks_run_in_their_order_and_time_has_an_end() {
    let home = room("order");
    write(
        &home,
        "order_test.rhai",
        r#"
        before_all(|| print("all{"));
        after_all(|| print("}all"));
        before_each(|t| { print("outer{"); t.cleanup(|| print("prepared")); socket::setdefaulttimeout(()); });
        after_each(|t| print("}outer"));
        describe("g", || {
          before_all(|| print("g{"));
          after_all(|| print("}g"));
          before_each(|t| print("inner{"));
          after_each(|t| print("}inner"));
          test("t", |t| { t.cleanup(|| print("second")); t.cleanup(|| print("first")); print("body"); });
        });
        "#,
    );
    let told = test(&home, "");
    in_order(
        &told.stdout,
        &[
            "all{", "g{", "outer{", "inner{", "body", "first", "second", "}inner", "}outer", "prepared",
            "}g", "}all", "1 passed",
        ],
    );
    write(
        &home,
        "slow_test.lua",
        "test('waits', {timeout = 0.1}, function() task.sleep(100) end)\n\
         test('computes', {timeout = 0.1}, function() while true do pcall(function() while true do end end) end end)\n\
         test('catches', {timeout = 0.1}, function() pcall(task.sleep, 100) end)\n\
         test('next', function() end)\n",
    );
    write(
        &home,
        "slow_test.rhai",
        "test(\"computes\", #{timeout: 0.1}, |t| { loop {} });",
    );
    let told = test(&home, "slow_test.lua slow_test.rhai -j 1");
    assert_eq!(told.status, 1);
    assert_eq!(
        told.stdout
            .matches("TimeoutError: it took longer than 0.1 s")
            .count(),
        4,
        "{}",
        told.stdout
    );
    in_order(
        &told.stdout,
        &["at slow_test.lua:1: test('waits'", "1 passed, 4 failed in"],
    );
    write(
        &home,
        "endless_test.lua",
        "test('endless', function() while true do end end)",
    );
    let told = test(&home, "endless_test.lua --timeout 0.3");
    assert_eq!(told.status, 1);
    const ENDLESS: &str = "the run took longer than 0.3 s (--timeout)";
    in_order(&told.stdout, &["stopped: ", ENDLESS]);
    // No report of such a run is a good one.
    let told = test(&home, "endless_test.lua --timeout 0.3 --report junit=-");
    in_order(
        &told.stdout,
        &["errors=\"1\"", "the whole run", "<error message=", ENDLESS],
    );
    let told = test(&home, "endless_test.lua --timeout 0.3 --report tap=-");
    in_order(&told.stdout, &["Bail out! ", ENDLESS]);
}

#[test]
fn a_test_carries_what_its_hooks_prepare() {
    let home = room("fields");
    write(
        &home,
        "fields_test.lua",
        "before_each(function(t) t.server = {n = 1} t.again = function() return t.server end end)\n\
         after_each(function(t) assert(t.server.n == 2 and t.note == nil) end)\n\
         for _, name in ipairs {'a', 'b'} do\n\
         test(name, function(t) collectgarbage() t.server.n = t.server.n + 1 t.note = nil assert(t.again() == t.server) end)\n\
         end\n\
         test('typo', function(t) t.server.n = 2 t.note = 1 t.note = nil expect.raises(errors.AttributeError, function() return t.sevrer end) end)\n\
         test('name', function(t) t.note = nil t.server.n = 2 expect.raises(\"read-only\", function() t.name = 'x' end) end)\n",
    );
    write(
        &home,
        "fields_test.rhai",
        "before_each(|t| { t.server = #{n: 1}; t.count = 1; });\n\
         after_each(|t| if t.server.n != 2 || t.count != 2 { throw `${t.server} ${t.count}` });\n\
         for name in [\"a\", \"b\"] {\n\
         test(name, |t| { t.server.n += 1; t.count += 1; });\n\
         }\n\
         test(\"typo\", |t| { t.server.n = 2; t.count = 2; expect::raises(errors::AttributeError, || t.sevrer); });\n\
         test(\"name\", |t| { t.server.n = 2; t.count = 2; expect::raises(\"read-only\", || { t.name = \"x\"; }); });\n",
    );
    let told = test(&home, "");
    assert_eq!(told.status, 0, "{}", told.stdout);
    in_order(&told.stdout, &["8 passed"]);
}

#[test]
fn exit_statuses_say_what_happened() {
    let home = room("status");
    let told = test(&home, "");
    assert_eq!(told.status, 2);
    assert!(told.stderr.contains("there are no tests in ."), "{}", told.stderr);
    write(&home, "good_test.lua", "test('a', function() end)");
    write(&home, "empty.lua", "print(1)");
    for (words, status, said) in [
        ("", 0, ""),
        (
            "--filter nothing",
            2,
            "no test has what --filter and --tag ask for",
        ),
        ("empty.lua", 2, "no tests were found"),
        ("--shard 2/8", 0, ""),
        ("--shard 9/8", 2, "2/8"),
        ("--wrong", 2, "--wrong"),
        ("--junit r.xml", 2, "tip: here it is written --report junit=FILE"),
        ("-k login", 2, "tip: here it is written --filter TEXT"),
        ("--repeat 0", 2, "it is a whole number from 1 on"),
        ("-j 0", 2, "it is a whole number from 1 on"),
        ("--report odd=x", 2, "there are pretty, tap=FILE"),
        ("--report junit=/proc/nowhere/x", 2, "cannot write the report"),
        ("missing_test.lua", 2, "there is no such file"),
    ] {
        let told = test(&home, words);
        assert_eq!(told.status, status, "{words}: {}", told.stderr);
        assert!(told.stderr.contains(said), "{words}: {}", told.stderr);
    }
    write(&home, "syntax_test.lua", "test('a', function(");
    write(
        &home,
        "exits_test.lua",
        "test('a', function() os.exit(0) end) test('b', function() end)",
    );
    write(&home, "raises_test.rhai", "throw \"at once\";");
    for (file, said) in [
        ("syntax_test.lua", "SyntaxError"),
        ("exits_test.lua", "the program was ended with status 0"),
        ("raises_test.rhai", "at once"),
    ] {
        let told = test(&home, file);
        assert_eq!(told.status, 1, "{file}: {}", told.stdout);
        assert!(told.stdout.contains(said), "{file}: {}", told.stdout);
    }
}

#[test]
fn ctrl_c_ends_a_run_and_a_watch() {
    let home = room("interrupted");
    write(
        &home,
        "endless_test.lua",
        "test('a', function() print('begun') while true do end end)",
    );
    let mut child = Command::new(WIRESCRIPT)
        .args(["test", "endless_test.lua", "--report", "tap=r.tap"])
        .current_dir(&home)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the command");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let begun = lines.by_ref().map_while(Result::ok).any(|line| line == "begun");
    assert!(begun, "it did not begin");
    interrupt(child.id());
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    let tap = fs::read_to_string(home.join("r.tap")).expect("a report");
    assert!(tap.ends_with("Bail out! interrupted\n"), "{tap}");
    assert!(tap.contains("not ok 1 - endless_test.lua > a\n"), "{tap}");

    write(&home, "watched_test.lua", "test('a', function() end)");
    let mut child = Command::new(WIRESCRIPT)
        .args(["test", "watched_test.lua", "--watch"])
        .current_dir(&home)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe"))
        .lines()
        .map_while(Result::ok);
    let mut told = BufReader::new(child.stderr.take().expect("a pipe"))
        .lines()
        .map_while(Result::ok);
    assert!(lines.any(|line| line.starts_with("1 passed in")));
    assert!(told.any(|line| line.contains("waiting for a change")));
    write(
        &home,
        "watched_test.lua",
        "test('another', function() expect.fail() end)",
    );
    assert!(lines.any(|line| line.starts_with("1 failed in")));
    assert!(told.any(|line| line.contains("waiting for a change")));
    interrupt(child.id());
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
}

fn interrupt(process: u32) {
    let sent = Command::new("kill").args(["-INT", &process.to_string()]).status();
    assert!(sent.expect("kill").success());
}

#[test]
fn a_policy_binds_a_run_or_one_test() {
    let home = room("policy");
    write(
        &home,
        "policy_test.lua",
        "local options = {policy = {allow = {family = {'AF_UNIX'}}}}\n\
         test('free', function() socket.socket():close() expect.truthy(io) end)\n\
         test('bound', options, function() expect.raises('PermissionError', socket.socket)\n\
           expect.raises('PermissionError', function() io.open('x') end) end)\n",
    );
    let told = test(&home, "-v");
    assert_eq!(told.status, 0, "{}{}", told.stdout, told.stderr);
    in_order(&told.stdout, &["> free", "> bound", "2 passed"]);
    let told = test(&home, "--sandbox");
    assert_eq!(told.status, 1);
    in_order(
        &told.stdout,
        &["PermissionError", "the test asks for a policy of its own"],
    );
}

#[test]
fn the_prompt_opens_at_a_failure() {
    let home = room("prompt");
    write(
        &home,
        "broken_test.lua",
        "test('a', function(t) s = socket.socket() t:cleanup(function() s:close() end) error('broken') end)",
    );
    let mut command = command(["test", "--repl-on-failure"]);
    let done =
        Running::start_with(command.current_dir(&home), "print(t.name, s:fileno() >= 0)\n").finish(LIMIT);
    let told = ended(done, "the prompt");
    assert_eq!(told.status, 1, "{}", told.stderr);
    in_order(&told.stdout, &["broken_test.lua:1: broken", "a\ttrue"]);
}

#[test]
fn reports_are_what_their_readers_read() {
    let home = room("reports");
    write(&home, "names_test.lua", NAMES);
    write(&home, "ping_test.lua", WRONG_LUA);
    write(
        &home,
        "odd_test.rhai",
        "test(\"a # <b> & \\\"c\\\" \\\\ \\u0001\", |t| { expect::equal(1, 2, \"]]> <&\") });",
    );
    let told = test(
        &home,
        "--report tap=out/r.tap --report junit=out/r.xml,json=out/r.json --report pretty --retries 1",
    );
    assert_eq!(told.status, 1, "{}", told.stderr);
    let read = |name: &str| fs::read_to_string(home.join("out").join(name)).expect("a report");
    let tap = read("r.tap");
    in_order(
        &tap,
        &[
            "TAP version 14\n1..9\n",
            "ok 1 - names_test.lua > one\n",
            "# SKIP not now\n",
            "not ok 7 - odd_test.rhai > a \\# <b> & \"c\" \\\\ \u{fffd}\n  ---\n",
            "not ok 9 - ping_test.lua > wrong\n",
            "    - message: \"AssertionError: the answer: not the bytes expected\"\n",
            "  ...\n",
        ],
    );
    let json = read("r.json");
    assert_eq!(json.lines().count(), 10, "{json}");
    in_order(
        &json,
        &[
            "{\"event\":\"test\"",
            "{\"event\":\"end\",\"passed\":6,\"failed\":2,\"skipped\":1,",
        ],
    );
    let Some(python) = python() else {
        note("there is no python3: nobody has read the reports");
        return;
    };
    write(&home, "read.py", READER);
    let done = Running::start(
        Command::new(python)
            .args(["read.py", "out/r.xml", "out/r.tap", "out/r.json"])
            .current_dir(&home),
    );
    let told = ended(done.finish(LIMIT), "the readers");
    assert_eq!(told.stderr, "");
    for line in told.stdout.lines() {
        note(line);
    }
    assert!(
        told.stdout
            .starts_with("xml: 9 tests, 2 failures, 1 skipped\njson: 10 lines\n"),
        "{}",
        told.stdout
    );
}

const NOISY_LUA: &str = r#"
print("noise of the file")
test("noisy", function(t)
  print("noise of print")
  io.write("noise of io.write\n")
  sys.stdout:write("noise of sys.stdout\n")
  os.execute("echo noise of a program")
end)
"#;

const NOISY_RHAI: &str = r#"
test("noisy", |t| {
  print("noise of Rhai's print");
  sys::stdout.write("noise of Rhai's sys::stdout\n");
  expect::equal(1, 2);
});
"#;

/// What tests print goes elsewhere while a report has standard output.
#[test]
fn a_report_on_standard_output_has_it_for_itself() {
    let home = room("noise");
    write(&home, "noisy_test.lua", NOISY_LUA);
    write(&home, "noisy_test.rhai", NOISY_RHAI);
    for kind in ["tap", "junit", "json"] {
        let told = test(&home, &format!("--report {kind}"));
        assert_eq!(told.status, 1, "{kind}: {}", told.stderr);
        assert!(!told.stdout.contains("noise of"), "{kind}: {}", told.stdout);
        for noise in [
            "noise of the file\n",
            "noise of print\n",
            "noise of io.write\n",
            "noise of sys.stdout\n",
            "noise of a program\n",
            "noise of Rhai's print\n",
            "noise of Rhai's sys::stdout\n",
        ] {
            assert!(told.stderr.contains(noise), "{kind}, {noise}: {}", told.stderr);
        }
        write(&home, format!("r.{kind}"), &told.stdout);
    }
    let lines = |name: &str| -> Vec<String> {
        let text = fs::read_to_string(home.join(name)).expect("a report");
        text.lines().map(str::to_owned).collect()
    };
    let tap = lines("r.tap");
    assert_eq!(
        tap[..3],
        ["TAP version 14", "1..2", "ok 1 - noisy_test.lua > noisy"]
    );
    assert!(
        tap[3].starts_with("not ok 2 - ") && tap[4..].iter().all(|line| line.starts_with("  ")),
        "{tap:?}"
    );
    let Some(python) = python() else {
        note("there is no python3: nobody has read the reports");
        return;
    };
    let code = "import json, sys, xml.etree.ElementTree as tree\n\
        print(len(tree.parse('r.junit').getroot().findall('testsuite/testcase')))\n\
        print([json.loads(line)['event'] for line in open('r.json')])";
    let done = Running::start(Command::new(python).args(["-c", code]).current_dir(&home));
    let told = ended(done.finish(LIMIT), "the readers");
    assert_eq!(
        (told.stderr.as_str(), told.stdout.as_str()),
        ("", "2\n['test', 'test', 'end']\n")
    );
    // Who asks for the other report as well finds it beside what tests print.
    let told = test(&home, "--report tap,pretty");
    assert!(
        told.stdout.starts_with("TAP version 14\n") && told.stderr.contains("1 passed"),
        "{}",
        told.stderr
    );
}

/// Reads the reports with what Python has, and with junitparser and tap.py where they are installed.
const READER: &str = r#"
import json, sys
import xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
cases = root.findall("testsuite/testcase")
print("xml: %d tests, %d failures, %d skipped" % (
    len(cases), len(root.findall(".//failure")), len(root.findall(".//skipped"))))
assert [root.get(key) for key in ("tests", "failures", "errors")] == ["9", "2", "0"]
print("json: %d lines" % len([json.loads(line) for line in open(sys.argv[3])]))
try:
    from junitparser import JUnitXml
    report = JUnitXml.fromfile(sys.argv[1])
    assert (report.tests, report.failures) == (9, 2), report
    assert sum(1 for suite in report for case in suite) == 9
    print("junitparser has read the report")
except ImportError:
    print("MISSING: junitparser (pip install junitparser): it has not read the report")
try:
    from tap.parser import Parser
    lines = list(Parser().parse_file(sys.argv[2]))
    tests = [line for line in lines if line.category == "test"]
    assert (len(tests), sum(1 for line in tests if not line.ok)) == (9, 2), tests
    assert not [line for line in lines if line.category == "unknown"]
    print("tap.py has read the report")
except ImportError:
    print("MISSING: tap.py (pip install tap.py): it has not read the report")
"#;

#[test]
fn a_suite_meets_faults() {
    let home = room("faults");
    let text = r#"
test("late", function(t)
  local a, b = socket.socketpair()
  local begun = time.monotonic()
  a:sendall("x")
  b:recv(1)
  a:close() b:close()
  expect.equal(time.monotonic() - begun > 0.04, true)
end)
"#;
    write(&home, "late_test.lua", text);
    assert_eq!(test(&home, "late_test.lua").status, 1, "without them");
    let told = test(&home, "--faults latency=50ms late_test.lua");
    assert_eq!(told.status, 0, "{}", told.stdout);
    let told = test(
        &home,
        "--faults latency=50ms --filter late_test.lua:2 late_test.lua",
    );
    assert_eq!(told.status, 0, "as a report names it: {}", told.stdout);
    let told = test(&home, "--faults lateness=1 late_test.lua");
    assert_eq!(told.status, 2, "{}", told.stdout);
    assert!(
        told.stderr.contains("unknown fault 'lateness'"),
        "{}",
        told.stderr
    );
}
