//! Scripts made by a grammar, in Lua and in Rhai: the bytes choose the rules. Each is read and run under narrow limits, and ends
//! in an error object or well.
#![no_main]

use std::time::Duration;

use wirescript::{Builder, Policy, Runtime};

/// The bytes that choose.
struct Choices<'a>(std::slice::Iter<'a, u8>, usize);

impl Choices<'_> {
    fn of(&mut self, count: usize) -> usize {
        self.0.next().map_or(0, |byte| usize::from(*byte) % count)
    }

    /// A rule: text in which `E` is an expression, `S` a block.
    fn write(&mut self, rule: &str, language: &Language, out: &mut String) {
        self.1 += 1;
        for part in rule.chars() {
            match part {
                'E' | 'S' if self.1 > 60 || out.len() > 4000 => {
                    out.push_str(if part == 'E' { "1" } else { "" })
                }
                'E' => {
                    let rule = language.expressions[self.of(language.expressions.len())];
                    self.write(rule, language, out);
                }
                'S' => {
                    for _ in 0..=self.of(3) {
                        let rule = language.statements[self.of(language.statements.len())];
                        self.write(rule, language, out);
                        out.push('\n');
                    }
                }
                other => out.push(other),
            }
        }
    }
}

struct Language {
    builder: fn() -> Builder,
    expressions: &'static [&'static str],
    statements: &'static [&'static str],
}

const LUA: Language = Language {
    builder: || Runtime::builder().lua(),
    expressions: &[
        "1",
        "nil",
        "x",
        "y",
        "'s'",
        "('x'):rep(E)",
        "{E, E}",
        "{a=E}",
        "(E)..(E)",
        "(E)+(E)",
        "(E)//(E)",
        "#(E)",
        "(E)[E]",
        "f(E)",
        "function(...) S end",
        "pcall(function() S end)",
        "struct.pack('<I', E)",
        "bytearray(E)",
        "tostring(E)",
        "a:recv(E)",
        "a:send(E)",
        "select.select({a}, {b}, {}, 0)",
        "coroutine.wrap(function() S end)()",
        "setmetatable({}, {__index=E, __gc=E, __close=E})",
        "task.spawn(function() S end)",
        "json.encode(E)",
        "string.format('%q %d', E, E)",
        "table.concat({E})",
        "errors.ValueError(E)",
        "bytes.hex(E)",
        "tube.wrap(a)",
        "a:makefile('rb')",
        "task.channel(1)",
        "('x'):gsub('.', E)",
    ],
    statements: &[
        "x = E",
        "y = E",
        "local z <close> = E",
        "if E then S else S end",
        "for i = 1, 3 do S end",
        "while E do S break end",
        "print(E)",
        "error(E)",
        "x.k = E",
        "function f(p) S end",
        "goto done do S end ::done::",
        "task.spawn(function() S end)",
        "pcall(E, E)",
        "a:close()",
        "collectgarbage(E)",
        "task.sleep(0)",
        "for k, v in pairs(E) do S end",
        "task.timeout(0.01, function() S end)",
        "task.group(function() S end)",
        "coroutine.yield(E)",
        "sys.exit(E)",
        "return E",
    ],
};

const RHAI: Language = Language {
    builder: || Runtime::builder().rhai(),
    expressions: &[
        "1",
        "()",
        "x",
        "y",
        "\"s\"",
        "[E, E]",
        "#{a: E}",
        "(E) + (E)",
        "(E) / (E)",
        "(E)[E]",
        "f(E)",
        "|p| { S }",
        "`${E}`",
        "struct::pack(\"<I\", E)",
        "bytearray(E)",
        "repr(E)",
        "a.recv(E)",
        "a.send(E)",
        "select::select([a], [b], [], 0)",
        "if E { S } else { S }",
        "switch E { 1 => E, _ => E }",
        "task::spawn(|| { S })",
        "json::encode(E)",
        "errors::ValueError(E)",
        "x?.k",
        "E ?? E",
        "bytes::hex(E)",
        "tube::wrap(a)",
        "a.makefile(\"rb\")",
        "task::channel(1)",
        "Fn(\"f\")",
        "(E).len()",
    ],
    statements: &[
        "x = E;",
        "y = E;",
        "let z = E;",
        "if E { S }",
        "for i in 0..3 { S }",
        "while E { S break; }",
        "loop { S break; }",
        "repr(E);",
        "throw E;",
        "x.k = E;",
        "try { S } catch (e) { S }",
        "with z = E { S }",
        "task::spawn(|| { S });",
        "a.close();",
        "task::sleep(0);",
        "task::timeout(0.01, || { S });",
        "task::group(|| { S });",
        "sys::exit(E);",
        "return E;",
        "const C = E;",
    ],
};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    let language = if first % 2 == 0 { &LUA } else { &RHAI };
    let mut script = match first % 2 {
        0 => String::from(
            "local a, b = socket.socketpair() a:settimeout(0) b:settimeout(0) print = function() end\n",
        ),
        _ => String::from(
            "fn f(p) { p }\nlet x = 1; let y = 2; let ends = socket::socketpair(); let a = ends[0]; let b = ends[1]; a.settimeout(0); b.settimeout(0);\n",
        ),
    };
    Choices(rest.iter(), 0).write("S", language, &mut script);
    let mut runtime = (language.builder)()
        .policy(Policy::deny_all().allow_family("unix").expect("a family"))
        .memory_limit(16 << 20)
        .timeout(Duration::from_millis(300))
        .on_warning(|_| {})
        .build()
        .expect("a runtime");
    if let Err(error) = runtime.run("grammar", &script) {
        assert!(
            !error.to_string().contains("bug in wirescript"),
            "{error}\n{script}"
        );
    }
});
