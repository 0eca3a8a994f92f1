//! Errors on their way between Rhai and the rest: raised as objects scripts can ask, caught, and told of at the end.

use std::fmt::Write;
use std::rc::Rc;

use rhai::{Dynamic, EvalAltResult, Map, NativeCallContext, Position};

use crate::api::Value;
use crate::error::{Class, Error, Place, Trace};

use super::caught::{caught, class_of, class_of_caught, kind, message_of_caught};
use super::named::{self, plain};
use super::{nested, value};
use crate::script::foreign;
use crate::script::tokens::Grammar;

/// What evaluation fails with.
pub(super) type Thrown = Box<EvalAltResult>;

/// The error as a script catches it. Where it was raised is noted, unless it is known already.
#[cold]
pub(super) fn raise(mut error: Error, context: &NativeCallContext<'_>) -> Thrown {
    let position = context.call_position();
    locate(&mut error, context.call_source().unwrap_or_default(), position);
    thrown(error, position)
}

/// Notes where an error is that a script makes: it is raised there, nearly always.
pub(super) fn place(error: &mut Error, context: &NativeCallContext<'_>) {
    locate(
        error,
        context.call_source().unwrap_or_default(),
        context.call_position(),
    );
}

/// Notes where the error was raised, unless that is known.
fn locate(error: &mut Error, source: &str, position: Position) {
    let line = position.line().and_then(|line| u32::try_from(line).ok());
    if let Some(line) = line
        && error.place().is_none()
    {
        let mut trace = Trace::default();
        trace.push(Place::new(source.as_bytes(), line));
        error.set_trace(trace);
    }
}

/// The error as a script catches it.
pub(super) fn thrown(error: Error, position: Position) -> Thrown {
    EvalAltResult::ErrorRuntime(Dynamic::from(Rc::new(error)), position).into()
}

/// The error as no script can catch it: the task is being killed.
pub(super) fn fatal(mut error: Error, context: Option<&NativeCallContext<'_>>) -> Thrown {
    let mut position = Position::NONE;
    if let Some(context) = context {
        place(&mut error, context);
        position = context.call_position();
    }
    EvalAltResult::ErrorTerminated(Dynamic::from(Rc::new(error)), position).into()
}

/// Our error inside a thrown value.
pub(super) fn inside(value: &Dynamic) -> Option<Rc<Error>> {
    value::with(value, Rc::<Error>::clone)
}

/// How a task that did not return ended.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    /// What was thrown, for whoever joins the task.
    pub(super) value: Dynamic,
    /// The same for hosts and the scheduler.
    pub(super) error: Error,
    /// Position, message and traceback.
    pub(super) report: String,
}

impl Failure {
    /// Reads what evaluation failed with. `script` is the script's name.
    pub(super) fn new(thrown: &EvalAltResult, script: &str) -> Self {
        let source = script;
        let mut calls = Vec::new();
        let innermost = unwind(thrown, &mut calls);
        for call in calls.iter_mut().filter(|call| call.source.is_empty()) {
            call.source = source;
        }
        let position = match innermost.position() {
            // A module that cannot be had has no place of its own.
            Position::NONE => import_of(thrown),
            position => position,
        };
        let source = calls.last().map_or(source, |call| call.source);
        let (value, mut error) = match innermost {
            EvalAltResult::ErrorRuntime(value, _) | EvalAltResult::ErrorTerminated(value, _) => {
                (value.clone(), of_value(value))
            }
            other => {
                let message = message(other);
                let class = class_of(&kind(other), &message).unwrap_or(Class::RuntimeError);
                let is_inside = calls
                    .last()
                    .is_some_and(|call| !call.function.starts_with(NAMELESS));
                let error = Error::new(class, message).hinting(hint(other, is_inside));
                (caught(other, source), error)
            }
        };
        locate(&mut error, source, position);
        let report = report(&error, source, position, &calls, script);
        Self { value, error, report }
    }

    /// A failure that no script had a part in.
    pub(super) fn of(error: Error) -> Self {
        Self {
            value: Dynamic::from(Rc::new(error.clone())),
            report: error.to_string(),
            error,
        }
    }
}

/// A call that was under way when the error was raised.
struct Call<'a> {
    function: &'a str,
    source: &'a str,
    position: Position,
}

/// The error at the bottom; the calls that lead there are put into `calls`, outermost first.
fn unwind<'a>(mut thrown: &'a EvalAltResult, calls: &mut Vec<Call<'a>>) -> &'a EvalAltResult {
    loop {
        match thrown {
            EvalAltResult::ErrorInFunctionCall(function, source, inner, position) => {
                calls.push(Call {
                    function,
                    source,
                    position: *position,
                });
                thrown = inner;
            }
            EvalAltResult::ErrorInModule(_, inner, _) => thrown = inner,
            _ => return thrown,
        }
    }
}

