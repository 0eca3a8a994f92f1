//! `wirescript test` where something ends a run or a machine: limits of a policy, the time for the whole run, Ctrl-C. Nothing may be
//! lost in silence. In Lua and Rhai.
#![cfg(all(feature = "cli", feature = "lua", feature = "rhai", target_os = "linux"))]

#[allow(dead_code, reason = "it serves all integration tests; this one needs a part")]
mod support;
#[allow(dead_code, reason = "it serves several tests; this one needs a part")]
#[path = "support/runner.rs"]
mod tool;

use std::path::Path;

use tool::{Told, command, in_order, room, tell, write};

/// Runs `wirescript test` in a folder.
fn test(folder: &Path, words: &str) -> Told {
    let words = std::iter::once("test").chain(words.split_whitespace());
    tell(command(words).current_dir(folder))
}

/// The first lines of what was told of each test, without times.
fn outcomes(told: &Told) -> Vec<String> {
    let lines = told.stdout.lines();
    let outcome =
        |line: &&str| line.contains(" > ") && (line.starts_with("ok ") || line.starts_with("FAIL "));
    let mut outcomes: Vec<_> = lines
        .filter(outcome)
        .map(|line| line.rsplit_once(" (").map_or(line, |(line, _)| line).to_owned())
        .collect();
    outcomes.sort();
    outcomes
}

const BOUND_LUA: &str = r#"
local function bound(limits) return {policy = {default = "allow", limits = limits}} end
test("first", function() end)
test("slow", bound({timeout = 0.2}), function() task.sleep(5) end)
test("busy", bound({instructions = 100000}), function()
  while true do end
end)
describe("group", bound({timeout = 0.5}), function()
  test("a", function() task.sleep(0.3) end)
  test("b", function() task.sleep(5) end)
  test("c", function() task.sleep(0.3) end)
end)
describe("prepared", bound({timeout = 0.3}), function()
  before_all(function() task.sleep(5) end)
  test("d", function() end)
end)
test("last", function() end)
"#;

