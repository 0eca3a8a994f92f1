//! Rhai's own errors as scripts see them: `catch` hands them over as maps. Here is which Python class each is of, and what a map
//! is made to say, so that it answers to `name`, `message`, `traceback` and `is` and prints as the errors of this program do.

use std::borrow::Cow;

use rhai::{Dynamic, EvalAltResult, Map};

use crate::error::Class;

use super::error::{NAMELESS, message, wrongly_called};
use super::named::plain;

/// The variant's name of one of Rhai's own errors: what scripts find as `error` in the map they catch.
pub(super) fn kind(thrown: &EvalAltResult) -> String {
    let debug = format!("{thrown:?}");
    debug.split('(').next().unwrap_or_default().to_owned()
}

/// The Python class closest to one of Rhai's own errors, by its kind.
fn class_of_kind(kind: &str) -> Option<Class> {
    Some(match kind {
        "ErrorFunctionNotFound" | "ErrorVariableNotFound" | "ErrorUnboundThis" => Class::NameError,
        "ErrorModuleNotFound" => Class::ModuleNotFoundError,
        "ErrorPropertyNotFound" | "ErrorDotExpr" => Class::AttributeError,
        "ErrorIndexNotFound" => Class::KeyError,
        "ErrorArrayBounds" | "ErrorStringBounds" | "ErrorBitFieldBounds" => Class::IndexError,
        "ErrorMismatchDataType"
        | "ErrorMismatchOutputType"
        | "ErrorIndexingType"
        | "ErrorFor"
        | "ErrorNonPureMethodCallOnConstant"
        | "ErrorAssignmentToConstant" => Class::TypeError,
        "ErrorArithmetic" => Class::ArithmeticError,
        "ErrorStackOverflow" => Class::RecursionError,
        "ErrorDataTooLarge" => Class::MemoryError,
        "ErrorParsing" => Class::SyntaxError,
        kind if kind.starts_with("Error") => Class::RuntimeError,
        _ => return None,
    })
}

/// How messages of Rhai's own errors begin: the kind itself is lost in an error that has left a function.
const BEGINNINGS: [(&str, Class); 19] = [
    ("Function not found: anon$", Class::TypeError),
    ("a closure is called with", Class::TypeError),
    ("Function not found", Class::NameError),
    ("Variable not found", Class::NameError),
    ("Module not found", Class::ModuleNotFoundError),
    ("Property not found", Class::AttributeError),
    ("Unknown property", Class::AttributeError),
    ("No writable property", Class::AttributeError),
    ("Invalid index", Class::KeyError),
    ("Array index", Class::IndexError),
    ("String index", Class::IndexError),
    ("Bit-field index", Class::IndexError),
    ("Data type incorrect", Class::TypeError),
    ("Output type incorrect", Class::TypeError),
    ("Indexer unavailable", Class::TypeError),
    ("For loop expects iterable type", Class::TypeError),
    ("Division by zero", Class::ZeroDivisionError),
    ("'this' not bound", Class::NameError),
    ("Syntax error", Class::SyntaxError),
];

/// The Python class closest to one of Rhai's own errors, by its message where that tells more than its kind.
pub(super) fn class_of(kind: &str, message: &str) -> Option<Class> {
    let by_kind = class_of_kind(kind)?;
    let by_message = BEGINNINGS
        .iter()
        .find(|(beginning, _)| message.starts_with(beginning));
    Some(by_message.map_or(by_kind, |(_, class)| *class))
}

/// The Python class of an error of Rhai's own that a script has caught: a map that names its kind, as what a server has answered
/// hardly does.
pub(super) fn class_of_caught(map: &Map) -> Option<Class> {
    let kind = map.get("error")?.as_immutable_string_ref().ok()?;
    let is_variant = kind.strip_prefix("Error").is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_uppercase()) && rest.chars().all(|c| c.is_ascii_alphabetic())
    });
    if !is_variant {
        return None;
    }
    let message = map.get("message")?.as_immutable_string_ref().ok()?;
    class_of(&kind, &message)
}

/// What an error of Rhai's own that a script has caught says. Where it has left a function Rhai has written the place behind its
/// message, `… @ 'name.rhai' (line 3, position 5)`, and below that the calls that lead there.
struct Told<'a> {
    text: Cow<'a, str>,
    /// Source, line and position of the innermost place, where it is told.
    place: Option<(&'a str, i64, i64)>,
}