/// Where the script itself imports the module that an error is about.
fn import_of(thrown: &EvalAltResult) -> Position {
    match thrown {
        EvalAltResult::ErrorInModule(_, inner, position)
            if !matches!(**inner, EvalAltResult::ErrorInModule(..)) =>
        {
            *position
        }
        _ => Position::NONE,
    }
}

/// The error a thrown value stands for: itself, or an error whose text the value is.
fn of_value(value: &Dynamic) -> Error {
    if let Some(error) = inside(value) {
        return Error::clone(&error);
    }
    // As in Python, a class that is raised stands for an error of it that says nothing.
    if let Value::Class(class) = value::glance(value) {
        return Error::new(class, "");
    }
    if let Some(map) = value.read_lock::<Map>()
        && let Some(message) = map.get("message")
    {
        return Error::new(
            class_of_caught(&map).unwrap_or(Class::RuntimeError),
            message_of_caught(&map).unwrap_or_else(|| nested::text_of(message)),
        );
    }
    Error::runtime(plain(&nested::text_of(value)).into_owned())
}

/// What to tell of a name that nothing has. `is_inside` says that it is asked for in a function, which sees nothing around it.
fn hint(thrown: &EvalAltResult, is_inside: bool) -> Option<String> {
    match thrown {
        EvalAltResult::ErrorFunctionNotFound(called, _) => {
            let (name, given) = called.split_once(' ').unwrap_or((called, ""));
            let name = name.rsplit("::").next()?;
            if given.starts_with("(module") {
                return Some(crate::api::hint_of_module(name));
            }
            if name == "print" || name == "debug" {
                return Some(format!(
                    "{name} takes one value; several go into a text: {name}(`${{a}} ${{b}}`)"
                ));
            }
            if let Some(hint) = foreign::hint_of_name(Grammar::Rhai, name) {
                return Some(hint.to_owned());
            }
            if given.starts_with("(blob") {
                return Some(crate::api::hint_of_bytes(name));
            }
            crate::api::hint(name, "::")
        }
        EvalAltResult::ErrorVariableNotFound(path, _) => {
            let path = path.split(' ').next()?;
            let name = path.rsplit("::").next()?;
            let known = foreign::hint_of_name(Grammar::Rhai, name).map(str::to_owned);
            let known = known.or_else(|| crate::api::hint(name, "::"));
            let unseen = || {
                format!(
                    "A function sees no variables around it: give it '{name}' as an argument, or make it a closure; a const is global::{name}"
                )
            };
            known.or_else(|| (is_inside && path == name).then(unseen))
        }
        EvalAltResult::ErrorMismatchDataType(_, given, _) if named::is_of_module(given) => {
            Some(foreign::MODULES_ARE_THERE.to_owned())
        }
        // The kind of a property that is missing is told in words alone.
        EvalAltResult::ErrorDotExpr(text, _) if text.ends_with("for type 'module'") => {
            Some(crate::api::hint_of_module(text.split('\'').nth(1)?))
        }
        _ => None,
    }
}

/// The name Rhai gives to a function that has none.
pub(super) const NAMELESS: &str = "anon$";

/// What to tell of a call of a function that has no name; none where it has one, or was not looked for.
fn nameless(thrown: &EvalAltResult) -> Option<String> {
    match thrown {
        EvalAltResult::ErrorFunctionNotFound(called, _) => wrongly_called(called),
        _ => None,
    }
}

/// The same of what was called as Rhai writes it: its name, and the types of the arguments.
pub(super) fn wrongly_called(called: &str) -> Option<String> {
    let given = called.strip_prefix(NAMELESS)?;
    let given = given.split_once(' ').map_or("()", |(_, given)| given);
    Some(format!(
        "a closure is called with {given}, and has other parameters"
    ))
}

/// What one of Rhai's own errors says, without its position.
pub(super) fn message(thrown: &EvalAltResult) -> String {
    if let Some(text) = nameless(thrown) {
        return text;
    }
    let text = plain(&thrown.to_string()).into_owned();
    match thrown.position() {
        Position::NONE => text,
        position => {
            let ending = format!(" ({position})");
            text.strip_suffix(&ending).map_or(text.clone(), str::to_owned)
        }
    }
}

/// `name.rhai:3:5`.
pub(super) fn spot(source: &str, position: Position) -> String {
    let mut spot = source.to_owned();
    if let Some(line) = position.line() {
        push(&mut spot, format_args!(":{line}"));
        if let Some(column) = position.position() {
            push(&mut spot, format_args!(":{column}"));
        }
    }
    spot
}

