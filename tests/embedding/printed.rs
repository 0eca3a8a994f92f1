//! What scripts print, where the host takes it.

use std::sync::{Arc, Mutex};

use wirescript::{Builder, Class, Policy, Result};

use crate::tongues::said;

type Taken = Arc<Mutex<Vec<u8>>>;

/// A builder whose scripts print into the two.
fn taking(builder: Builder) -> (Builder, Taken, Taken) {
    let (output, errors) = (Taken::default(), Taken::default());
    let (out, err) = (output.clone(), errors.clone());
    let builder = builder
        .on_output(move |bytes| out.lock().expect("no panic").extend_from_slice(bytes))
        .on_error_output(move |bytes| err.lock().expect("no panic").extend_from_slice(bytes));
    (builder, output, errors)
}

fn text(taken: &Taken) -> String {
    String::from_utf8_lossy(&std::mem::take(&mut *taken.lock().expect("no panic"))).into_owned()
}

#[test]
fn everything_printed_is_taken_in_its_order() -> Result<()> {
    let lua = "print('a', nil, 1.5, setmetatable({}, {__tostring = function() task.sleep(0) return 'own' end}))
               print() io.write('b', 2, '\\n') io.stdout:write('c\\0\\xff\\n'):write('d\\n') io.output():write('e\\n')
               sys.stdout:write('f\\n') sys.stdout.buffer:write('g\\n') warn('@on') warn('w') io.stderr:write('h\\n') sys.stderr:write('i\\n')
               return repr(sys.stdout)";
    let rhai = "print(\"a\\tnil\\t1.5\\town\"); print(\"\"); print(\"b2\"); sys::stdout.buffer.write(bytes(\"c\\x00\\xff\\n\"));
                print(\"d\"); print(\"e\"); sys::stdout.write(\"f\\n\"); sys::stdout.buffer.write(bytes(\"g\\n\")); debug(\"w\");
                sys::stderr.write(\"h\\n\"); sys::stderr.write(\"i\\n\"); repr(sys::stdout)";
    for (builder, script) in said(lua, rhai) {
        let (builder, output, errors) = taking(builder);
        let mut runtime = builder.policy(Policy::allow_all()).build()?;
        let shown: String = runtime.eval(script)?;
        assert_eq!(
            shown,
            "<_io.TextIOWrapper name='<stdout>' mode='w' encoding='utf-8'>"
        );
        assert_eq!(
            text(&output),
            "a\tnil\t1.5\town\n\nb2\nc\0\u{fffd}\nd\ne\nf\ng\n",
            "{script}"
        );
        let errors = text(&errors);
        assert!(errors.ends_with("h\ni\n") && errors.contains('w'), "{errors}");
    }
    Ok(())
}

#[test]
fn files_of_the_scripts_are_theirs() -> Result<()> {
    let path = std::env::temp_dir().join(format!("wirescript-printed-{}", std::process::id()));
    for (builder, script) in said(
        "local f = assert(io.open(path, 'w')) f:write('one\\n') f:close() io.output(path) io.write('two\\n') io.close() io.output(io.stdout)
         io.write('out\\n') return sys.stdout:isatty()",
        "let f = open(path, \"w\"); f.write(\"two\\n\"); f.close(); print(\"out\"); sys::stdout.isatty()",
    ) {
        let (builder, output, _) = taking(builder);
        let mut runtime = builder.policy(Policy::allow_all()).build()?;
        runtime.set("path", path.to_str())?;
        assert!(!runtime.eval::<bool>(script)?);
        assert_eq!(std::fs::read_to_string(&path)?, "two\n", "{script}");
        assert_eq!(text(&output), "out\n");
    }
    std::fs::remove_file(&path)?;
    Ok(())
}

#[test]
fn who_is_confined_prints_to_the_host_and_gets_at_nothing() -> Result<()> {
    for (builder, script) in said(
        "print('a') io.write('b\\n') return {type(io.write('')), pcall(function() return io.stdout end)}",
        "print(\"a\"); print(\"b\"); [\"boolean\", false]",
    ) {
        let (builder, output, _) = taking(builder);
        let mut runtime = builder.build()?;
        let seen: Vec<wirescript::Value> = runtime.eval(script)?;
        assert_eq!(seen[..2], ["boolean".into(), false.into()], "{script}");
        assert_eq!(text(&output), "a\nb\n", "{script}");
    }
    Ok(())
}

#[test]
fn wrong_arguments_are_told_as_ever_and_print_nothing() -> Result<()> {
    for (builder, script) in said(
        "local f = io.stdout return {select(2, pcall(io.write, 'x', {})), select(2, pcall(f.write, f, {})),
           select(2, pcall(print, setmetatable({}, {__tostring = function() error('no text', 0) end})))}",
        "let told = []; try { sys::stdout.write(1) } catch (e) { told.push(e.name) } told",
    ) {
        let (builder, output, _) = taking(builder);
        let mut runtime = builder.policy(Policy::allow_all()).build()?;
        let told: Vec<String> = runtime.eval(script)?;
        let lua = [
            "bad argument #2 to 'io.write' (string expected, got table)",
            "bad argument #2 to '?' (string expected, got table)",
            "no text",
        ];
        assert!(told == lua || told == ["TypeError"], "{told:?}");
        assert_eq!(text(&output), "");
    }
    Ok(())
}

#[test]
fn workers_print_to_the_same_and_no_descriptor_is_told() -> Result<()> {
    for (builder, script) in said(
        "worker.spawn('print(\"in a worker\")'):join() return select(2, pcall(sys.stdout.fileno, sys.stdout)).name",
        "worker::spawn(\"print(`in a worker`)\").join(); let told = \"\"; try { sys::stdout.fileno() } catch (e) { told = e.name } told",
    ) {
        let (builder, output, _) = taking(builder);
        let mut runtime = builder.policy(Policy::allow_all()).build()?;
        let told: String = runtime.eval(script)?;
        assert_eq!(told, "UnsupportedOperation", "{script}");
        assert_eq!(text(&output), "in a worker\n", "{script}");
    }
    Ok(())
}

#[test]
fn a_panic_where_it_is_taken_is_told_as_the_hosts() -> Result<()> {
    for (builder, script) in said("print('a')", "print(\"a\")") {
        let mut runtime = builder.on_output(|_| panic!("full")).build()?;
        let error = runtime.eval::<()>(script).expect_err("the host failed");
        assert_eq!(error.class(), Class::RuntimeError, "{script}: {error}");
        assert!(error.to_string().contains("on_output"), "{script}: {error}");
        assert_eq!(runtime.eval::<i64>("1 + 1")?, 2, "and goes on");
    }
    Ok(())
}
