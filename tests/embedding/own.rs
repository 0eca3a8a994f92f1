//! The host's own functions as values: in namespaces, as objects, handed back; and those that block on a thread beside.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::{Arc, Barrier, mpsc};
use std::time::{Duration, Instant};

use serde::Serialize;
use wirescript::{Class, Error, Function, Result, Value};

use crate::tongues::said;

/// An object of the host's: what its functions share they have captured.
#[derive(Serialize)]
struct Counter {
    name: String,
    add: Function,
    twin: Function,
}

fn counter(name: &str, count: &Rc<Cell<i64>>) -> Counter {
    let (shared, again, twin) = (count.clone(), count.clone(), format!("{name}'"));
    Counter {
        name: name.to_owned(),
        add: Function::new("add", move |by: i64| -> Result<i64> {
            shared.set(shared.get() + by);
            Ok(shared.get())
        }),
        twin: Function::new("twin", move || -> Result<Counter> { Ok(counter(&twin, &again)) }),
    }
}

#[test]
fn objects_of_the_hosts_are_called_by_their_functions() -> Result<()> {
    for (builder, text) in said(
        "counter.add(2) local twin = counter.twin() local made = make('new')
         local t = task.spawn(counter.add, 10) t:join()
         return {twin.name, twin.add(1), counter.add(0), made.add(5)}",
        "counter.add(2); let twin = counter.twin(); let made = make(\"new\");
         let t = task::spawn(counter.add, 10); t.join();
         [twin.name, twin.add(1), counter.add(0), made.add(5)]",
    ) {
        let count = Rc::new(Cell::new(0));
        let mut runtime = builder.build()?;
        runtime.set("counter", counter("c", &count))?;
        runtime.register("make", |name: String| -> Result<Counter> {
            Ok(counter(&name, &Rc::default()))
        })?;
        let (name, one, all, made): (String, i64, i64, i64) = runtime.eval(text)?;
        assert_eq!((&*name, one, all, made), ("c'", 13, 13, 5), "{text}");
        assert_eq!(count.get(), 13);
        drop(runtime);
        assert_eq!(
            Rc::strong_count(&count),
            1,
            "a dropped runtime holds none of them"
        );
    }
    Ok(())
}

#[test]
fn a_function_of_the_hosts_gets_what_it_is_called_with() -> Result<()> {
    for (builder, text) in said(
        "return {game.all(1, 'a', game), game.all(), game:all().all ~= nil}",
        "let f = game.all; [game.all(1, \"a\", #{x: 1}), game.all(), f.call(game, 5) == 5]",
    ) {
        let mut runtime = builder.build()?;
        let all = |a: Value, b: Value, c: Value| -> Result<Value> {
            Ok(match (a.as_int(), b.as_str(), c.kind()) {
                (Some(1), Some("a"), "map") => "three".into(),
                (None, None, "None") if a == Value::None => "none".into(),
                _ => a,
            })
        };
        runtime.set("game", BTreeMap::from([("all", Function::new("all", all))]))?;
        let seen: Vec<Value> = runtime.eval(text)?;
        assert_eq!(
            seen,
            [Value::from("three"), Value::from("none"), Value::from(true)],
            "{text}"
        );
    }
    Ok(())
}