/// Position, message, and the calls that lead there, innermost first; the outermost is the script's own.
fn report(error: &Error, source: &str, position: Position, calls: &[Call<'_>], script: &str) -> String {
    let here = spot(source, position);
    // An error that travelled between tasks tells where it comes from, not where it was raised again.
    let mut report = match error.place().map(Place::to_string) {
        Some(place) if !here.starts_with(&place) => place,
        _ => here,
    };
    // What cannot be compiled says itself where.
    if error
        .place()
        .is_some_and(|place| error.message().starts_with(&format!("{place}:")))
    {
        report.clear();
    }
    if !report.is_empty() {
        report.push_str(": ");
    }
    push(&mut report, error);
    for (depth, call) in calls.iter().enumerate().rev() {
        let name = if call.function.starts_with(NAMELESS) {
            "a closure".to_owned()
        } else {
            format!("function '{}'", call.function)
        };
        let caller = depth
            .checked_sub(1)
            .and_then(|outer| calls.get(outer))
            .map_or(script, |outer| outer.source);
        push(&mut report, format_args!("\n  in {name}"));
        if call.position.line().is_some() {
            push(
                &mut report,
                format_args!(", called at {}", spot(caller, call.position)),
            );
        }
    }
    report
}

fn push(text: &mut String, value: impl std::fmt::Display) {
    // Writing to a String does not fail.
    let _ = write!(text, "{value}");
}

/// A script that cannot be compiled, as an error with the position.
pub(super) fn syntax(error: &rhai::ParseError, source: &str, script: &str) -> Error {
    let (position, complaint) = (error.position(), error.err_type().to_string());
    let line = position
        .line()
        .and_then(|line| script.lines().nth(line.checked_sub(1)?));
    let hint =
        line.and_then(|line| foreign::hint_of_line(Grammar::Rhai, line, position.position(), &complaint));
    let text = format!("{}: {complaint}", spot(source, position));
    let mut syntax = Error::new(Class::SyntaxError, text).hinting(hint.map(str::to_owned));
    locate(&mut syntax, source, position);
    syntax
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fail(script: &str) -> Failure {
        let engine = rhai::Engine::new();
        let thrown = engine.run(script).expect_err("it fails");
        Failure::new(&thrown, "t.rhai")
    }

    #[test]
    fn a_failure_tells_position_message_and_calls() {
        let failure = fail("fn inner() { throw \"no\"; }\nfn outer() { inner(); }\n\nouter();");
        assert_eq!(
            failure.report,
            "t.rhai:1:14: RuntimeError: no\n  in function 'inner', called at t.rhai:2:14\n  \
             in function 'outer', called at t.rhai:4:1"
        );
        assert_eq!(failure.error.place().map(Place::line), Some(1));
    }

    #[test]
    fn a_wrong_call_of_a_closure_is_told_without_the_name_rhai_gave_it() {
        for call in [
            "let f = |a, b| a; f.call(());",
            "let f = |a, b| a; let g = |f| f.call(()); g.call(f);",
        ] {
            let uncaught = fail(call).error;
            assert_eq!(uncaught.class(), Class::TypeError);
            let caught = fail(&format!("try {{ {call} }} catch (e) {{ throw e }}")).error;
            assert_eq!(caught.class(), Class::TypeError);
            assert_eq!(caught.to_string(), uncaught.to_string());
        }
    }

    #[test]
    fn an_error_is_of_one_class_caught_and_uncaught() {
        for (script, class) in [
            ("eval(\"let = 3\");", Class::SyntaxError),
            ("eval(\"fn f() {}\");", Class::SyntaxError),
            ("let f = || eval(\"let = 3\"); f.call();", Class::SyntaxError),
            ("let n = 0; 1 / n", Class::ZeroDivisionError),
            ("let f = |n| 1 / n; f.call(0)", Class::ZeroDivisionError),
            ("let f = || [1][7]; f.call()", Class::IndexError),
            ("let f = || this.x; f.call()", Class::NameError),
        ] {
            assert_eq!(fail(script).error.class(), class, "{script}");
            let caught = fail(&format!("try {{ {script} }} catch (e) {{ throw e }}"));
            assert_eq!(caught.error.class(), class, "{script}: {}", caught.report);
        }
    }

    #[test]
    fn rhais_own_errors_have_a_class_and_stay_maps() {
        let failure = fail("let a = [1];\na[7]");
        assert_eq!(failure.error.class(), Class::IndexError);
        assert!(
            failure
                .report
                .starts_with("t.rhai:2:3: IndexError: Array index 7 out of bounds")
        );
        let map = failure.value.cast::<Map>();
        assert_eq!(map["error"].to_string(), "ErrorArrayBounds");
        assert_eq!(class_of_caught(&map), Some(Class::IndexError));
    }
}