fn told(map: &Map, message: &str, tell: impl FnOnce(Told<'_>)) {
    let has_left = map.contains_key("function") || map.contains_key("module");
    let calls = ["\nin call to function '", "\nin closure call", "\nin module"];
    let ends = calls.into_iter().filter_map(|call| message.find(call));
    let mut text = match ends.min() {
        Some(end) if has_left => &message[..end],
        _ => message,
    };
    let mut place = None;
    if let Some((before, spot)) = text.rsplit_once(" (line ")
        && let Some((line, position)) = spot
            .strip_suffix(')')
            .and_then(|spot| spot.split_once(", position "))
        && let (Ok(line), Ok(position)) = (line.parse(), position.parse())
    {
        let (before, source) = before
            .strip_suffix('\'')
            .and_then(|before| before.rsplit_once(" @ '"))
            .unwrap_or((before, ""));
        text = before;
        place = Some((source, line, position));
    }
    let called = text.strip_prefix("Function not found: ").and_then(wrongly_called);
    tell(Told {
        text: called.map_or_else(|| plain(text), Cow::Owned),
        place,
    });
}

/// What an error of Rhai's own that a script has caught says, without places and calls.
pub(super) fn message_of_caught(map: &Map) -> Option<String> {
    let message = map.get("message")?.as_immutable_string_ref().ok()?;
    let mut text = String::new();
    told(map, &message, |told| text = told.text.into_owned());
    Some(text)
}

/// Has an error that a script has caught tell what ours tell: its class, its message without places and calls, and where it is.
pub(super) fn correct(caught: &Map, class: Class) -> Map {
    let mut corrected = caught.clone();
    corrected.insert("name".into(), class.name().into());
    let Some(message) = caught
        .get("message")
        .and_then(|text| text.as_immutable_string_ref().ok())
    else {
        return corrected;
    };
    told(caught, &message, |told| {
        corrected.insert("message".into(), told.text.as_ref().into());
        if let Some((source, line, position)) = told.place {
            if !source.is_empty() {
                corrected.insert("source".into(), source.into());
            }
            corrected.insert("line".into(), line.into());
            corrected.insert("position".into(), position.into());
        }
    });
    if let (Some(source), Some(line)) = (corrected.get("source"), corrected.get("line")) {
        let place = format!("{source}:{line}");
        corrected.insert("traceback".into(), place.into());
    }
    let is_nameless = |name: &Dynamic| name.to_string().starts_with(NAMELESS);
    if corrected.get("function").is_some_and(is_nameless) {
        corrected.remove("function");
    }
    corrected
}

/// How an error of Rhai's own that a script has caught prints: as ours do. None where the map is something else.
pub(super) fn line_of_caught(map: &Map) -> Option<String> {
    if !map.contains_key("source") || !map.contains_key("line") {
        return None;
    }
    let class = class_of_caught(map)?;
    Some(format!("{}: {}", class.name(), message_of_caught(map)?))
}

/// One of Rhai's own errors as `catch` hands it to a script: a map.
pub(super) fn caught(thrown: &EvalAltResult, source: &str) -> Dynamic {
    let mut map = Map::new();
    map.insert("error".into(), kind(thrown).into());
    map.insert("message".into(), message(thrown).into());
    map.insert("source".into(), source.into());
    if let Some(line) = thrown.position().line() {
        map.insert("line".into(), i64::try_from(line).unwrap_or(0).into());
        let column = thrown.position().position().unwrap_or(0);
        map.insert("position".into(), i64::try_from(column).unwrap_or(0).into());
    }
    map.into()
}

#[cfg(test)]
mod tests {
    use super::super::tests::works;

    #[test]
    fn a_caught_error_of_rhai_s_own_says_what_ours_say() {
        works(
            r##"
            fn inner() { let x = 1; x.nothing(); }
            fn outer() {
                inner();
            }
            for way in 0..3 {
                try {
                    switch way {
                        0 => inner(),
                        1 => outer(),
                        _ => task::spawn(outer).join(),
                    }
                    check(false);
                } catch (e) {
                    check(e.name == "NameError" && e.is(errors::NameError));
                    check(e.message == "Function not found: nothing (i64)");
                    check(`${e}` == "NameError: Function not found: nothing (i64)" && e.to_string() == `${e}`);
                    check(e.line == 3 && e.traceback.ends_with(":3"));
                }
            }
            try { [1][5] } catch (e) { check(e.index == 5 && `${e}`.starts_with("IndexError: Array index 5")); }
            try { eval("let = 3") } catch (e) { check(e.name == "SyntaxError" && !e.message.contains("\n")); }
            // What only looks like one prints as it is.
            for map in [
                #{error: "Error", message: 1},
                #{error: "Error 404", message: "not found", line: 1, source: "x"},
                #{error: "ErrorNotFound", message: "not found"},
            ] {
                check(`${map}`.starts_with("#{"));
            }
            "##,
        );
    }
}