#[test]
fn errors_and_panics_of_an_object_s_function_are_told_by_its_name() -> Result<()> {
    for (builder, text) in said(
        "local names = {} for _, f in ipairs({game.fail, game.fall, game.take}) do
           local ok, e = pcall(f, 'x') names[#names + 1] = e.name .. ': ' .. e.message end return names",
        "let names = []; try { game.fail(\"x\") } catch (e) { names.push(`${e.name}: ${e.message}`) }
         try { game.fall(\"x\") } catch (e) { names.push(`${e.name}: ${e.message}`) }
         try { game.take(\"x\") } catch (e) { names.push(`${e.name}: ${e.message}`) } names",
    ) {
        let mut runtime = builder.build()?;
        let fail = |_: String| -> Result<()> { Err(Error::value("not this")) };
        let fall = |_: String| -> Result<()> { panic!("oh") };
        let functions = BTreeMap::from([
            ("fail", Function::new("fail", fail)),
            ("fall", Function::new("fall", fall)),
            ("take", Function::new("take", |_: i64| -> Result<()> { Ok(()) })),
        ]);
        runtime.set("game", functions)?;
        let told: Vec<String> = runtime.eval(text)?;
        let expected = [
            "ValueError: not this",
            "RuntimeError: the host's function 'fall' panicked: oh",
            "TypeError: take() argument 1: invalid type: string \"x\", expected i64",
        ];
        assert_eq!(told, expected, "{text}");
    }
    Ok(())
}

#[test]
fn a_function_of_the_hosts_is_everybody_s() -> Result<()> {
    let twice = Function::new("twice", |x: i64| -> Result<i64> { Ok(2 * x) });
    assert_eq!(twice.call::<i64>((4,))?, 8, "without any runtime");
    for (builder, text) in said("twice(5)", "twice.call(5)") {
        let mut runtime = builder.build()?;
        runtime.set("twice", &twice)?;
        assert_eq!(runtime.eval::<i64>(text)?, 10);
        assert_eq!(runtime.call_function::<i64>(&twice, (6,))?, 12);
        let back: Function = runtime.eval("twice")?;
        assert_eq!(back.call::<i64>((7,))?, 14, "as a value of the script's");
        drop(runtime);
        let error = back.call::<i64>((7,)).expect_err("that was the script's");
        assert_eq!(error.class(), Class::RuntimeError);
    }
    assert_eq!(twice.call::<i64>((8,))?, 16);
    Ok(())
}

#[test]
fn what_blocks_lets_the_other_tasks_run() -> Result<()> {
    for (builder, text) in said(
        "local ran = 0 local t = task.spawn(function() task.sleep(0) ran = ran + 1 proceed() end)
         local answer = wait_for_it('x') t:join() return {answer, ran}",
        "let seen = #{ran: 0}; let t = task::spawn(|| { task::sleep(0); seen.ran += 1; proceed() });
         let answer = wait_for_it(\"x\"); t.join(); [answer, seen.ran]",
    ) {
        let mut runtime = builder.build()?;
        let barrier = Arc::new(Barrier::new(2));
        let other = barrier.clone();
        runtime.register_blocking("wait_for_it", move |text: String| -> Result<String> {
            other.wait();
            Ok(text + "!")
        })?;
        runtime.register("proceed", move || -> Result<()> {
            barrier.wait();
            Ok(())
        })?;
        let (answer, ran): (String, i64) = runtime.eval(text)?;
        assert_eq!((&*answer, ran), ("x!", 1), "{text}");
    }
    Ok(())
}

#[test]
fn the_wait_for_what_blocks_ends_as_any() -> Result<()> {
    for (builder, text) in said(
        "local ok, e = pcall(task.timeout, 0.02, block) return {e.name, pcall(fail) and '' or select(2, pcall(fail)).name}",
        "let names = []; try { task::timeout(0.02, || block()) } catch (e) { names.push(e.name) }
         try { fail() } catch (e) { names.push(e.name) } names",
    ) {
        let mut runtime = builder.build()?;
        let (let_go, held) = mpsc::channel::<()>();
        let held = std::sync::Mutex::new(held);
        runtime.register_blocking("block", move || -> Result<()> {
            // Until the other end goes.
            let held = held.lock().map_err(|_| Error::runtime("poisoned"))?;
            held.recv().map_err(|_| Error::value("let go"))
        })?;
        runtime.register_blocking("fail", || -> Result<()> { panic!("oh") })?;
        let names: Vec<String> = runtime.eval(text)?;
        assert_eq!(names, ["TimeoutError", "RuntimeError"], "{text}");
        let job = runtime.spawn("blocked", "block()")?;
        while runtime.stats().waits == 0 {
            runtime.turn(Duration::from_millis(1))?;
        }
        job.cancel();
        let error = runtime.wait::<()>(&job).expect_err("it was cancelled");
        assert_eq!(error.class(), Class::CancelledError);
        runtime.spawn("blocked again", "block()")?;
        runtime.turn(Duration::from_millis(1))?;
        let begun = Instant::now();
        drop(runtime);
        assert!(begun.elapsed() < Duration::from_secs(20), "nobody waits for it");
        drop(let_go);
    }
    Ok(())
}

#[test]
fn words_that_rhai_reserves_are_the_hosts_to_use() -> Result<()> {
    for (builder, text) in said("return go(2) + new", "go(2) + new") {
        let mut runtime = builder.build()?;
        runtime.register("go", |x: i64| -> Result<i64> { Ok(x + 1) })?;
        runtime.set("new", 4)?;
        assert_eq!(runtime.eval::<i64>(text)?, 7, "{text}");
    }
    Ok(())
}
