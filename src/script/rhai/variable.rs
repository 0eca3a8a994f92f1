//! Captured variables in several tasks.
//!
//! Rhai locks a captured variable for the length of a method call on it, so a socket that one task waits on could not
//! be touched by another. A variable that holds a handle is therefore handed out as the handle itself, which needs no
//! lock. Only two uses want the variable and not what it holds: an assignment to it, and its capture by a closure. Their
//! places are found in the syntax tree when a script is compiled, and known again by the address of the name that
//! stands there; for that no two places may share a name, so Rhai's interning of strings is off.
//!
//! A captured array or map cannot be handed out so, as scripts change it in place. Where it is in use by a task that
//! waits, the error names it and says what to do.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;

use rhai::{AST, ASTNode, Dynamic, Engine, EvalContext, Expr, FnCallExpr, Position, Stmt};

use crate::error::{Class, Error};

use super::error::{self, Thrown};
use super::task::Watch;
use super::value;

/// Places of scripts that want a variable itself: the addresses of the names that stand there.
#[derive(Debug, Default)]
pub(super) struct Places {
    known: RefCell<HashSet<usize>>,
    /// Whether any script captures a variable at all.
    any_capture: Cell<bool>,
}

impl Places {
    /// Notes the places of a compiled script, which must be kept for as long as this is asked.
    pub(super) fn note(&self, ast: &AST) {
        let mut places = self.known.borrow_mut();
        ast.walk(&mut |path: &[ASTNode<'_>]| {
            match path.last() {
                Some(ASTNode::Stmt(Stmt::Assignment(assignment))) => {
                    places.extend(address(&assignment.1.lhs));
                }
                Some(ASTNode::Stmt(Stmt::Share(_))) => self.any_capture.set(true),
                Some(ASTNode::Expr(Expr::FnCall(call, _))) => note_call(&mut places, call),
                Some(ASTNode::Stmt(Stmt::FnCall(call, _))) => note_call(&mut places, call),
                _ => {}
            }
            true
        });
    }

    fn wants_variable(&self, name: &str) -> bool {
        self.known.borrow().contains(&(name.as_ptr() as usize))
    }
}

/// A closure is made by a call that hands it the variables it captures.
fn note_call(places: &mut HashSet<usize>, call: &FnCallExpr) {
    if call.name == "curry" {
        places.extend(call.args.iter().filter_map(address));
    }
}

/// The address of a variable's name.
fn address(place: &Expr) -> Option<usize> {
    match place {
        Expr::Variable(variable, ..) => Some(variable.1.as_str().as_ptr() as usize),
        _ => None,
    }
}

/// Looks at a variable a script is about to use: the handle it holds, if that is what is wanted.
#[inline]
pub(super) fn look_up(
    places: &Places,
    watch: &Watch,
    name: &str,
    index: usize,
    context: &EvalContext<'_, '_, '_, '_, '_, '_>,
) -> Result<Option<Dynamic>, Thrown> {
    if !places.any_capture.get() {
        return Ok(None);
    }
    let scope = context.scope();
    let variable = match index.checked_sub(1) {
        Some(depth) => scope.iter_raw().nth(depth).map(|(_, _, value)| value),
        None => scope.get(name),
    };
    match variable {
        Some(variable) if variable.is_shared() => look_up_shared(places, watch, name, variable),
        _ => Ok(None),
    }
}

fn look_up_shared(
    places: &Places,
    watch: &Watch,
    name: &str,
    variable: &Dynamic,
) -> Result<Option<Dynamic>, Thrown> {
    while variable.is_locked() {
        let may_change = watch
            .wait_for_lock()
            .map_err(|error| error::thrown(error, Position::NONE))?;
        if !may_change {
            return Err(in_use(name));
        }
    }
    if value::handle_type(variable).is_none() || places.wants_variable(name) {
        return Ok(None);
    }
    Ok(Some(variable.flatten_clone()))
}

#[cold]
fn in_use(name: &str) -> Thrown {
    let text = format!(
        "the captured variable '{name}' is in use: a call on it, or on something in it, has not returned yet; take what \
         is needed out of it first (let x = {name}[…]; x.recv(…)), so that nothing waits while it is in use"
    );
    error::thrown(Error::new(Class::RuntimeError, text), Position::NONE)
}

/// Has the engine ask for each variable.
pub(super) fn install(engine: &mut Engine, places: std::rc::Rc<Places>, watch: std::rc::Rc<Watch>) {
    engine.set_max_strings_interned(0);
    #[allow(deprecated, reason = "volatile, says Rhai; the only way to see a variable before it is used")]
    engine.on_var(move |name, index, context| look_up(&places, &watch, name, index, &context));
}
