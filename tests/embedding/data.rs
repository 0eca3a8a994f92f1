//! Data on its way between the host and a script.

use std::time::Duration;

use wirescript::{Class, Descriptor, Error, Function, Policy, Result, Runtime, Timeout, Value};

use crate::tongues::said;

/// So many lists within one another.
fn nested(levels: usize) -> Value {
    (0..levels).fold(Value::None, |inner, _| Value::List(vec![inner]))
}

/// Dropping what is this deep overflows the stack by itself.
fn lose(value: Value) {
    let mut value = value;
    while let Value::List(mut items) = value {
        value = items.pop().unwrap_or_default();
    }
}

#[test]
fn what_is_nested_too_deeply_is_refused_on_its_way_in() -> Result<()> {
    for (builder, echo) in said("function echo(x) return type(x) end", "fn echo(x) { type_of(x) }") {
        let mut runtime = builder.build()?;
        runtime.run("setup", echo)?;
        runtime.set("deep", nested(99))?;
        let _: String = runtime.call("echo", (nested(98),))?;
        for levels in [200, 100_000] {
            let value = nested(levels);
            let refusals = [
                runtime.set("deep", &value).err(),
                runtime.call::<()>("echo", (&value,)).err(),
                Value::of(&value).err(),
            ];
            lose(value);
            for error in refusals {
                let error = error.expect("it is too deep");
                assert_eq!(error.class(), Class::ValueError, "{error}");
                assert!(error.message().contains("nested too deeply"), "{error}");
            }
        }
        runtime.register("give", || -> Result<Value> { Ok(nested(1000)) })?;
        let error = runtime.eval::<()>("give()").expect_err("it is too deep");
        assert_eq!(error.class(), Class::ValueError, "{error}");
    }
    Ok(())
}

/// One table may stand in others any number of times, and the host gets a copy of each.
#[test]
fn what_is_larger_as_a_copy_than_as_it_is_held_is_refused() -> Result<()> {
    for (builder, language) in said("lua", "rhai") {
        let (made, given) = if language == "lua" {
            ("local t = {1} for i = 1, 60 do t = {t, t} end", "return t")
        } else {
            ("let t = [1]; for i in 0..60 { t = [t, t]; }", "t")
        };
        let mut runtime = builder.build()?;
        runtime.register("take", |_: Value, _: Value| -> Result<()> { Ok(()) })?;
        for used in [given, "take(t, t)"] {
            let told = match runtime.eval::<Value>(&format!("{made} {used}")) {
                Ok(value) => format!("{value:?}"),
                Err(error) => error.to_string(),
            };
            let is_bounded = ["too many items", "MemoryError"]
                .iter()
                .any(|text| told.contains(text));
            assert!(is_bounded || used != given, "{language}: {}", told.len());
        }
        if language == "lua" {
            let text = "local row = {1, 2, 3} local t = {} for i = 1, 1000 do t[i] = row end return t";
            let rows: Vec<Vec<i64>> = runtime.eval(text)?;
            assert_eq!(rows, vec![vec![1, 2, 3]; 1000]);
        }
    }
    Ok(())
}

/// What is turned around at the end of a script's stack is turned around, or refused: a call can be at any depth.
#[test]
fn deep_data_fits_wherever_a_function_of_the_hosts_is_called() -> Result<()> {
    for (builder, text) in said(
        "local deep = {} for i = 1, 90 do deep = {deep} end local text = ('['):rep(100) .. (']'):rep(100)
         local function down(n) echo(deep) parse(text) return again(down, n + 1) end
         local ok, e = pcall(down, 0) return tostring(e)",
        "let deep = []; for i in 0..90 { deep = [deep]; }
         let text = \"\"; for i in 0..100 { text += \"[\"; } for i in 0..100 { text += \"]\"; }
         fn down(deep, text, n) { echo(deep); parse(text); again(|n| down(deep, text, n), n + 1) }
         let r = \"\"; try { down(deep, text, 0) } catch (e) { r = if type_of(e) == \"map\" { e.message } else { `${e}` }; } r",
    ) {
        let mut runtime = builder.build()?;
        runtime.register("again", |function: Function, n: i64| -> Result<i64> {
            function.call((n,))
        })?;
        runtime.register("echo", |value: serde_json::Value| -> Result<serde_json::Value> {
            Ok(value)
        })?;
        runtime.register("parse", |text: String| -> Result<serde_json::Value> {
            serde_json::from_str(&text).map_err(|error| Error::value(error.to_string()))
        })?;
        let told: String = runtime.eval(text)?;
        assert!(told.to_lowercase().contains("stack overflow"), "{told}");
    }
    Ok(())
}

