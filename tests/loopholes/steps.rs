//! Single steps of ours or of a language's own that took far longer, or far more memory, than a limit allows.

use std::fs;
use std::time::{Duration, Instant};

use super::{Told, folder, run};

/// How long a run may take whose time is over after a second: these builds are slow, and so may the machine be.
const SOON: Duration = Duration::from_secs(10);

/// The languages of this build, by the flag that chooses one.
const LANGUAGES: &[&str] = &[
    #[cfg(feature = "lua")]
    "lua",
    #[cfg(feature = "rhai")]
    "rhai",
];

/// Runs code in a language and says how it ended, and whether that was soon.
fn end(room: &str, options: &[&str], language: &str, code: &str) -> (Told, bool) {
    let room = folder(room);
    let file = format!("script.{language}");
    fs::write(room.join(&file), code).expect("a script");
    let begun = Instant::now();
    let told = run(&room, &[options, &[&file]].concat());
    (told, begun.elapsed() < SOON)
}

fn is_over_in_time(room: &str, language: &str, code: &str) {
    let (told, soon) = end(room, &["--timeout=1"], language, code);
    let shown = &code[..code.len().min(200)];
    assert!(soon, "{shown}");
    assert!(told.stderr.contains("time limit"), "{shown}\n{}", told.stderr);
}

/// Each byte of a set is a step of its own.
#[cfg(feature = "lua")]
#[test]
fn a_pattern_with_a_long_set_ends_with_the_time() {
    for code in [
        "('b'):rep(2000):find('[' .. ('a'):rep(5000000) .. ']')",
        "('b'):rep(20000000):find('[^' .. ('x'):rep(3000) .. ']*z')",
    ] {
        is_over_in_time("steps_pattern", "lua", code);
    }
}

/// At each `elseif` Lua's compiler walks through all the jumps there are.
#[cfg(feature = "lua")]
#[test]
fn lua_is_compiled_within_the_time() {
    let code = format!("local a\nif a then\n{}end", "elseif a then\n".repeat(150_000));
    is_over_in_time("steps_lua", "lua", &code);
    // A worker's script, too.
    let code = format!(
        "local w = worker.spawn([[{code}]])
         print(w:join())"
    );
    is_over_in_time("steps_lua_worker", "lua", &code);
}

/// For each name that a script has Rhai looks through all the names there are.
#[cfg(feature = "rhai")]
#[test]
fn rhai_is_compiled_within_the_time() {
    let names: String = (0..120_000).map(|name| format!("let v{name}=1; ")).collect();
    is_over_in_time("steps_rhai", "rhai", &names);
    let evaluated = "let s = \"\"; for i in 0..120000 { s += `let v${i}=1; `; } eval(s);";
    is_over_in_time("steps_rhai_eval", "rhai", evaluated);
    // What is looked for in the text beforehand takes no longer where there is much of it.
    let wide = "struct::pack(\"7B\",1,2,3,4,5,6,7);\n".repeat(20_000);
    let marked = format!("{}\n", "x = s.recv(5); ".repeat(4000)).repeat(8);
    for code in [
        wide,
        format!("let s = 1; let x = 1; if false {{ {marked} }} loop {{}}"),
    ] {
        let (_, soon) = end("steps_rhai_marks", &["--timeout=1"], "rhai", &code);
        assert!(soon);
    }
}

