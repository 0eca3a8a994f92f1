//! What to tell of a script that is written as another language is, Python's most of all: how it is written here. Asked only of
//! what was not understood, and never sure: a hint behind the engine's own complaint.

use crate::api::is_module;

use super::tokens::{Grammar, Kind, Token};

/// What to tell of a module that is imported in Rhai.
pub(super) const MODULES_ARE_THERE: &str =
    "Nothing has to be imported: socket:: and the other modules are there";

/// What to tell of a line that cannot be compiled. `column`, from 1 on, is where the engine gave up, where it says so, and `complaint` what it said.
pub(super) fn hint_of_line(
    grammar: Grammar,
    line: &str,
    column: Option<usize>,
    complaint: &str,
) -> Option<&'static str> {
    let tokens = grammar.tokens(line);
    let words = Words {
        line,
        tokens: &tokens,
    };
    match grammar {
        Grammar::Lua => lua(&words, complaint),
        Grammar::Rhai => rhai(&words, column, complaint),
    }
}

/// What to tell of a name of Python's that the language does not have.
pub(super) fn hint_of_name(grammar: Grammar, name: &str) -> Option<&'static str> {
    Some(match (grammar, name) {
        (Grammar::Lua, "len") => "The length of x is #x",
        (Grammar::Lua, "str") => "What x looks like as a text is tostring(x)",
        (Grammar::Lua, "int" | "float") => "The number in a text is tonumber(text)",
        (Grammar::Lua, "range") => "Counting is: for i = 1, n do … end",
        (Grammar::Lua, "isinstance") => "The class of an error is asked by e:is(class)",
        (Grammar::Lua, "exit" | "quit") => "A script ends by sys.exit()",
        (Grammar::Lua, "b") => "In place of Python's b\"abc\": every text is bytes, \"abc\"",
        (Grammar::Lua, "f") => "In place of Python's f\"…\": (\"%d bytes\"):format(n)",
        (Grammar::Rhai, "None" | "nil" | "null") => "None is written ()",
        (Grammar::Rhai, "True") => "True is written true",
        (Grammar::Rhai, "False") => "False is written false",
        (Grammar::Rhai, "self") => "The object of a method is this",
        (Grammar::Rhai, "str" | "tostring") => "What x looks like as a text is x.to_string()",
        (Grammar::Rhai, "int" | "float" | "tonumber") => {
            "The number in a text is text.parse_int() or text.parse_float()"
        }
        (Grammar::Rhai, "isinstance") => "The class of an error is asked by e.is(class)",
        (Grammar::Rhai, "quit") => "A script ends by exit() or sys::exit()",
        (Grammar::Rhai, "pcall") => "Errors are caught by try { … } catch (e) { … }",
        _ => return None,
    })
}

/// A line, taken apart.
struct Words<'a> {
    line: &'a str,
    tokens: &'a [Token],
}

impl Words<'_> {
    /// The token at this place; nothing beyond the ends.
    fn at(&self, place: usize) -> &str {
        self.tokens.get(place).map_or("", |token| token.of(self.line))
    }

    fn kind(&self, place: usize) -> Option<Kind> {
        self.tokens.get(place).map(|token| token.kind)
    }

    /// Whether two tokens stand one behind the other with nothing between them.
    fn are_joined(&self, place: usize) -> bool {
        match self.tokens.get(place..place + 2) {
            Some([one, other]) => one.end == other.start,
            _ => false,
        }
    }

    /// The places that are no text and no comment.
    fn places(&self) -> impl Iterator<Item = usize> {
        let written = |kind: &Kind| !matches!(kind, Kind::Text | Kind::OpenText | Kind::Comment);
        (0..self.tokens.len()).filter(move |place| self.kind(*place).as_ref().is_some_and(written))
    }

    /// Whether these two marks stand somewhere as one.
    fn has_pair(&self, first: &str, second: &str) -> bool {
        self.places()
            .any(|place| self.at(place) == first && self.at(place + 1) == second && self.are_joined(place))
    }

    fn has(&self, word: &str) -> bool {
        self.places().any(|place| self.at(place) == word)
    }

    /// Whether `=` at this place follows a name that stands as an argument does.
    fn is_keyword_argument(&self, place: usize) -> bool {
        place >= 2
            && self.at(place) == "="
            && self.kind(place - 1) == Some(Kind::Name)
            && matches!(self.at(place - 2), "(" | ",")
    }
}

/// What Python's first word of a statement is in both.
fn is_import(words: &Words<'_>) -> bool {
    matches!(words.at(0), "import" | "from") && words.kind(1) == Some(Kind::Name)
}