#[test]
fn sockets_are_taken_out_all_or_none() -> Result<()> {
    for (builder, language) in said("lua", "rhai") {
        let is_lua = language == "lua";
        let say = |lua: &'static str, rhai: &'static str| if is_lua { lua } else { rhai };
        let mut runtime = builder.policy(Policy::allow_all()).on_warning(|_| {}).build()?;
        let pair: Vec<Value> = runtime.eval(say(
            "local a, b = socket.socketpair() return {a, b}",
            "let p = socket::socketpair(); [p[0], p[1]]",
        ))?;
        runtime.set("one", &pair[0])?;
        runtime.set("two", &pair[1])?;
        runtime.register("take", |_: Descriptor, _: i64| -> Result<()> { Ok(()) })?;
        let open = |runtime: &mut Runtime| {
            runtime.eval::<(i64, i64)>(say("one:fileno(), two:fileno()", "[one.fileno(), two.fileno()]"))
        };
        let failures = [
            runtime
                .eval::<(Descriptor, i64)>(say("one, 'x'", "[one, \"x\"]"))
                .err(),
            runtime
                .eval::<()>(say("take(one, 'x')", "take(one, \"x\")"))
                .err(),
            runtime
                .eval::<Vec<Descriptor>>(say("{one, one}", "[one, one]"))
                .err(),
        ];
        assert_eq!(
            failures.map(|error| error.map(|error| error.class())),
            [
                Some(Class::TypeError),
                Some(Class::TypeError),
                Some(Class::ValueError)
            ]
        );
        let (one, two) = open(&mut runtime)?;
        assert!(one >= 0 && two >= 0, "none was taken");
        let both: Vec<Descriptor> = runtime.eval(say("{one, two}", "[one, two]"))?;
        assert_eq!(open(&mut runtime)?, (-1, -1));
        for descriptor in both {
            descriptor.into_fd()?;
        }
        let closed = runtime.eval::<Descriptor>("one").expect_err("it is closed");
        assert_eq!(
            (closed.class(), closed.code()),
            (Class::OSError, Some("EBADF")),
            "{closed}"
        );
    }
    Ok(())
}

#[test]
fn a_sequence_is_spread_over_the_arguments() -> Result<()> {
    for (builder, text) in said(
        "function count(...) return select('#', ...) end",
        "fn count() { 0 } fn count(a) { 1 } fn count(a, b) { 2 }",
    ) {
        let mut runtime = builder.build()?;
        runtime.run("setup", text)?;
        assert_eq!(runtime.call::<i64>("count", ())?, 0);
        assert_eq!(runtime.call::<i64>("count", "text")?, 1);
        assert_eq!(runtime.call::<i64>("count", vec![1_u8, 2])?, 1);
        assert_eq!(runtime.call::<i64>("count", vec![1, 2])?, 2);
        assert_eq!(runtime.call::<i64>("count", (vec![1, 2],))?, 1);
    }
    Ok(())
}

/// Scripts see the timeout that a socket has, whoever set it and by which of its objects.
#[test]
fn a_timeout_shows_whoever_sets_it() -> Result<()> {
    for (builder, language) in said("lua", "rhai") {
        let is_lua = language == "lua";
        let say = |lua: &'static str, rhai: &'static str| if is_lua { lua } else { rhai };
        let mut runtime = builder.policy(Policy::allow_all()).on_warning(|_| {}).build()?;
        let pair: Vec<Value> = runtime.eval(say(
            "local a, b = socket.socketpair() one, other = a, b return {a, b}",
            "let p = socket::socketpair(); [p[0], p[1]]",
        ))?;
        if !is_lua {
            runtime.set("one", &pair[0])?;
            runtime.set("other", &pair[1])?;
        }
        runtime.set("again", &pair[0])?;
        let seen = |runtime: &mut Runtime| {
            runtime.eval::<(Option<f64>, Option<f64>, Option<f64>)>(say(
                "one.timeout, again.timeout, other.timeout",
                "[one.timeout, again.timeout, other.timeout]",
            ))
        };
        assert_eq!(seen(&mut runtime)?, (None, None, None), "{language}");
        runtime.eval::<()>(say("other:settimeout(7)", "other.settimeout(7)"))?;
        assert_eq!(seen(&mut runtime)?, (None, None, Some(7.0)), "{language}");
        let Value::Socket(socket) = &pair[0] else {
            panic!("{:?}", pair[0])
        };
        socket.set_timeout(Timeout::After(Duration::from_secs(2)))?;
        assert_eq!(
            seen(&mut runtime)?,
            (Some(2.0), Some(2.0), Some(7.0)),
            "{language}"
        );
        runtime.eval::<()>(say(
            "again:settimeout(3) one:setblocking(true) again:settimeout(4)",
            "again.settimeout(3); one.setblocking(true); again.settimeout(4);",
        ))?;
        assert_eq!(
            seen(&mut runtime)?,
            (Some(4.0), Some(4.0), Some(7.0)),
            "{language}"
        );
    }
    Ok(())
}
