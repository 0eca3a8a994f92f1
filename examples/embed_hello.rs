//! The smallest program that runs scripts: values in, a function of Rust's, a value out.
//!
//! Prints:
//! ```text
//! hello from the script
//! lookup('answer') * 2 = 84
//! the script says: Ann is 31
//! ValueError: nothing is known of question, at script:1
//! ```

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::collections::BTreeMap;

use wirescript::{Error, Result, Runtime};

/// The same in the languages this was built with; Lua where there are both.
const SCRIPTS: [&str; 3] = if cfg!(feature = "lua") {
    [
        "function greet() return 'hello from the script' end",
        "local name, age = next(people) return name .. ' is ' .. age",
        "lookup('question')",
    ]
} else {
    [
        "fn greet() { \"hello from the script\" }",
        "let name = people.keys()[0]; `${name} is ${people[name]}`",
        "lookup(\"question\")",
    ]
};

fn main() -> Result<()> {
    let mut runtime = Runtime::builder().build()?;
    runtime.register("lookup", |name: String| -> Result<i64> {
        match name.as_str() {
            "answer" => Ok(42),
            _ => Err(Error::value(format!("nothing is known of {name}"))),
        }
    })?;
    runtime.set("people", BTreeMap::from([("Ann", 31)]))?;

    runtime.run("setup", SCRIPTS[0])?;
    println!("{}", runtime.call::<String>("greet", ())?);

    let twice: i64 = runtime.eval("lookup(\"answer\") * 2")?;
    println!("lookup('answer') * 2 = {twice}");

    let words: String = runtime.eval(SCRIPTS[1])?;
    println!("the script says: {words}");

    let error = runtime.run("script", SCRIPTS[2]).expect_err("it raises");
    let place = error.place().map(ToString::to_string).unwrap_or_default();
    println!("{}, at {place}", error.headline());
    Ok(())
}
