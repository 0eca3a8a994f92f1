//! Places of scripts that Rhai does not tell about while it runs them: found in the syntax tree when a script is
//! compiled.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use rhai::{AST, ASTNode, Expr, FnCallExpr, ImmutableString, Position, Stmt};

/// What was found in all scripts so far, which must be kept for as long as this is asked.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// Where a variable itself is wanted and not what it holds: the addresses of the names that stand there.
    variables: RefCell<HashSet<usize>>,
    /// Whether any script captures a variable at all.
    any_capture: Cell<bool>,
    /// Whether any script catches errors.
    any_catch: Cell<bool>,
    /// Where each function and method is called, by script and name.
    calls: RefCell<Calls>,
    /// The calls that each variable is a part of, innermost first, by the address of the name that stands there.
    around: RefCell<HashMap<usize, Vec<Around>>>,
    /// The variable that was used last: the address of its name, and the task that used it.
    used: Cell<(usize, u64)>,
}

/// A call that a variable is a part of: its name, and where that stands.
type Around = (ImmutableString, Position);

/// Calls around a variable that are kept.
const MOST_AROUND: usize = 4;

impl Places {
    /// Looks through a compiled script.
    pub(super) fn note(&self, ast: &AST) {
        let mut variables = self.variables.borrow_mut();
        let mut calls = self.calls.borrow_mut();
        let mut around = self.around.borrow_mut();
        let source = ast.source().unwrap_or_default();
        let mut with_variable = HashSet::new();
        let mut called = Vec::new();
        ast.walk(&mut |path: &[ASTNode<'_>]| {
            if let Some(ASTNode::Expr(variable)) = path.last()
                && let Some(address) = address(variable)
            {
                let found: Vec<_> = calls_around(path).take(MOST_AROUND).collect();
                if !found.is_empty() {
                    with_variable.extend(found.iter().map(|(_, position)| *position));
                    around.insert(address, found);
                }
            }
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
                    called.push((call.name.to_string(), *position));
                }
                Some(ASTNode::Expr(Expr::MethodCall(call, position))) => {
                    called.push((call.name.to_string(), *position));
                }
                _ => {}
            }
            true
        });
        for (name, position) in called {
            let has_variable = with_variable.contains(&position);
            let known = calls.entry((source.to_owned(), name)).or_insert(Known {
                only: Some(position),
                have_variables: true,
            });
            known.only = known.only.filter(|known| *known == position);
            known.have_variables &= has_variable;
        }
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

    /// Notes that a task uses the variable whose name stands here.
    #[inline]
    pub(super) fn note_use(&self, name: &str, task: u64) {
        self.used.set((name.as_ptr() as usize, task));
    }

    /// Where a script calls the method of this name, if that is one place.
    pub(super) fn only_call(&self, source: &str, name: &str) -> Position {
        let calls = self.calls.borrow();
        let known = calls.get(&(source.to_owned(), name.to_owned()));
        known.and_then(|known| known.only).unwrap_or(Position::NONE)
    }

    /// Where a script that runs in this task calls the method of this name: if that is one place, or if the variable that was used
    /// last is a part of such a call.
    pub(super) fn call(&self, source: &str, name: &str, task: u64) -> Position {
        let calls = self.calls.borrow();
        let Some(known) = calls.get(&(source.to_owned(), name.to_owned())) else {
            return Position::NONE;
        };
        let last_used = || {
            let around = self.around.borrow();
            let (address, user) = self.used.get();
            // Without a variable of its own a call would be taken for one before it.
            let calls = around
                .get(&address)
                .filter(|_| user == task && known.have_variables)?;
            let call = calls.iter().find(|(known, _)| known == name)?;
            Some(call.1)
        };
        known.only.or_else(last_used).unwrap_or(Position::NONE)
    }
}

/// The calls that the last of these nodes is a part of, innermost first: an argument of them, or what they are called on.
fn calls_around<'a>(path: &'a [ASTNode<'a>]) -> impl Iterator<Item = Around> + 'a {
    path.iter().rev().skip(1).flat_map(|node| match node {
        ASTNode::Expr(Expr::FnCall(call, position) | Expr::MethodCall(call, position))
        | ASTNode::Stmt(Stmt::FnCall(call, position)) => vec![(call.name.clone(), *position)],
        ASTNode::Expr(Expr::Dot(dot, ..)) => chain(&dot.rhs),
        _ => Vec::new(),
    })
}

/// The methods of `.one(…).attribute.two(…)`.
fn chain(mut right: &Expr) -> Vec<Around> {
    let mut calls = Vec::new();
    while calls.len() < MOST_AROUND {
        let (here, next) = match right {
            Expr::Dot(dot, ..) | Expr::Index(dot, ..) => (&dot.lhs, Some(&dot.rhs)),
            last => (last, None),
        };
        if let Expr::MethodCall(call, position) = here {
            calls.push((call.name.clone(), *position));
        }
        match next {
            Some(next) => right = next,
            None => break,
        }
    }
    calls
}

/// Where calls stand, by script and name.
type Calls = HashMap<(String, String), Known>;

/// What is known of the calls of one name.
#[derive(Debug)]
struct Known {
    /// The place, where it is one.
    only: Option<Position>,
    /// Whether a variable is a part of each of them.
    have_variables: bool,
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

#[cfg(test)]
mod tests {
    use super::super::tests::{fails, works};

    #[test]
    fn a_call_that_nothing_answers_tells_where_though_there_are_others() {
        works(
            r#"
            let s = socket::socketpair()[0];
            fn inner(s) {
                s.nothing(1);
            }
            let calls = [
                || s.nothing(1),
                || inner(s),
                || s.recv(s.nothing(2)),
                || [1].map(|n| s.nothing(n)),
                || s.send(),
                || s.send(),
            ];
            let lines = [];
            for f in calls {
                try { f.call(); } catch (e) { lines.push(parse_int(e.traceback.split(":").pop())); }
            }
            let first = lines[0];
            check(lines == [first, first - 3, first + 2, first + 3, first + 4, first + 5]);
            "#,
        );
        let twice = "let s = socket::socketpair()[0];\nif false { s.nothing(); }\ns.nothing();";
        assert!(fails(twice).1.contains(":3:"), "{}", fails(twice).1);
    }

    #[test]
    fn a_method_that_fails_was_called_where_the_script_calls_it() {
        let told =
            fails("let s = socketserver::TCPServer([\"127.0.0.1\", 0], #{});\n\ns.serve_forever(\"soon\");")
                .1;
        let last = told.lines().last().unwrap_or_default();
        assert!(
            last.starts_with("  in a closure, called at ") && last.ends_with(":3:3"),
            "{told}"
        );
    }

    #[test]
    fn a_call_without_a_variable_is_not_taken_for_another() {
        let told = fails("let m = #{ nothing: || 1 };\nm.nothing();\nsocket::socket().nothing();").1;
        assert!(!told.contains(":2:"), "{told}");
    }
}
