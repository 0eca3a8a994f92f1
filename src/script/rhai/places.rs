//! Places of scripts that Rhai does not tell about while it runs them: found in the syntax tree when a script is
//! compiled.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use rhai::{AST, ASTNode, Expr, FnCallExpr, Position, Stmt};

/// What was found in all scripts so far, which must be kept for as long as this is asked.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// Where a variable itself is wanted and not what it holds: the addresses of the names that stand there.
    variables: RefCell<HashSet<usize>>,
    /// Whether any script captures a variable at all.
    any_capture: Cell<bool>,
    /// Whether any script catches errors.
    any_catch: Cell<bool>,
    /// Where each function and method is called, by script and name; nothing where that is more than one place.
    calls: RefCell<Calls>,
}

impl Places {
    /// Looks through a compiled script.
    pub(super) fn note(&self, ast: &AST) {
        let mut variables = self.variables.borrow_mut();
        let mut calls = self.calls.borrow_mut();
        let source = ast.source().unwrap_or_default();
        ast.walk(&mut |path: &[ASTNode<'_>]| {
            match path.last() {
                Some(ASTNode::Stmt(Stmt::Share(_))) => self.any_capture.set(true),
                Some(ASTNode::Stmt(Stmt::TryCatch(..))) => self.any_catch.set(true),
                Some(ASTNode::Stmt(Stmt::Assignment(assignment))) => {
                    variables.extend(address(&assignment.1.lhs));
                }
                Some(
                    ASTNode::Expr(Expr::FnCall(call, position)) | ASTNode::Stmt(Stmt::FnCall(call, position)),
                ) => {
                    variables.extend(captured(call));
                    note_call(&mut calls, source, call, *position);
                }
                Some(ASTNode::Expr(Expr::MethodCall(call, position))) => {
                    note_call(&mut calls, source, call, *position);
                }
                _ => {}
            }
            true
        });
    }

    /// Whether the variable itself is wanted where this very name stands.
    pub(super) fn wants_variable(&self, name: &str) -> bool {
        self.variables.borrow().contains(&(name.as_ptr() as usize))
    }

    /// Whether any script captures a variable at all.
    #[inline]
    pub(super) fn any_capture(&self) -> bool {
        self.any_capture.get()
    }

    /// Whether any script catches errors.
    #[inline]
    pub(super) fn any_catch(&self) -> bool {
        self.any_catch.get()
    }

    /// Where a script calls the method of this name, if that is one place.
    pub(super) fn call(&self, source: &str, name: &str) -> Position {
        let known = self.calls.borrow();
        let place = known.get(&(source.to_owned(), name.to_owned()));
        place.copied().flatten().unwrap_or(Position::NONE)
    }
}

/// Where calls stand, by script and name.
type Calls = HashMap<(String, String), Option<Position>>;

/// Notes where something is called; a second place makes it unknown.
fn note_call(calls: &mut Calls, source: &str, call: &FnCallExpr, position: Position) {
    calls
        .entry((source.to_owned(), call.name.to_string()))
        .and_modify(|known| *known = known.filter(|known| *known == position))
        .or_insert(Some(position));
}

/// A closure is made by a call that hands it the variables it captures.
fn captured(call: &FnCallExpr) -> impl Iterator<Item = usize> {
    let makes_closure = call.name == "curry";
    call.args
        .iter()
        .filter(move |_| makes_closure)
        .filter_map(address)
}

/// The address of a variable's name.
fn address(place: &Expr) -> Option<usize> {
    match place {
        Expr::Variable(variable, ..) => Some(variable.1.as_str().as_ptr() as usize),
        _ => None,
    }
}
