//! Rhai at a prompt: variables and functions of one entry are there for the next, and the parser says whether a text is
//! whole.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use rhai::{AST, Dynamic, FnPtr, LexError, Map, ParseErrorType, Scope};

use crate::api::Value;
use crate::error::{Class, Error, Result};
use crate::sched::Task;
use crate::script::tokens::{Grammar, Kind};
use crate::script::{
    Conversation, DEEPEST, Entered, Found, MOST_BYTES, MOST_IN_ALL, MOST_ITEMS, Picture, Results,
};

use super::RhaiScript;
use super::task::{self, Outcome};
use super::{caught, syntax, value};

/// What messages call the entries.
const NAME: &str = "stdin";
/// The variable behind `_`, which is no name in Rhai.
const LAST: &str = "_last";

/// What stays between entries.
#[derive(Default)]
pub(super) struct Session {
    scope: RefCell<Scope<'static>>,
    functions: RefCell<AST>,
    keeps: Cell<bool>,
}

impl Session {
    /// Whether scripts are run so that what they declare stays.
    pub(super) fn keeps(&self) -> bool {
        self.keeps.get()
    }
}

impl RhaiScript {
    /// Runs a compiled script on the session's variables and functions.
    pub(super) fn evaluate(&self, ast: &AST, name: &str) -> Result<Rc<Task>> {
        let session = self.session.clone();
        let whole = session.functions.borrow().merge(ast);
        *session.functions.borrow_mut() = whole.clone_functions_only();
        let core = self.core.clone();
        let source = ast.source().unwrap_or_default().to_owned();
        let mut whole = whole;
        whole.set_source(&source);
        let whole = Rc::new(whole);
        core.scripts.borrow_mut().push(whole.clone());
        let engine = core.engine()?;
        task::launch(&self.core, name.to_owned(), source, move || {
            // Others may ask for names meanwhile: there are none then.
            let mut scope = session.scope.take();
            let outcome = engine.eval_ast_with_scope::<Dynamic>(&mut scope, &whole);
            session.scope.replace(scope);
            outcome
        })
    }

    /// The value behind a path of names.
    fn value(&self, path: &[&str]) -> Option<Dynamic> {
        let scope = self.session.scope.borrow();
        let (first, rest) = path.split_first()?;
        let first = if *first == "_" { LAST } else { first };
        let mut value = scope.get(first)?.flatten_clone();
        for name in rest {
            let inner = value.read_lock::<Map>()?.get(*name)?.flatten_clone();
            value = inner;
        }
        Some(value)
    }
}

impl Conversation for RhaiScript {
    fn grammar(&self) -> Grammar {
        Grammar::Rhai
    }

    fn is_partial(&self, text: &str) -> bool {
        let tokens = Grammar::Rhai.tokens(text);
        let Ok(engine) = self.core.engine() else {
            return false;
        };
        let Err(error) = syntax::compile(&engine, &self.core.site, text) else {
            return false;
        };
        let open = tokens.iter().filter(|token| token.kind == Kind::Mark);
        let depth = open.fold(0_isize, |depth, token| match token.of(text) {
            "(" | "[" | "{" | "#{" => depth + 1,
            ")" | "]" | "}" => depth - 1,
            _ => depth,
        });
        let unclosed = tokens.last().is_some_and(|token| {
            token.kind == Kind::OpenText && token.of(text).starts_with('`')
                || token.kind == Kind::Comment
                    && token.of(text).starts_with("/*")
                    && !token.of(text).ends_with("*/")
        });
        let at_end = error.position().is_none()
            || error
                .position()
                .line()
                .is_some_and(|line| line >= text.lines().count());
        match error.err_type() {
            ParseErrorType::UnexpectedEOF => true,
            ParseErrorType::BadInput(LexError::UnterminatedString) => unclosed,
            // What is missing at the end of a text whose brackets are open may come yet.
            ParseErrorType::MissingToken(..) | ParseErrorType::ExprExpected(_) => depth > 0 && at_end,
            _ => unclosed,
        }
    }

    fn enter(&self, source: &[u8], line: usize) -> Result<Entered> {
        let text = std::str::from_utf8(source).map_err(|_| {
            Error::new(
                Class::SyntaxError,
                format!("{NAME}:{line}: the entry is not valid UTF-8"),
            )
        })?;
        let source = format!("{}{}", "\n".repeat(line.saturating_sub(1)), with_last(text));
        let ast = self.core.compile(NAME, source.as_bytes())?;
        Ok(Entered {
            task: self.evaluate(&ast, "entry")?,
            is_expression: false,
        })
    }

    fn results(&self, entered: &Entered) -> Results {
        let Outcome::Returned(value) = task::outcome(&entered.task) else {
            return Results {
                pictures: Vec::new(),
                silent: true,
            };
        };
        if value.is_unit() {
            return Results {
                pictures: vec![Picture::Value(Value::None)],
                silent: true,
            };
        }
        let picture = Looking::default().at(&value);
        self.session.scope.borrow_mut().set_or_push(LAST, value);
        Results {
            pictures: vec![picture],
            silent: false,
        }
    }

