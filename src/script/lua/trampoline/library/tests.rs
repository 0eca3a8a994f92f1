//! The replacements against Lua's own functions, on random arguments: same results, same messages. And: they end.

use std::cell::Cell;

use super::pattern::{Capture, Fault, Matcher};

/// A small random number generator: the cases are the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit
    }

    fn text(&mut self, pieces: &[&str], most: usize) -> String {
        (0..self.below(most + 1))
            .map(|_| pieces[self.below(pieces.len())])
            .collect()
    }
}

const PATTERN_PIECES: &[&str] = &[
    "a", "b", ".", "%a", "%d", "%s", "%W", "[ab]", "[^a]", "[a-c]", "[]]", "[%]x]", "[^%s]", "[a-]", "(",
    ")", "()", "(a)", "(.-)", "%1", "%2", "%b()", "%bxy", "%f[%a]", "%f[^b]", "^", "$", "*", "+", "-", "?",
    "%%", "%", "[", "]", "\0",
];
const TEXT_PIECES: &[&str] = &[
    "a", "b", "c", "x", "y", " ", "1", "(", ")", "]", "-", "%", "\0", "A",
];

/// What Lua's own `string.find` with all captures says, as a text.
fn by_lua(lua: &mlua::Lua, text: &str, pattern: &str) -> String {
    let describe: mlua::Function = lua
        .load(
            r##"local t, p = ...
            local r = table.pack(pcall(string.find, t, p))
            for i = 1, r.n do r[i] = math.type(r[i]) and "#" .. r[i] or tostring(r[i]) end
            return table.concat(r, "|")"##,
        )
        .into_function()
        .expect("it compiles");
    let text = lua.create_string(text).expect("a string");
    let pattern = lua.create_string(pattern).expect("a string");
    describe
        .call::<mlua::LuaString>((text, pattern))
        .expect("it runs")
        .to_string_lossy()
}

/// The same by ours.
fn by_us(text: &str, pattern: &str) -> String {
    let look = || false;
    let (anchor, rest) = match pattern.strip_prefix('^') {
        Some(rest) => (true, rest),
        None => (false, pattern),
    };
    let told = |fault: Fault| match fault {
        Fault::Text(text) => format!("false|{text}"),
        Fault::Capture(number) => format!("false|invalid capture index %{number}"),
        Fault::Stopped => "stopped".to_owned(),
    };
    let mut matcher = Matcher::new(text.as_bytes(), rest.as_bytes(), &look);
    let mut start = 0;
    loop {
        match matcher.match_at(start) {
            Err(fault) => return told(fault),
            Ok(Some(end)) => {
                let mut parts = vec!["true".to_owned(), format!("#{}", start + 1), format!("#{end}")];
                for index in 0..matcher.count(false) {
                    match matcher.capture(index, start, end) {
                        Ok(Capture::Text(text)) => parts.push(String::from_utf8_lossy(text).into_owned()),
                        Ok(Capture::Position(place)) => parts.push(format!("#{place}")),
                        Err(fault) => return told(fault),
                    }
                }
                return parts.join("|");
            }
            Ok(None) if anchor || start >= text.len() => return "true|nil".to_owned(),
            Ok(None) => start += 1,
        }
    }
}

#[test]
fn patterns_match_as_luas_own_do() {
    let lua = mlua::Lua::new();
    let mut random = Random(7);
    let mut matched = 0;
    for _ in 0..60_000 {
        let pattern = random.text(PATTERN_PIECES, 6);
        let text = random.text(TEXT_PIECES, 10);
        // Without a special character Lua compares, and our function does not come here.
        if !pattern.bytes().any(|byte| b"^$*+?.([%-".contains(&byte)) {
            continue;
        }
        let expected = by_lua(&lua, &text, &pattern);
        assert_eq!(by_us(&text, &pattern), expected, "{text:?} {pattern:?}");
        matched += usize::from(!expected.ends_with("nil") && expected.starts_with("true"));
    }
    assert!(
        matched > 5000,
        "only {matched} of the cases matched: they show little"
    );
}

#[test]
fn a_match_that_would_take_for_ever_is_looked_after() {
    let looks = Cell::new(0);
    let look = || {
        looks.set(looks.get() + 1);
        looks.get() == 3
    };
    let (text, pattern) = ("a".repeat(60), format!("{}{}", "a?".repeat(60), "a".repeat(60)));
    let mut matcher = Matcher::new(text.as_bytes(), pattern.as_bytes(), &look);
    assert_eq!(matcher.match_at(0), Err(Fault::Stopped));
}

#[test]
fn large_inputs_get_what_luas_own_functions_give() {
    use std::rc::Rc;

    use crate::api::Environment;
    use crate::net::Net;
    use crate::policy::Policy;
    use crate::sched::Scheduler;
    use crate::script::lua::{LuaScript, STACK};
    use crate::script::{Chunk, Language};

    const MEMORY: usize = 256 << 20;
    let source = include_str!("../../../../../tests/support/library.lua");
    let vanilla = mlua::Lua::new();
    // Without one, what cannot be had ends the process.
    vanilla.set_memory_limit(MEMORY).expect("a limit");
    vanilla
        .load(source)
        .set_name("=vanilla")
        .exec()
        .expect("Lua's own functions agree");

    let sched = Scheduler::new(STACK);
    let net = Net::new(sched.clone(), Policy::allow_all(), MEMORY);
    let script = LuaScript::new(&net, Rc::new(Environment::default()), MEMORY).expect("a machine");
    let chunk = Chunk {
        name: "=ours",
        source: source.as_bytes(),
        path: None,
    };
    let main = script.start(&chunk).expect("it compiles");
    sched.run_until(|| false).expect("it runs");
    assert_eq!(main.failure().map(|error| error.to_string()), None);
    drop(main);
    assert!(sched.shut_down().is_empty());
}
