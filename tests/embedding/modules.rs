//! Modules that the host gives.

use wirescript::{Class, Policy, Result};

use crate::tongues::said;

#[test]
fn a_module_is_run_once_and_again_when_it_is_given_again() -> Result<()> {
    for policy in [Policy::deny_all, Policy::allow_all] {
        for (builder, ask) in said(
            "local m = require('own') assert(m == require('own')) return m.value()",
            "import \"own\" as m; m::value()",
        ) {
            let mut runtime = builder.policy(policy()).build()?;
            let is_lua = ask.starts_with("local");
            let text = |number: i64| match is_lua {
                true => {
                    format!("count() task.sleep(0) return {{value = function() return base + {number} end}}")
                }
                false => format!("count(); task::sleep(0); fn value() {{ base + {number} }}"),
            };
            let count = std::rc::Rc::new(std::cell::Cell::new(0));
            let counted = count.clone();
            runtime.register("count", move || -> Result<()> {
                counted.set(counted.get() + 1);
                Ok(())
            })?;
            runtime.set("base", 40)?;
            runtime.add_module("own", text(1))?;
            assert_eq!(count.get(), 0, "it is run when it is asked for");
            assert_eq!(runtime.eval::<i64>(ask)?, 41, "{ask}");
            assert_eq!(runtime.eval::<i64>(ask)?, 41);
            assert_eq!(count.get(), 1);
            runtime.add_module("own", text(2))?;
            assert_eq!(runtime.eval::<i64>(ask)?, 42);
            assert_eq!(count.get(), 2);
        }
    }
    Ok(())
}

#[test]
fn modules_find_each_other_and_errors_say_where_they_are() -> Result<()> {
    for policy in [Policy::deny_all, Policy::allow_all] {
        for (builder, ask) in said("require('outer')", "import \"outer\" as m; m::run()") {
            let mut runtime = builder.policy(policy()).build()?;
            let (inner, outer) = match ask.starts_with("require") {
                true => (
                    "return {fail = function()\n\nerror(errors.ValueError('deep')) end}",
                    "require('inner').fail()",
                ),
                false => (
                    "fn fail() {\n\nthrow errors::ValueError(\"deep\") }",
                    "import \"inner\" as inner; fn run() { import \"inner\" as inner; inner::fail() }",
                ),
            };
            runtime.add_module("inner", inner)?;
            runtime.add_module("outer", outer)?;
            let error = runtime.eval::<()>(ask).expect_err("it fails");
            assert_eq!(error.class(), Class::ValueError, "{error}");
            let place = error.place().expect("a place");
            assert_eq!((&*place.source(), place.line()), ("inner", 3), "{ask}");
        }
    }
    Ok(())
}

#[test]
fn what_is_no_module_is_refused() -> Result<()> {
    for (builder, ask) in said("require 'nothing'", "import \"nothing\" as m; 0") {
        let mut runtime = builder.build()?;
        let error = runtime.add_module("broken", "\n= =").expect_err("no program");
        assert_eq!(error.class(), Class::SyntaxError, "{error}");
        let place = error.place().expect("a place");
        assert_eq!((&*place.source(), place.line()), ("broken", 2));
        for name in ["socket", "socketserver"] {
            let error = runtime.add_module(name, "").expect_err("it is there");
            assert_eq!(error.class(), Class::ValueError, "{error}");
        }
        assert!(runtime.add_module("compiled", b"\x1bLua").is_err());
        runtime.add_module("other", "")?;
        let error = runtime.eval::<()>(ask).expect_err("nobody gave it");
        assert!(error.denied(), "{ask}: {error}");
    }
    Ok(())
}

#[test]
fn workers_have_the_modules_too() -> Result<()> {
    for (builder, ask, text) in said(
        "return worker.spawn('return require(\"own\").value'):join()",
        "worker::spawn(\"import `own` as m; m::VALUE\").join()",
    )
    .into_iter()
    .map(|(builder, ask)| {
        let is_lua = ask.starts_with("return");
        (
            builder,
            ask,
            if is_lua {
                "return {value = 7}"
            } else {
                "export const VALUE = 7;"
            },
        )
    }) {
        let mut runtime = builder.policy(Policy::allow_all()).build()?;
        runtime.add_module("own", text)?;
        assert_eq!(runtime.eval::<i64>(ask)?, 7, "{ask}");
    }
    Ok(())
}