    fn thrown(&self, task: &Task) -> Option<Picture> {
        let Outcome::Failed(failure) = task::outcome(task) else {
            return None;
        };
        let own = failure.value.is_map() || failure.value.is_array();
        let made_by_rhai = failure
            .value
            .read_lock::<Map>()
            .is_some_and(|map| caught::class_of_caught(&map).is_some());
        (own && !made_by_rhai).then(|| Looking::default().at(&failure.value))
    }

    fn names(&self) -> Vec<String> {
        let scope = self.session.scope.borrow();
        let variables = scope.iter_raw().map(|(name, ..)| name.to_owned());
        let functions = self.session.functions.borrow();
        let functions = functions
            .iter_functions()
            .map(|function| function.name.to_owned());
        variables.chain(functions).filter(|name| name != LAST).collect()
    }

    fn find(&self, path: &[&str]) -> Option<Found> {
        let value = self.value(path)?;
        if let Some(kind) = value::handle_type(&value) {
            return Some(Found::Object(kind));
        }
        if let Some(map) = value.read_lock::<Map>() {
            let field = |(name, value): (&_, &Dynamic)| (ToString::to_string(name), value.is_fnptr());
            return Some(Found::Fields(map.iter().map(field).collect()));
        }
        Some(if value.is_string() {
            Found::Text
        } else {
            Found::Other
        })
    }

    fn is_finalizing(&self) -> bool {
        false
    }

    fn keep_declarations(&self) {
        self.session.keeps.set(true);
    }
}

/// The text with the variable behind `_` in its place; in a `switch` it stays what it is.
fn with_last(text: &str) -> String {
    let tokens = Grammar::Rhai.tokens(text);
    let mut changed = String::new();
    let mut copied = 0;
    for (place, token) in tokens.iter().enumerate() {
        let next = tokens.get(place + 1).map_or("", |next| next.of(text));
        if token.of(text) == "_" && next != "=>" && next != "if" {
            changed.push_str(&text[copied..token.start]);
            changed.push_str(LAST);
            copied = token.end;
        }
    }
    changed.push_str(&text[copied..]);
    changed
}

/// A look at values, with what may still be looked at.
struct Looking {
    left: usize,
    depth: usize,
}

impl Default for Looking {
    fn default() -> Self {
        Self {
            left: MOST_IN_ALL,
            depth: 0,
        }
    }
}

impl Looking {
    fn at(&mut self, value: &Dynamic) -> Picture {
        if self.left == 0 || self.depth > DEEPEST {
            return Picture::More;
        }
        self.left -= 1;
        if value.is_shared() {
            // A captured variable that is in use cannot be looked at.
            return if value.is_locked() {
                Picture::Cycle
            } else {
                self.at(&value.flatten_clone())
            };
        }
        if let Ok(text) = value.as_immutable_string_ref() {
            return beginning(text.as_str());
        }
        if let Some(bytes) = value.read_lock::<rhai::Blob>() {
            return Picture::Bytes(bytes[..bytes.len().min(MOST_BYTES)].to_vec(), bytes.len());
        }
        if let Some(function) = value.read_lock::<FnPtr>() {
            let name = function.fn_name();
            return Picture::Named(if name.starts_with("anon$") {
                "a closure".into()
            } else {
                format!("function {name}")
            });
        }
        if value.is_array()
            && !value::is_tuple(value)
            && let Some(items) = value.read_lock::<rhai::Array>()
        {
            self.depth += 1;
            let shown = items.iter().take(MOST_ITEMS).map(|item| self.at(item)).collect();
            self.depth -= 1;
            return Picture::List(shown, items.len());
        }
        if let Some(map) = value.read_lock::<Map>() {
            self.depth += 1;
            let shown: Vec<_> = map
                .iter()
                .take(MOST_ITEMS)
                .map(|(key, item)| (Picture::Bytes(key.as_bytes().to_vec(), key.len()), self.at(item)))
                .collect();
            self.depth -= 1;
            let left = map.len() - shown.len();
            return Picture::Map(shown, left);
        }
        match value::read(value, 0, MOST_BYTES) {
            Value::Opaque("object" | "timestamp") | Value::Range(..) => {
                Picture::Named(value.type_name().to_owned())
            }
            value => Picture::Value(value),
        }
    }
}

fn beginning(text: &str) -> Picture {
    let mut end = text.len().min(MOST_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    Picture::Text(text[..end].to_owned(), text.len())
}

#[cfg(test)]
mod tests {
    use super::with_last;

    #[test]
    fn the_last_value_has_a_name() {
        assert_eq!(with_last("_ + a_"), "_last + a_");
        assert_eq!(with_last("switch x { _ => \"_\" }"), "switch x { _ => \"_\" }");
    }
}
