//! `with NAME = EXPR { … }`, which closes what it made on every way out.
//!
//! It needs a variable that the parser knows, or closures inside would look for it outside. So its text is changed
//! before it is compiled (`syntax`): `with s = f() {` becomes `@{let s=~f() ;`, where `@` is a custom syntax whose block leaves its
//! first variable behind to be closed, and `~` one that lets pass what can be.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use rhai::{
    Dynamic, Engine, EvalContext, Expression, FnPtr, Map, NativeCallContext, ParseError, Position, Token,
};

use crate::api::closer;
use crate::error::Error;

use super::error::Thrown;
use super::op::Site;
use super::syntax::{self, Change, Lines};
use super::{class, value};

/// Stands for `with` in what Rhai compiles.
pub(super) const MARK: &str = "@";
/// Stands before the value of a `with`.
pub(super) const VALUE: &str = "~";
/// The method that ends what a `with` holds.
const CLOSE: &str = "close";

/// What the `with`s under way hold, by the task they are in: what a block puts into its variable is not closed in its place. Nothing
/// stands for a script's own object, which is a value: the one in the variable is the one that has changed.
#[derive(Default)]
pub(super) struct Held(RefCell<HashMap<u64, Vec<Dynamic>>>);

impl Held {
    fn count(&self, task: u64) -> usize {
        self.0.borrow().get(&task).map_or(0, Vec::len)
    }

    fn put(&self, task: u64, held: Dynamic) {
        self.0.borrow_mut().entry(task).or_default().push(held);
    }

    /// Takes out what came after the first `count`: the first of it, if there is any.
    fn take(&self, task: u64, count: usize) -> Option<Dynamic> {
        let mut tasks = self.0.borrow_mut();
        let all = tasks.get_mut(&task)?;
        let mut taken = all.split_off(count.min(all.len()));
        if all.is_empty() {
            tasks.remove(&task);
        }
        drop(tasks);
        (!taken.is_empty()).then(|| taken.swap_remove(0))
    }
}

/// Registers the syntax.
pub(super) fn install(engine: &mut Engine, site: &Rc<Site>) {
    let (runs, checks) = (site.clone(), site.clone());
    let registered = [
        engine
            .register_custom_syntax([MARK, "$block$"], false, move |context, inputs| {
                run(&runs, context, inputs)
            })
            .map(drop),
        engine
            .register_custom_syntax([VALUE, "$expr$"], false, move |context, inputs| {
                check(&checks, context, inputs)
            })
            .map(drop),
    ];
    debug_assert!(registered.iter().all(Result::is_ok), "{registered:?}");
}

/// Evaluates what a `with` shall hold, and refuses what cannot be closed before anything is done with it.
fn check(
    site: &Site,
    context: &mut EvalContext<'_, '_, '_, '_, '_, '_>,
    inputs: &[Expression<'_>],
) -> Result<Dynamic, Thrown> {
    let [value] = inputs else {
        return Ok(Dynamic::UNIT);
    };
    let held = value.eval_with_context(context)?.flatten();
    let is_object = value::handle_type(&held).and_then(closer).is_some();
    if is_object || class::closes(&held) || is_closing_map(&held) {
        let kept = if is_object { held.clone() } else { Dynamic::UNIT };
        site.held.put(site.watch.current.get(), kept);
        return Ok(held);
    }
    Err(site.raise(unclosable(&held), Some(&place(context, value.position()))))
}

/// Where the script is.
fn place<'a>(context: &'a EvalContext<'_, '_, '_, '_, '_, '_>, position: Position) -> NativeCallContext<'a> {
    NativeCallContext::new_with_all_fields(
        context.engine(),
        CLOSE,
        context.global_runtime_state().source(),
        context.global_runtime_state(),
        position,
    )
}

fn unclosable(held: &Dynamic) -> Error {
    Error::type_error(format!(
        "'{}' object does not support the context manager protocol",
        value::glance(held).kind()
    ))
}

/// A script's own object: a map with a `close` function.
fn is_closing_map(held: &Dynamic) -> bool {
    let map = held.read_lock::<Map>();
    map.is_some_and(|map| map.get(CLOSE).is_some_and(Dynamic::is_fnptr))
}

/// Runs the block of a `with`, then closes what it began with.
fn run(
    site: &Site,
    context: &mut EvalContext<'_, '_, '_, '_, '_, '_>,
    inputs: &[Expression<'_>],
) -> Result<Dynamic, Thrown> {
    let depth = context.scope().len();
    let task = site.watch.current.get();
    let others = site.held.count(task);
    #[allow(
        deprecated,
        reason = "volatile, says Rhai; the only way to see what the block leaves behind"
    )]
    let result = match inputs {
        [block] => block.eval_with_context_raw(context, false),
        _ => Ok(Dynamic::UNIT),
    };
    let scope = context.scope_mut();
    let variable = scope
        .len()
        .checked_sub(depth + 1)
        .and_then(|above| scope.iter_raw().nth(above))
        .map(|(_, _, value)| value.flatten_clone());
    scope.rewind(depth);
    let kept = site.held.take(task, others).filter(|kept| !kept.is_unit());
    let Some(held) = kept.or(variable) else {
        return result;
    };
    let position = inputs.first().map_or(Position::NONE, Expression::position);
    let closed = close(site, context, &held, position);
    match result {
        // What went wrong inside is what is told.
        Err(thrown) if !thrown.is_pseudo_error() => Err(thrown),
        result => closed.and(result),
    }
}