#[cfg(feature = "lua")]
#[test]
fn bytes_are_found_in_bytes_however_alike_they_are() {
    let code = "local all, part = ('a'):rep(4000000), ('a'):rep(2000000) .. 'b'
                print(bytes.find(all, part), #bytes.split(all, part), #bytes.split(all, 'a'))
                print(pcall(expect.contains, all, part) == false)";
    let (told, soon) = end("steps_find", &[], "lua", code);
    assert!(soon);
    assert_eq!(told.stdout, "-1\t1\t4000001\ntrue\n", "{}", told.stderr);
}

/// What never waits looks all the same, and counts each character once.
#[test]
fn a_file_that_is_always_ready_ends_with_the_time() {
    for language in LANGUAGES {
        // With a number no memory is needed: the characters are counted where they lie.
        for read in ["read(2000000000)", "readline(2000000000)"] {
            let colon = if *language == "lua" { ":" } else { "." };
            let code = format!("open(\"/dev/zero\", \"r\"){colon}{read}");
            is_over_in_time("steps_file", language, &code);
        }
    }
}

/// Text that waits for its line's end is a buffer as others are. A peer decides how long that is.
#[test]
fn a_line_without_an_end_takes_no_more_than_a_buffer_may_have() {
    for language in LANGUAGES {
        for read in ["readline()", "readlines()", "read(2000000000)"] {
            let colon = if *language == "lua" { ":" } else { "." };
            let code = format!("open(\"/dev/zero\"){colon}{read}");
            for (limit, error) in [
                ("--max-memory=16M", "MemoryError"),
                ("--max-buffer=1M", "LimitError"),
            ] {
                let options = ["--sandbox", "--allow-read=/dev/zero", limit];
                let (told, _) = end("steps_line", &options, language, &code);
                assert_eq!(told.code, Some(1), "{language} {code} {limit}");
                assert!(
                    told.stderr.contains(error),
                    "{language} {code} {limit} {}",
                    told.stderr
                );
            }
        }
    }
}

/// One text may stand in an array any number of times, and is copied each time that the array is read or printed.
#[cfg(feature = "rhai")]
#[test]
fn an_array_with_the_same_text_many_times_is_no_bomb() {
    let bomb =
        "let s = \"\"; s.pad(1000000, \"x\"); let a = []; a.pad(3000, 0); for i in 0..3000 { a[i] = s; }";
    let options = ["--sandbox", "--max-memory=32M"];
    for made in [
        "json::encode(a)",
        "repr(a)",
        "throw errors::ValueError(a)",
        "struct::pack(\"B\", a)",
        "bytes(a)",
        "sys::exit(a)",
        "expect::equal(a, 1)",
        "print(a)",
        "a.to_string()",
        "\"\" + a",
        "s += a",
        "`${a}`",
        "throw a",
        "throw #{ message: a }",
    ] {
        let code = format!("{bomb} {made}; print(\"done\");");
        let (told, soon) = end("steps_bomb", &options, "rhai", &code);
        assert!(soon, "{made}");
        // An error, or a text that says what is too much; never the end of the process.
        assert!(
            matches!(told.code, Some(0 | 1)),
            "{made}: {:?} {}",
            told.code,
            told.stderr
        );
        assert!(told.stderr.len() < 20_000_000, "{made}: {}", told.stderr.len());
    }
    let (told, _) = end("steps_bomb", &options, "rhai", &format!("{bomb} print(a);"));
    assert!(told.stderr.contains("MemoryError"), "{}", told.stderr);
    // What is no more than a script may hold is read and printed as ever.
    let code = "let s = \"\"; s.pad(100000, \"x\"); let a = [s, s, #{ s: s }];
                print(json::encode(a).len()); print(`${a}`.len()); try { throw s; } catch (e) { print(e.len()); }";
    let (told, _) = end("steps_bomb", &options, "rhai", code);
    assert_eq!(told.stdout, "300016\n300020\n100000\n", "{}", told.stderr);
}

/// Each part of a path was looked for, each over the whole of it; each place of a text was compared with an end of 100,000 bytes; a
/// pattern was read whatever its length; a label of a name took its time squared.
#[cfg(feature = "lua")]
#[test]
fn what_is_too_long_to_be_meant_is_refused_at_once() {
    let open = r#"print(select(2, pcall(open, "/" .. ("a/"):rep(1000000))).name)"#;
    let (told, soon) = end("steps_long", &["--sandbox"], "lua", open);
    assert!(soon && told.stdout == "PermissionError\n", "{}", told.stderr);
    for (code, expected) in [
        (
            r#"print(select(2, pcall(tube.pattern, ("(?:a|b)"):rep(3000000))).name)"#,
            "ValueError\n",
        ),
        (
            r#"print(select(2, pcall(bytes.decode, "xn--" .. ("a"):rep(1000000), "idna")).name)"#,
            "UnicodeError\n",
        ),
        (
            r#"local s = {} for i = 1, 200000 do s[i] = utf8.char(0x10000 + (i * 7919) % 900000) end
            print(select(2, pcall(bytes.encode, table.concat(s), "punycode")).name)"#,
            "UnicodeError\n",
        ),
        (
            r#"local s = packet.schema("x", {{"n", "bytes", terminator = ("a"):rep(100000) .. "b"}})
            print((pcall(s.dissect, s, ("a"):rep(5000000))))"#,
            "false\n",
        ),
    ] {
        let (told, soon) = end("steps_long", &[], "lua", code);
        assert!(soon, "{code}");
        assert!(
            told.stdout.ends_with(expected),
            "{code}: {}{}",
            told.stdout,
            told.stderr
        );
    }
}

/// An array was filled with copies of another, of which only the places were counted.
#[cfg(feature = "rhai")]
#[test]
fn an_array_is_not_filled_with_large_ones() {
    for filler in ["a", "#{ a: a }", "Fn(\"f\").curry(a)"] {
        let code = format!(
            "let a = []; a.pad(100000, 0); let b = []; try {{ b.pad(100000, {filler}); }} catch (e) {{ print(e.name); }}"
        );
        let (told, soon) = end("steps_pad", &[], "rhai", &code);
        assert!(
            soon && told.stdout == "MemoryError\n",
            "{filler}: {}{}",
            told.stdout,
            told.stderr
        );
    }
    let code = "let b = []; b.pad(3, [1, 2]); print(b);";
    let (told, _) = end("steps_pad", &[], "rhai", code);
    assert_eq!(told.stdout, "[[1, 2], [1, 2], [1, 2]]\n");
}

/// A closure with arguments of its own copies them with itself, each time twice as many, in blocks of a few bytes.
#[cfg(feature = "rhai")]
#[test]
fn a_closure_that_holds_itself_ends_with_the_memory() {
    let code = "let f = |x, y| x; for i in 0..40 { f = f.curry(f); }";
    let (told, soon) = end("steps_curry", &["--max-memory=64M"], "rhai", code);
    assert!(soon);
    assert!(told.stderr.contains("MemoryError"), "{}", told.stderr);
}

/// Rhai looks for the function of a call in 65,536 ways, at each of its arguments.
#[cfg(feature = "rhai")]
#[test]
fn a_call_with_countless_arguments_is_refused_at_once() {
    let (told, soon) = end(
        "steps_arguments",
        &["--timeout=5"],
        "rhai",
        &format!("f({})", "1,".repeat(100_000)),
    );
    assert!(soon);
    assert!(told.stderr.contains("arguments at most"), "{}", told.stderr);
}

/// Rhai drops what a value holds by calling itself, a level of the stack for each of the value's.
#[cfg(feature = "rhai")]
#[test]
fn what_is_nested_deep_is_dropped() {
    const CHAIN: &str = "let f = || 1; for i in 0..200000 { let g = f; f = || g; }";
    for (options, code, wanted) in [
        (&[][..], format!("{CHAIN} f = 1; print(\"dropped\");"), "dropped"),
        (&[], format!("{CHAIN} print(\"left\");"), "left"),
        (
            &[],
            format!("task::spawn(|| {{ {CHAIN} f }}).join(); print(\"joined\");"),
            "joined",
        ),
        (
            &[],
            format!("{CHAIN} let c = task::channel(1); c.send(f); f = 1; print(\"sent\");"),
            "sent",
        ),
        (&[], format!("{CHAIN} throw f;"), ""),
        (
            &["--max-memory=16M"],
            format!("{} print(\"not reached\");", CHAIN.replace("200000", "100000000")),
            "",
        ),
    ] {
        let (told, _) = end("steps_nested", options, "rhai", &code);
        let status = i32::from(wanted.is_empty());
        assert_eq!(
            (told.stdout.trim_end(), told.code),
            (wanted, Some(status)),
            "{code}\n{}",
            told.stderr
        );
    }
}

/// Rhai's optimizer compares each of them with each.
#[cfg(feature = "rhai")]
#[test]
fn what_is_long_is_compiled_in_time_that_grows_with_it() {
    let cases: String = (0..100_000).map(|case| format!("{case} => 1,")).collect();
    for code in [
        format!("switch 1 {{ {cases} }}"),
        format!("let x = 1; {}", "x;".repeat(300_000)),
    ] {
        let (told, soon) = end("steps_optimizer", &[], "rhai", &code);
        assert!(soon && told.code == Some(0), "{}", told.stderr);
    }
}

/// A pattern was held against what had come in one step, which took its size times the bytes, and its groups took memory by the square of
/// their number.
#[test]
fn a_pattern_of_bytes_ends_with_the_time() {
    let lua = r#"local s = ("abbabaaababbab"):rep(70000)
        local a, b = socket.socketpair()
        task.spawn(function() while true do b:sendall(s) end end)
        local t, p = tube.wrap(a), tube.pattern(PATTERN)
        METHOD"#;
    let rhai = r#"let s = ""; s.pad(980000, "abbabaaababbab");
        let pair = socket::socketpair(); let b = pair[1];
        task::spawn(|| loop { b.sendall(s); });
        let t = tube::wrap(pair[0]); let p = tube::pattern(PATTERN);
        METHOD"#;
    for language in LANGUAGES {
        let (code, colons, colon) = match *language {
            "lua" => (lua, ".", ":"),
            _ => (rhai, "::", "."),
        };
        for (pattern, methods) in [
            (
                "(a?[ab]{1,2000}?){2}[^ab]",
                vec![
                    format!("expect{colons}matches(s, p)"),
                    format!("t{colon}recv_regex(p)"),
                ],
            ),
            ("a[ab]{3000}[^ab]{2}", vec![format!("t{colon}expect(p)")]),
        ] {
            for method in methods {
                let code = code.replace("PATTERN", &format!("\"{pattern}\""));
                let timed = code.replace("METHOD", &method);
                let (told, soon) = end("steps_regex", &["--timeout=1"], language, &timed);
                assert!(soon, "{language} {pattern} {method}");
                // What cannot match any more is told before.
                let known = ["time limit", "AssertionError"]
                    .iter()
                    .any(|text| told.stderr.contains(text));
                assert!(known, "{language} {pattern} {method} {}", told.stderr);
                // A script's own limit ends it, too.
                let bounded = match *language {
                    "lua" => format!("print(pcall(task.timeout, 1, function() {method} end)) sys.exit()"),
                    _ => {
                        format!(
                            "try {{ task::timeout(1, || {method}); }} catch (e) {{ print(e); }} sys::exit();"
                        )
                    }
                };
                let (told, soon) = end("steps_regex", &[], language, &code.replace("METHOD", &bounded));
                let known = ["task.timeout: 1 seconds", "AssertionError"]
                    .iter()
                    .any(|text| told.stdout.contains(text));
                assert!(soon && known, "{language} {pattern} {bounded} {}", told.stderr);
            }
        }
        let groups = format!("tube{colons}pattern(\"[ab]{}\")", "(a?)".repeat(4000));
        let (told, soon) = end("steps_groups", &[], language, &groups);
        assert!(soon && told.stderr.contains("too many groups"), "{}", told.stderr);
        // Groups without a byte take no memory by the square, either.
        let empty = match *language {
            "lua" => r#"expect.matches(("b"):rep(100), tube.pattern(("()"):rep(10000) .. "b"))"#,
            _ => {
                r#"let p = ""; p.pad(20000, "()"); let s = ""; s.pad(100, "b"); expect::matches(s, tube::pattern(p + "b"))"#
            }
        };
        let (told, soon) = end("steps_empty", &["--max-memory=64M"], language, empty);
        assert!(soon && told.stderr.is_empty(), "{}", told.stderr);
        // What is long and matches is found, and what is in its groups.
        let found =
            "tube::wrap(pair[0]).recv_regex(tube::pattern(\"(c?)([ab]+)(?:(d)|e)\"), #{capture: true})";
        let code = match *language {
            "lua" => format!(
                "local pair = {{socket.socketpair()}} task.spawn(function() pair[2]:sendall(('a'):rep(200000) .. 'de') end)
                 local g = {} print(#g[1], #g[2], #g[3], g[4])",
                found
                    .replace("::", ".")
                    .replace("pair[0]", "pair[1]")
                    .replace(").recv", "):recv")
                    .replace("#{capture: true}", "{capture = true}")
            ),
            _ => format!(
                "let pair = socket::socketpair(); task::spawn(|| {{ let s = \"\"; s.pad(200000, \"a\"); pair[1].sendall(s + \"de\"); }});
                 let g = {found}; print(`${{g[0].len()}}\t${{g[1].len()}}\t${{g[2].len()}}\t${{g[3].as_string()}}`);"
            ),
        };
        let (told, _) = end("steps_found", &[], language, &code);
        assert_eq!(told.stdout, "200001\t0\t200000\td\n", "{}", told.stderr);
    }
}

/// Lines were compared by a function that calls itself, as deep as there are lines: the process ended. Maps were compared key by key,
/// and what is nested was written anew at each level.
#[test]
fn what_is_large_is_compared_in_time_that_grows_with_it() {
    let lua = [
        r#"local function noise() local t = {} for i = 1, 200000 do t[i] = math.random(0, 9) end return table.concat(t, "\n") end
           expect.equal(noise(), noise())"#,
        r#"local a, b = {}, {} for i = 1, 30000 do a["k" .. i] = i b["k" .. i] = i end b.k7 = 0
           expect.equal(a, b)"#,
        "local t = {1} for i = 1, 60 do t = {t, t} end expect.equal(t, 1)",
        "local t = {} for i = 1, 20000 do t[i] = i end for i = 1, 90 do t = {t} end expect.equal(t, 1)",
    ];
    let rhai = [
        r#"let text = |state| { let s = ""; for i in 0..100000 { state = state * 1103515245 % 4294967296 + 12345; s += `${state / 65536 % 10}\n`; } s };
           expect::equal(text.call(1), text.call(2))"#,
        "let a = #{}; for i in 0..30000 { a[`k${i}`] = i; } let b = a; b.k7 = 0; expect::equal(a, b)",
        "let t = [1]; for i in 0..14 { t = [t, t]; } expect::equal(t, 1)",
        "let t = []; for i in 0..20000 { t.push(i); } for i in 0..90 { t = [t]; } expect::equal(t, 1)",
    ];
    for language in LANGUAGES {
        for code in if *language == "lua" { lua } else { rhai } {
            let (told, soon) = end("steps_compared", &[], language, code);
            assert!(soon, "{code}");
            assert!(
                told.code == Some(1) && told.stderr.contains("AssertionError: not equal"),
                "{code} {:?} {}",
                told.code,
                told.stderr
            );
        }
    }
}

/// What is read of one argument is bounded, and a call may have hundreds.
#[cfg(feature = "lua")]
#[test]
fn a_call_reads_no_more_than_one_argument_may_have() {
    let code = "local t = {1} for i = 1, 30 do t = {t, t} end
                local many = {} for i = 1, 200 do many[i] = t end
                print(pcall(struct.pack, 'B', table.unpack(many)))";
    let (told, soon) = end("steps_many", &["--sandbox", "--max-memory=64M"], "lua", code);
    assert!(
        soon && told.stdout.contains("expected 1 items"),
        "{}",
        told.stderr
    );
}