fn lua(words: &Words<'_>, complaint: &str) -> Option<&'static str> {
    const OPERATORS: [&str; 9] = ["+", "-", "*", "/", "%", "&", "|", "..", "//"];
    if is_import(words) {
        return Some(match is_module(words.at(1)) {
            true => "Nothing has to be imported: socket and the other modules are there",
            false => "A file of your own is loaded by: local name = require \"name\"",
        });
    }
    let first = match words.at(0) {
        "def" | "fn" | "func" => "A function is written: function name(a, b) … end",
        "with" => "What closes at the end of its block is declared: local s <close> = socket.socket()",
        "try" | "except" | "catch" | "finally" => {
            "Errors are caught by: local ok, e = pcall(function() … end)"
        }
        "raise" | "throw" => "An error is raised by error(…)",
        "let" | "var" | "const" => "A variable is declared by local",
        "elif" => "elif is written elseif",
        "#" => "A comment begins with --",
        "//" => "A comment begins with --",
        _ => "",
    };
    if !first.is_empty() && words.at(1) != "=" && words.at(1) != "(" {
        return Some(first);
    }
    if complaint.contains("near '='") && words.places().any(|place| words.is_keyword_argument(place)) {
        return Some("Arguments by name stand in a table behind the others: f(x, {name = value})");
    }
    if words.has_pair("!", "=") {
        return Some("!= is written ~=");
    }
    if words.has("!") {
        return Some("!x is written: not x");
    }
    if words.has_pair("&", "&") || words.has_pair("|", "|") {
        return Some("&& and || are written: and, or");
    }
    if OPERATORS.iter().any(|operator| words.has_pair(operator, "=")) {
        return Some("x += 1 is written: x = x + 1");
    }
    let is_path = |place: usize| {
        words.at(place) == "::"
            && words.kind(place.wrapping_sub(1)) == Some(Kind::Name)
            && words.kind(place + 1) == Some(Kind::Name)
    };
    if words.places().any(is_path) {
        return Some("What a module has is written with a dot: socket.socket()");
    }
    None
}

fn rhai(words: &Words<'_>, column: Option<usize>, complaint: &str) -> Option<&'static str> {
    if is_import(words) {
        return Some(match is_module(words.at(1)) {
            true => MODULES_ARE_THERE,
            false => "A file of your own is loaded by: import \"name\" as name;",
        });
    }
    let first = match words.at(0) {
        "def" | "function" | "func" => "A function is written: fn name(a, b) { … }",
        "with" if words.has("as") => "It is written: with s = socket::socket() { … }",
        "local" | "var" => "A variable is declared by let",
        "except" => "It is written: try { … } catch (e) { … }",
        "raise" => "An error is raised by throw",
        "elif" | "elseif" => "elif is written: else if",
        "#" => "A comment begins with //",
        _ => "",
    };
    if !first.is_empty() && words.at(1) != "=" && words.at(1) != "(" {
        return Some(first);
    }
    if matches!(words.at(0), "let" | "const")
        && (matches!(words.at(1), "[" | "(" | "{") || words.at(2) == ",")
    {
        return Some("Several results are an array: let r = s.accept(); and then r[0], r[1]");
    }
    let is_long_letter =
        |place: usize| words.at(place).starts_with('\'') && words.at(place).chars().count() > 3;
    if complaint.starts_with("Invalid character") && (0..words.tokens.len()).any(is_long_letter) {
        return Some("A text stands in double quotes: \"abc\"");
    }
    if ["nil", "null", "None"]
        .iter()
        .any(|word| complaint.contains(word))
    {
        return hint_of_name(Grammar::Rhai, "nil");
    }
    if complaint.contains("'{'") {
        return Some("A block stands in braces: if x { … }");
    }
    // Where the engine gave up: the token it did not want.
    let wanted = column?.checked_sub(1)?;
    let offset = words.line.char_indices().nth(wanted).map(|(at, _)| at)?;
    let place = words.tokens.iter().position(|token| token.start == offset)?;
    let before = place.checked_sub(1)?;
    if words.is_keyword_argument(place) {
        return Some("Arguments by name stand in a map behind the others: f(x, #{name: value})");
    }
    if matches!(words.kind(place), Some(Kind::Text)) && words.are_joined(before) {
        match words.at(before) {
            "b" => return Some("Bytes are written bytes(\"\\x7f\")"),
            "f" => return Some("Values go into a text by `${n} bytes`"),
            _ => {}
        }
    }
    match words.at(place) {
        "and" => return Some("and is written &&"),
        "or" => return Some("or is written ||"),
        _ if words.at(before) == "not" => return Some("not x is written !x"),
        ":" if words.kind(place + 1) == Some(Kind::Name) && words.at(place + 2) == "(" => {
            return Some("A method is called with a dot: s.recv(1024)");
        }
        "," if complaint.contains("')'") => return Some("A tuple is an array: [a, b]"),
        _ => {}
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_line_is_looked_at() {
        for grammar in [Grammar::Lua, Grammar::Rhai] {
            for line in ["", "=", "::", "(=", "'", "b\"", "let", "ü:", "a!=", "not"] {
                for column in [None, Some(0), Some(1), Some(2), Some(9)] {
                    // Whatever it is told, nothing goes wrong.
                    let _ = hint_of_line(grammar, line, column, "Invalid character near '='");
                }
            }
        }
    }

    #[test]
    fn a_line_that_is_written_as_it_should_be_gets_no_hint() {
        for (grammar, line) in [
            (Grammar::Lua, "local import, def = 1, 2 -- x += 1, a != b"),
            (Grammar::Lua, "def = 1"),
            (Grammar::Lua, "s:send('a && b::c')"),
            (Grammar::Lua, "f(x, {a = 1}"),
            (Grammar::Rhai, "s.send(\"a and b\" \"c\""),
            (Grammar::Rhai, "let a = #{b: 1"),
        ] {
            assert_eq!(hint_of_line(grammar, line, Some(3), "unexpected"), None, "{line}");
        }
    }
}