fn close(
    site: &Site,
    context: &mut EvalContext<'_, '_, '_, '_, '_, '_>,
    held: &Dynamic,
    position: Position,
) -> Result<(), Thrown> {
    let op = value::handle_type(held).and_then(closer);
    if let Some(op) = op {
        return match site.run_alone(op, Some(value::glance(held))) {
            Ok(_) => Ok(()),
            Err(error) => Err(site.raise(error, Some(&place(context, position)))),
        };
    }
    if let Some(closed) = class::close(site, held) {
        return closed;
    }
    if is_closing_map(held) {
        return close_map(context, held.clone());
    }
    // The block has put something else there.
    Err(site.raise(unclosable(held), Some(&place(context, position))))
}

/// Calls that function.
fn close_map(context: &mut EvalContext<'_, '_, '_, '_, '_, '_>, mut held: Dynamic) -> Result<(), Thrown> {
    let function = held.read_lock::<Map>().and_then(|map| {
        map.get(CLOSE)
            .and_then(|close| close.read_lock::<FnPtr>().map(|f| f.clone()))
    });
    let Some(function) = function else { return Ok(()) };
    let native = NativeCallContext::new_with_all_fields(
        context.engine(),
        CLOSE,
        None,
        context.global_runtime_state(),
        Position::NONE,
    );
    function.call_raw(&native, Some(&mut held), []).map(drop)
}

/// A `with` whose block has not begun.
struct Open {
    depth: usize,
}

/// What the blocks of `with` need.
///
/// # Errors
/// It is not known where one of them stands.
pub(super) fn changes(tokens: &[(Token, Position)], lines: &Lines<'_>) -> Result<Vec<Change>, ParseError> {
    let offset = |position: Position, token: &str| {
        let offset = lines.offset(position, token);
        offset.ok_or_else(|| syntax::too_far("a `with`", position))
    };
    let mut changes = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let mut depth = 0_usize;
    for (place, (token, position)) in tokens.iter().enumerate() {
        match token {
            Token::Reserved(word) if word.as_str() == "with" => {
                if let [(Token::Identifier(name), _), (Token::Equals, equals), ..] = &tokens[place + 1..] {
                    let (start, end) = (offset(*position, word)?, offset(*equals, "=")?);
                    let mut text = format!("{MARK}{{let {name}=");
                    while text.len() < end + 1 - start {
                        text.push(' ');
                    }
                    text.push_str(VALUE);
                    let blank = usize::from(lines.source[end + 1..].starts_with([' ', '\t']));
                    changes.push((start, end + 1 + blank, text));
                    open.push(Open { depth });
                }
            }
            Token::LeftBrace if open.last().is_some_and(|with| with.depth == depth) => {
                // The block's brace: what opened it stands after `with` already.
                open.pop();
                depth += 1;
                let start = offset(*position, "{")?;
                changes.push((start, start + 1, ";".to_owned()));
            }
            Token::LeftBrace | Token::MapStart | Token::LeftParen | Token::LeftBracket => depth += 1,
            Token::RightBrace | Token::RightParen | Token::RightBracket => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(changes)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{fails, works};
    use crate::error::Class;

    #[test]
    fn what_a_with_holds_is_closed_whatever_its_variable_is() {
        works(
            r#"
            let first = socket::socket();
            let second = socket::socket();
            with s = first { s = second; check(s.fileno() == second.fileno()); }
            check(first.fileno() == -1 && second.fileno() > 0);
            with s = second { with t = socket::socket() { s = 5; t = s; } }
            check(second.fileno() == -1);
            // Side by side, the one that begins first ends first.
            let pair = socket::socketpair();
            let waits = task::spawn(|| { with s = pair[0] { s.recv(1); s = (); } });
            task::sleep(0);
            with t = socket::socket() { pair[1].send("x"); waits.join(); check(t.fileno() > 0); }
            check(pair[0].fileno() == -1);
            pair[1].close();
            // What fails before it holds anything closes nothing.
            let outer = socket::socket();
            with s = outer { try { with t = socket::socket(99) { } } catch { } check(s.fileno() > 0); }
            check(outer.fileno() == -1);
            "#,
        );
    }

    #[test]
    fn what_calculates_on_after_its_time_closes_what_it_holds() {
        works(
            r#"
            for way in 0..3 {
                let pair = socket::socketpair();
                let a = pair[0];
                let b = pair[1];
                try {
                    task::timeout(0.02, || {
                        with first = a {
                            with second = b {
                                switch way {
                                    0 => loop {},
                                    1 => loop { try { loop {} } catch { } },
                                    _ => loop { try { task::sleep(100); } catch { } },
                                }
                            }
                        }
                    });
                    check(false);
                } catch (e) {
                    check(e.is(errors::TimeoutError));
                }
                check(a.fileno() == -1 && b.fileno() == -1);
            }
            "#,
        );
    }

    #[test]
    fn a_with_refuses_what_it_cannot_close_before_its_block_runs() {
        works(
            r#"
            let ran = false;
            for value in [5, "text", #{ close: 1 }, [1], ()] {
                try { with s = value { ran = true; } throw "no"; } catch (e) { check(e.is(errors::TypeError)); }
                try { with s=value{ ran = true; } throw "no"; } catch (e) { check(e.is(errors::TypeError)); }
            }
            check(!ran);
            let closed = 0;
            let own = #{ close: || closed += 1 };
            with s = own { closed += 10; }
            with s=own{ closed += 10; }
            check(closed == 22);
            with a = socket::socket() { with b = a { check(b == a); } }
            "#,
        );
        let (error, told) = fails("let n = 1;\n  with s = n + 1 { throw \"the block\"; }");
        assert_eq!(error.class(), Class::TypeError, "{told}");
        assert!(
            told.starts_with("test:2:14: TypeError: 'int' object does not"),
            "{told}"
        );
    }
}