const BOUND_RHAI: &str = r#"
fn bound(limits) { #{policy: #{default: "allow", limits: limits}} }
test("first", |t| ());
test("slow", bound(#{timeout: 0.2}), |t| task::sleep(5));
test("busy", bound(#{instructions: 100000}), |t| {
  loop { }
});
describe("group", bound(#{timeout: 0.5}), || {
  test("a", |t| task::sleep(0.3));
  test("b", |t| task::sleep(5));
  test("c", |t| task::sleep(0.3));
});
describe("prepared", bound(#{timeout: 0.3}), || {
  before_all(|| task::sleep(5));
  test("d", |t| ());
});
test("last", |t| ());
"#;

#[test]
fn what_exceeds_a_limit_of_its_policy_fails_and_the_others_are_run() {
    for (file, source) in [("bound_test.lua", BOUND_LUA), ("bound_test.rhai", BOUND_RHAI)] {
        let home = room(&format!("bound-{}", &file[11..]));
        write(&home, file, source);
        let told = test(&home, "-v");
        assert_eq!(told.status, 1, "{}{}", told.stdout, told.stderr);
        assert_eq!(
            outcomes(&told),
            [
                format!("FAIL {file}:10 > group > b"),
                format!("FAIL {file}:15 > prepared > d"),
                format!("FAIL {file}:4 > slow"),
                format!("FAIL {file}:5 > busy"),
                format!("ok   {file} > first"),
                format!("ok   {file} > group > a"),
                format!("ok   {file} > group > c"),
                format!("ok   {file} > last"),
            ],
            "{}",
            told.stdout
        );
        for text in [
            "\n    LimitError: the time limit of 0.2 seconds is over\n",
            "\n    LimitError: the limit of 100000 instructions is reached\n",
            "\n    in before_all: LimitError: the time limit of 0.3 seconds is over\n",
            &format!("\n    at {file}:14: before_all("),
        ] {
            assert!(told.stdout.contains(text), "{text}: {}", told.stdout);
        }
        let told = test(&home, "--report json --filter slow");
        assert!(told.stdout.contains("LimitError"), "{}", told.stdout);
    }
}

#[test]
fn limits_of_the_command_line_hold_for_each_test() {
    let lua = "local n = 0\ntest('one', function() end)\ntest('busy', function() while true do end end)\n\
        test('two', function() for i = 1, 30000 do n = n + 1 end end)\n\
        test('three', function() for i = 1, 30000 do n = n + 1 end end)\n";
    let rhai = "test(\"one\", |t| ()); test(\"busy\", |t| { loop { } });\n\
        test(\"two\", |t| { let n = 0; for i in 0..9000 { n += 1; } });\n\
        test(\"three\", |t| { let n = 0; for i in 0..9000 { n += 1; } });\n";
    for (file, source) in [("some_test.lua", lua), ("some_test.rhai", rhai)] {
        let home = room(&format!("counted-{}", &file[10..]));
        write(&home, file, source);
        let told = test(&home, "--max-instructions 200000");
        assert_eq!(told.status, 1, "{}", told.stdout);
        assert!(told.stdout.contains("3 passed, 1 failed in"), "{}", told.stdout);
        let told = test(&home, "--max-instructions 200000 --retries 2 --repeat 2");
        assert!(told.stdout.contains("it was tried 3 times"), "{}", told.stdout);
        assert!(told.stdout.contains("6 passed, 2 failed in"), "{}", told.stdout);
        let told = test(&home, "--max-instructions 200000 --fail-fast");
        assert!(told.stdout.contains("1 passed, 1 failed in"), "{}", told.stdout);
    }
}

#[test]
fn a_run_that_is_ended_says_which_test_was_running() {
    let lua = "test('endless', function()\n  while true do end\nend)\n";
    let rhai = "test(\"endless\", |t| {\n  task::sleep(60);\n});\n";
    for (file, source) in [("an_test.lua", lua), ("an_test.rhai", rhai)] {
        let home = room(&format!("ended-{}", &file[8..]));
        write(&home, file, source);
        let told = test(
            &home,
            "--timeout 0.5 --report pretty --report tap=r.tap --report junit=r.xml --report json=r.json",
        );
        assert_eq!(told.status, 1, "{}", told.stdout);
        let said = "it was still running when the run was ended";
        for text in [
            &format!("FAIL {file}:1 > endless ("),
            said,
            &format!("at {file}:2: "),
            "stopped: the run took longer than 0.5 s (--timeout)",
            "1 failed in",
        ] {
            assert!(told.stdout.contains(text), "{text}: {}", told.stdout);
        }
        for report in ["r.tap", "r.xml", "r.json"] {
            let text = std::fs::read_to_string(home.join(report)).expect("a report");
            assert!(text.contains("endless") && text.contains(said), "{text}");
        }
    }
}

#[test]
fn a_calculation_that_took_too_long_is_told_with_its_line() {
    let home = room("long");
    write(
        &home,
        "long_test.lua",
        "test('long', {timeout = 0.2}, function()\n  while true do end\nend)\n",
    );
    let told = test(&home, "");
    let text = "TimeoutError: it took longer than 0.2 s\n    at long_test.lua:2: while true do end\n";
    assert!(told.stdout.contains(text), "{}", told.stdout);
}

#[test]
fn two_reports_do_not_share_a_place() {
    let home = room("places");
    write(&home, "a_test.lua", "test('a', function() end)");
    for words in ["--report tap --report junit", "--report tap=r --report json=r"] {
        let told = test(&home, words);
        assert_eq!(told.status, 2, "{words}: {}", told.stdout);
        assert!(told.stderr.contains("another report goes to"), "{}", told.stderr);
    }
    assert_eq!(
        test(&home, "--report tap=/dev/null --report json=/dev/null").status,
        0
    );
}

#[test]
fn a_list_has_the_order_of_the_files() {
    let home = room("list");
    for name in ["a", "b", "c", "d"] {
        // The first takes longest to be read.
        let wait = if name == "a" { "task.sleep(0.2) " } else { "" };
        write(
            &home,
            format!("{name}_test.lua"),
            format!("{wait}test('it', function() end)"),
        );
    }
    let told = test(&home, "--list -j 4");
    assert_eq!(
        told.stdout,
        "a_test.lua:1 it\nb_test.lua:1 it\nc_test.lua:1 it\nd_test.lua:1 it\n"
    );
}

#[test]
fn what_a_failure_shows_is_bounded_and_named_for_what_it_was() {
    let home = room("shown");
    let padding = "-".repeat(5000);
    write(
        &home,
        "a_test.lua",
        format!(
            "test('raised', function() error('oops') end)\n\
             test('long', function() expect.equal(('x'):rep(100000) .. 'a', ('x'):rep(100000) .. 'b') end) --{padding}\n\
             describe('slow', function() after_each(function() task.sleep(0.2) error('late') end)\n\
             test('late', function() end) end)\n"
        ),
    );
    write(
        &home,
        "b_test.rhai",
        "test(\"thrown\", |t| { throw \"oops\"; });\n",
    );
    let told = test(
        &home,
        "-v --report pretty --report junit=r.xml --report json=r.json",
    );
    assert!(
        told.stdout.contains("the texts differ from character 100001 on")
            && told.stdout.lines().all(|line| line.chars().count() < 250),
        "{}",
        told.stdout
    );
    let junit = std::fs::read_to_string(home.join("r.xml")).expect("a report");
    assert_eq!(junit.matches("type=\"RuntimeError\"").count(), 3, "{junit}");
    assert_eq!(junit.matches("type=\"AssertionError\"").count(), 1, "{junit}");
    let json = std::fs::read_to_string(home.join("r.json")).expect("a report");
    let late = json
        .lines()
        .find(|line| line.contains("slow > late"))
        .expect("a line");
    let (_, duration) = late.split_once("\"duration\":").expect("a time");
    let seconds = duration
        .split(',')
        .next()
        .and_then(|number| number.parse::<f64>().ok());
    assert!(seconds.is_some_and(|seconds| seconds >= 0.2), "{late}");
}

#[test]
fn times_in_a_simulation_count_from_the_tests_beginning() {
    let home = room("simulated");
    write(
        &home,
        "a_test.lua",
        "test('waits', function() task.sleep(1000) end)\n\
         test('fails', function(t)\n  local s = socket.socket()\n  t:cleanup(function() s:close() end)\n  s:bind({'127.0.0.1', 80})\n  \
         error('no')\nend)\n",
    );
    let told = test(&home, "--virtual --test-timeout 5000");
    assert!(told.stdout.contains("\n       0.000"), "{}", told.stdout);
    assert!(!told.stdout.contains("\n    1000."), "{}", told.stdout);
}

const GROUPS_LUA: &str = r#"
describe("skipped", function()
  before_all(function(t) t.made = 1 t:skip("no server") end)
  after_all(function(t) print("after", t.made, t.nothing) end)
  test("a", function() print("never") end)
  describe("inner", function()
    before_all(function() print("never") end)
    test("b", function() end)
  end)
  test("c", {skip = "its own"}, function() end)
end)
describe("prepared", function()
  before_all(function(t) t.server = {n = 1} t:cleanup(function() print("cleaned") end) print(t.name) end)
  before_each(function(t) if t.name:find "fails" then error("boom") end t.own = 2 end)
  after_each(function(t) print(t.own) end)
  after_all(function(t) print("after", t.server.n) end)
  test("has", function(t) expect.equal(t.server.n, 1) print(task.current().name) end)
  test("fails", function() end)
  test("typo", function(t) expect.raises(errors.AttributeError, function() return t.sevrer end) end)
end)
describe("declares", function()
  before_all(function(t) t:log("noted") test("late", function() end) end)
  test("d", function() end)
  test("e", {skip = "its own"}, function() end)
end)
"#;

const GROUPS_RHAI: &str = r#"
describe("skipped", || {
  before_all(|t| { t.made = 1; t.skip("no server"); });
  after_all(|t| print("after\t" + t.made + "\t" + repr(t.nothing)));
  test("a", |t| print("never"));
  describe("inner", || {
    before_all(|| print("never"));
    test("b", |t| ());
  });
  test("c", #{skip: "its own"}, |t| ());
});
describe("prepared", || {
  before_all(|t| { t.server = #{n: 1}; t.cleanup(|| print("cleaned")); print(t.name); });
  before_each(|t| { if t.name.contains("fails") { throw "boom"; } t.own = 2; });
  after_each(|t| print(if t.own == () { "nil" } else { t.own }));
  after_all(|t| print(`after	${t.server.n}`));
  test("has", |t| { expect::equal(t.server.n, 1); print(task::current().name); });
  test("fails", |t| ());
  test("typo", |t| { expect::raises(errors::AttributeError, || t.sevrer); });
});
describe("declares", || {
  before_all(|t| { t.log("noted"); test("late", |t| ()); });
  test("d", |t| ());
  test("e", #{skip: "its own"}, |t| ());
});
"#;

#[test]
fn a_group_has_a_t_that_prepares_and_skips_it() {
    let home = room("groups");
    write(&home, "groups_test.lua", GROUPS_LUA);
    write(&home, "groups_test.rhai", GROUPS_RHAI);
    for (file, nothing) in [("groups_test.lua", "nil"), ("groups_test.rhai", "None")] {
        let told = test(
            &home,
            &format!("{file} -v --report json=said.json --report tap=said.tap"),
        );
        assert_eq!(told.status, 1, "{}", told.stdout);
        assert!(!told.stdout.contains("never"), "{}", told.stdout);
        in_order(
            &told.stdout,
            &[
                " > skipped > a: no server",
                " > skipped > inner > b: no server",
                " > skipped > c: its own",
                &format!("after\t1\t{nothing}"),
                "prepared\n",
                "prepared > has\n",
                "2\n",
                " > prepared > has",
                // What was not prepared is missing, and no mistake.
                "nil\n",
                " > prepared > fails",
                "in before_each: ",
                "2\n",
                " > prepared > typo",
                "after\t1\n",
                "cleaned\n",
                " > declares > d",
                "test() inside before_all of 'declares'",
                "log: noted",
                // What its group needs has failed, and it needs nothing.
                " > declares > e: its own",
                "2 passed, 2 failed, 4 skipped",
            ],
        );
        assert!(!told.stdout.contains("no attribute"), "{}", told.stdout);
        let read = |name: &str| std::fs::read_to_string(home.join(name)).expect("a report");
        assert_eq!(read("said.json").matches("\"reason\":\"no server\"").count(), 2);
        assert_eq!(read("said.tap").matches("# SKIP no server").count(), 2);
    }
}

/// What is known to fail is run, and told when it does not.
#[test]
fn a_test_that_is_known_to_fail_may() {
    let home = room("xfail");
    write(
        &home,
        "known_test.lua",
        r#"
test("broken", {xfail = "issue 7"}, function() error("as ever") end)
test("slow", {xfail = true, timeout = 0.1, retries = 3}, function() task.sleep(5) end)
describe("group", {xfail = "all of it"}, function()
  test("leaves", function() kept = socket.socket() end)
  test("skipped", {skip = "not here"}, function() end)
  test("not", function(t) t:skip("no server") end)
end)
test("good", function() end)
"#,
    );
    write(
        &home,
        "known_test.rhai",
        r#"
let kept = ();
test("broken", #{xfail: "issue 7"}, |t| throw "as ever");
test("slow", #{xfail: true, timeout: 0.1, retries: 3}, |t| task::sleep(5));
describe("group", #{xfail: "all of it"}, || {
  test("leaves", |t| { kept = socket::socket(); });
  test("skipped", #{skip: "not here"}, |t| ());
  test("not", |t| t.skip("no server"));
});
test("good", |t| ());
"#,
    );
    for file in ["known_test.lua", "known_test.rhai"] {
        let told = test(
            &home,
            &format!(
                "{file} -v --report json=r.json --report tap=r.tap --report junit=r.xml --report pretty"
            ),
        );
        assert_eq!((told.status, &*told.stderr), (0, ""), "{}", told.stdout);
        in_order(
            &told.stdout,
            &[
                &format!("xfail {file} > broken: issue 7\n"),
                &format!("xfail {file} > slow\n"),
                &format!("xfail {file} > group > leaves: all of it\n"),
                " > group > skipped: not here\n",
                " > group > not: no server\n",
                "1 passed, 2 skipped, 3 xfailed in ",
            ],
        );
        let read = |name: &str| std::fs::read_to_string(home.join(name)).expect("a report");
        in_order(
            &read("r.json"),
            &[
                "\"outcome\":\"xfailed\",\"reason\":\"issue 7\"",
                "as ever",
                "\"xfailed\":3",
            ],
        );
        in_order(
            &read("r.tap"),
            &[
                &format!("not ok 1 - {file} > broken # TODO issue 7\n"),
                "not ok 2",
                "# TODO\n",
            ],
        );
        in_order(
            &read("r.xml"),
            &["failures=\"0\"", "<skipped message=\"issue 7\" type=\"xfail\"/>"],
        );
    }
    write(
        &home,
        "mended_test.lua",
        "test('mended', {xfail = 'issue 7'}, function() end)\n",
    );
    write(
        &home,
        "mended_test.rhai",
        "test(\"mended\", #{xfail: \"issue 7\"}, |t| ());\n",
    );
    write(
        &home,
        "broken.lua",
        "test('a', {xfail = 'issue 7'}, function() error('as ever') end) print('after')",
    );
    write(
        &home,
        "broken.rhai",
        "test(\"a\", #{xfail: \"issue 7\"}, |t| throw \"as ever\"); print(\"after\");",
    );
    for (file, broken) in [
        ("mended_test.lua", "broken.lua"),
        ("mended_test.rhai", "broken.rhai"),
    ] {
        let told = test(&home, file);
        assert_eq!(told.status, 1, "{}", told.stdout);
        let said = "it passed, and its xfail says that it fails: take that away";
        in_order(&told.stdout, &[" > mended", said, "1 failed"]);
        // As a script, too.
        let told = tell(command([file]).current_dir(&home));
        assert!(told.status == 1 && told.stderr.contains(said), "{told:?}");
        let told = tell(command([broken]).current_dir(&home));
        assert_eq!((told.status, &*told.stdout), (0, "after\n"), "{}", told.stderr);
    }
    write(
        &home,
        "odd_test.lua",
        "test('a', {expected = true}, function() end)\n",
    );
    let told = test(&home, "odd_test.lua");
    in_order(
        &told.stdout,
        &["'expected' is no option of a test. There are tags, skip, xfail, only, "],
    );
}

#[test]
fn a_test_that_ends_the_program_fails_and_the_others_are_run() {
    let home = room("exits");
    write(
        &home,
        "ends_test.lua",
        "before_all(function() print('prepared') end)\n\
         test('first', function() end)\n\
         test('exits', function() os.exit(0) end)\n\
         describe('g', function() before_all(function() os.exit(4) end) test('x', function() end) end)\n\
         test('last', function() end)\n",
    );
    let told = test(&home, "ends_test.lua -v");
    assert_eq!(told.status, 1, "{}", told.stdout);
    assert_eq!(
        outcomes(&told),
        [
            "FAIL ends_test.lua:3 > exits",
            "FAIL ends_test.lua:4 > g > x",
            "ok   ends_test.lua > first",
            "ok   ends_test.lua > last",
        ],
        "{}",
        told.stdout
    );
    in_order(
        &told.stdout,
        &[
            "the program was ended with status 0, and the test with it",
            "prepared",
            "in before_all: the program was ended with status 4, and the tests with it",
            "2 passed, 2 failed",
        ],
    );
    // Tried again in a machine of its own, and not for ever.
    let told = test(&home, "ends_test.lua --retries 2 --filter exits");
    in_order(&told.stdout, &["ends_test.lua:3 > exits", "1 failed"]);
}

#[test]
fn a_task_that_fails_beside_a_test_fails_it() {
    let home = room("tasks");
    write(
        &home,
        "tasks_test.lua",
        "test('beside', function() task.spawn(function() error('nobody joins') end) end)\n\
         test('joined', function() expect.raises('joined', function() task.spawn(error, 'is joined'):join() end) end)\n",
    );
    let told = test(&home, "");
    in_order(
        &told.stdout,
        &[
            "beside",
            "in another task: ",
            "nobody joins",
            "1 passed, 1 failed",
        ],
    );
}

#[test]
fn a_script_that_runs_its_own_tests_has_an_end() {
    let home = room("plain");
    for (name, code) in [
        (
            "plain.lua",
            "local server = socket.create_server({'127.0.0.1', 0})\n\
             task.spawn(function() pcall(server.accept, server) print('told') end)\n\
             before_all(function(t) t.n = 7 end)\n\
             after_all(function(t) server:close() print('closed', t.n) end)\n\
             test('a', function(t) print('a', t.n) end)\n\
             describe('g', function()\n\
             before_all(function(t) t:skip('why') end) test('b', function() print('never') end) end)\n\
             print('end')",
        ),
        (
            "plain.rhai",
            "let server = socket::create_server([\"127.0.0.1\", 0]);\n\
             task::spawn(|| { try { server.accept(); } catch { } print(\"told\"); });\n\
             before_all(|t| t.n = 7);\n\
             after_all(|t| { server.close(); print(`closed\t${t.n}`); });\n\
             test(\"a\", |t| print(`a\t${t.n}`));\n\
             describe(\"g\", || { before_all(|t| t.skip(\"why\")); test(\"b\", |t| print(\"never\")); });\n\
             print(\"end\");",
        ),
    ] {
        write(&home, name, code);
        let told = tell(command([name]).current_dir(&home));
        assert_eq!(told.stdout, "a\t7\nend\nclosed\t7\ntold\n", "{}", told.stderr);
        assert_eq!(told.status, 0, "{}", told.stderr);
    }
    for (code, status, printed, said) in [
        ("after_all(function() error('at last') end)", 1, "", "at last"),
        ("after_all(print) error('main')", 1, "<Group ''>\n", "main"),
        ("after_all(print) sys.exit(3)", 3, "", ""),
    ] {
        let told = tell(command(["-e", code]).current_dir(&home));
        assert_eq!(
            (told.status, &*told.stdout),
            (status, printed),
            "{code}: {}",
            told.stderr
        );
        assert!(told.stderr.contains(said), "{code}: {}", told.stderr);
    }
}

#[test]
fn under_a_policy_of_a_test_the_file_is_run_again() {
    let home = room("policies");
    write(
        &home,
        "policies_test.lua",
        "print('loaded') socket.create_server({'127.0.0.1', 0}):close()\n\
         before_all(function() print('prepared') end)\n\
         test('free', function() end)\n\
         test('bound', {policy = {default = 'deny'}}, function() end)\n\
         test('bound too', {policy = {default = 'deny'}, tags = {'x'}}, function() end)\n\
         test('other', {policy = {default = 'allow', deny = {run = {'*'}}}}, function() end)\n",
    );
    write(
        &home,
        "policies_test.rhai",
        "print(\"loaded\"); socket::create_server([\"127.0.0.1\", 0]).close();\n\
         before_all(|| print(\"prepared\"));\n\
         test(\"free\", |t| ());\n\
         test(\"bound\", #{policy: #{default: \"deny\"}}, |t| ());\n\
         test(\"bound too\", #{policy: #{default: \"deny\"}, tags: [\"x\"]}, |t| ());\n\
         test(\"other\", #{policy: #{default: \"allow\", deny: #{run: [\"*\"]}}}, |t| ());\n",
    );
    for file in ["policies_test.lua", "policies_test.rhai"] {
        let told = test(&home, &format!("{file} -v --repeat 1"));
        assert_eq!(told.status, 1, "{}", told.stdout);
        assert_eq!(
            outcomes(&told),
            [
                format!("FAIL {file}:4 > bound"),
                format!("FAIL {file}:5 > bound too"),
                format!("ok   {file} > free"),
                format!("ok   {file} > other"),
            ],
            "{}",
            told.stdout
        );
        let count = |said: &str| told.stdout.lines().filter(|line| *line == said).count();
        assert_eq!((count("loaded"), count("prepared")), (3, 2), "{}", told.stdout);
        in_order(
            &told.stdout,
            &[
                "in the file, which is run under the test's policy: ",
                "PermissionError",
                "a socket of family AF_INET, type SOCK_STREAM",
                "--allow-net or --allow-listen would allow it",
            ],
        );
    }
}
