//! The names of types in the dress of each language: what is `bytes` in Python is a string in Lua and a blob in Rhai.

use crate::api::{Op, Param};
use crate::constants;

use super::signature::Dress;

/// What stands for nothing.
pub(super) const fn nothing(dress: Dress) -> &'static str {
    match dress {
        Dress::Python => "None",
        Dress::Lua => "nil",
        Dress::Rhai => "()",
    }
}

/// A type, or several with words between them.
pub(super) fn kind(text: &str, dress: Dress) -> String {
    if dress == Dress::Python {
        return text.to_owned();
    }
    let whole = match (text, dress) {
        ("bytes-like object", Dress::Lua) => "string, bytearray, view or array",
        ("bytes-like object", _) => "blob, string, bytearray, view or array",
        ("read-write bytes-like object", _) => "bytearray, view or array",
        ("any" | "value" | "anything", _) => "any value",
        ("bytes or str", Dress::Lua) => "string",
        ("tuple", Dress::Lua) => "a result for each item",
        _ => "",
    };
    if !whole.is_empty() {
        return whole.to_owned();
    }
    let mut out = String::new();
    let mut word = String::new();
    for letter in text.chars() {
        if letter.is_ascii_alphanumeric() || letter == '_' {
            word.push(letter);
        } else {
            out.push_str(one(&word, dress));
            word.clear();
            out.push(letter);
        }
    }
    out.push_str(one(&word, dress));
    out
}

fn one(word: &str, dress: Dress) -> &str {
    match (word, dress) {
        ("bytes", Dress::Lua) | ("str", _) => "string",
        ("bytes", Dress::Rhai) => "blob",
        ("None", _) => nothing(dress),
        ("bool", Dress::Lua) => "boolean",
        ("int", Dress::Lua) => "integer",
        ("float", Dress::Lua) => "number",
        ("list", Dress::Lua) => "table",
        ("list" | "tuple", Dress::Rhai) => "array",
        _ => word,
    }
}

/// The results of a call: several are an array in Rhai.
pub(super) fn results(returns: &str, dress: Dress) -> String {
    let several = split(returns).len() > 1;
    let text = kind(returns, dress);
    match dress {
        Dress::Rhai if several => format!("[{text}]"),
        Dress::Python if several => format!("({text})"),
        _ => text,
    }
}

/// The results apart: commas within parentheses part nothing, nor do those before an `or`.
pub(super) fn split(returns: &str) -> Vec<&str> {
    if returns.contains(" or ") {
        return vec![returns];
    }
    let mut depth = 0_usize;
    let mut parts = Vec::new();
    let mut start = 0;
    for (place, letter) in returns.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(returns[start..place].trim());
                start = place + 1;
            }
            _ => {}
        }
    }
    parts.push(returns[start..].trim());
    parts
}

/// A number that stands for a constant, by its name.
pub(super) fn named(op: &Op, param: &Param, number: i64) -> String {
    let group = match param.name {
        "family" if number != 0 => constants::Group::AddressFamily,
        "type" if number != 0 => constants::Group::SocketKind,
        _ => return number.to_string(),
    };
    let _ = op;
    constants::all()
        .find(|known| known.group == group && known.value == constants::Value::Int(number))
        .map_or_else(|| number.to_string(), |known| known.name.to_owned())
}
