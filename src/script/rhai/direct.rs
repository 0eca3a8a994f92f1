//! The most frequent calls, without Rhai's dispatch: of the methods that the table calls hot, where the object is a variable
//! that holds a socket, and the argument a literal, a variable or another such call.
//!
//! Rhai needs some 2,500 instructions for a method call before ours is reached. So each call that looks like one of these
//! gets a mark in the text (`syntax`), a custom syntax around the whole call. When it runs, what stands there is looked at:
//! in the plain case the operation is run at once, by `hot`; in any other the call goes its ordinary way, and since nothing
//! was evaluated until then, nothing is evaluated twice. A call that has another as its argument goes on with what that gave.

use std::rc::Rc;

use rhai::{Dynamic, Engine, EvalContext, Expr, NativeCallContext, Position};

use crate::api::{self, Hot, Op, Type, Value};
use crate::net::Socket;

use super::error::Thrown;
use super::op::Site;
use super::{container, hot, value};

/// Stands before a call in what Rhai compiles, in place of a blank.
pub(super) const MARK: &str = "$";

pub(super) type Context<'a, 'b, 'c, 'd, 'e, 'f> = EvalContext<'a, 'b, 'c, 'd, 'e, 'f>;

/// Registers the syntax that the mark begins.
pub(super) fn install(engine: &mut Engine, site: &Rc<Site>) {
    let rows: Vec<(Hot, &'static Op)> = rows().collect();
    let site = site.clone();
    let registered = engine.register_custom_syntax([MARK, "$expr$"], false, move |context, inputs| {
        let [call] = inputs else {
            return Ok(Dynamic::UNIT);
        };
        let done = match &**call {
            Expr::FnCall(compared, _) => container::compare(context, compared).map(|is| Ok(is.into())),
            call => run(&site, &rows, context, call)
                .or_else(|| container::ask(context, call).map(|answer| Ok(answer.into())))
                .or_else(|| container::change(context, call)),
        };
        done.unwrap_or_else(|| call.eval_with_context(context))
    });
    debug_assert!(registered.is_ok(), "{:?}", registered.err());
}

/// The operations whose calls are marked.
pub(super) fn rows() -> impl Iterator<Item = (Hot, &'static Op)> {
    api::ops()
        .filter(|op| Type::Socket.has(op.on))
        .filter_map(|op| Some((op.hot?, op)))
}

/// Runs the call, if this is its plain case.
#[inline]
fn run(
    site: &Site,
    rows: &[(Hot, &'static Op)],
    context: &mut Context<'_, '_, '_, '_, '_, '_>,
    call: &Expr,
) -> Option<Result<Dynamic, Thrown>> {
    let Expr::Dot(dot, ..) = call else { return None };
    let Expr::MethodCall(method, position) = &dot.rhs else {
        return None;
    };
    let [argument] = &method.args[..] else { return None };
    let &(hot, op) = rows.iter().find(|(_, op)| op.name == method.name.as_str())?;
    let object = variable(context, &dot.lhs)?;
    if object.is_locked() {
        return None;
    }
    let socket = value::socket(object)?;
    let literal;
    let given = match argument {
        Expr::IntegerConstant(number, _) => {
            literal = Dynamic::from(*number);
            &literal
        }
        Expr::StringConstant(text, _) => {
            literal = Dynamic::from(text.clone());
            &literal
        }
        Expr::Dot(..) => {
            let given = match run(site, rows, context, argument)? {
                Ok(given) => given,
                Err(thrown) => return Some(Err(thrown)),
            };
            return Some(go_on(
                site,
                (hot, op),
                context,
                (&dot.lhs, &socket),
                given,
                *position,
            ));
        }
        _ => variable(context, argument).filter(|value| !value.is_shared())?,
    };
    site.watch
        .note(context.global_runtime_state().source(), *position);
    let done = hot::run(&site.net, hot, op, &socket, given)?;
    Some(done.map_err(|error| site.raise(error, Some(&place(context, op, *position)))))
}

/// Runs the outer of two such calls, whose argument is there. From here on the ordinary way would evaluate that again.
fn go_on(
    site: &Site,
    (hot, op): (Hot, &'static Op),
    context: &mut Context<'_, '_, '_, '_, '_, '_>,
    (object, before): (&Expr, &Rc<Socket>),
    mut given: Dynamic,
    position: Position,
) -> Result<Dynamic, Thrown> {
    // Another task may have put something else there while this one waited.
    let now = variable(context, object).filter(|object| !object.is_locked());
    let mut object = now.map_or_else(
        || value::give(Value::Socket(before.clone())),
        Dynamic::flatten_clone,
    );
    let Some(socket) = value::socket(&object) else {
        return context.call_fn_raw(op.name, true, true, &mut [&mut object, &mut given]);
    };
    site.watch.note(context.global_runtime_state().source(), position);
    let place = place(context, op, position);
    match hot::run(&site.net, hot, op, &socket, &given) {
        Some(done) => done.map_err(|error| site.raise(error, Some(&place))),
        None => site.run_bound(op, &place, &mut [&mut object, &mut given]),
    }
}

/// Where the script calls from.
fn place<'a>(
    context: &'a Context<'_, '_, '_, '_, '_, '_>,
    op: &'static Op,
    position: Position,
) -> NativeCallContext<'a> {
    NativeCallContext::new_with_all_fields(
        context.engine(),
        op.name,
        context.global_runtime_state().source(),
        context.global_runtime_state(),
        position,
    )
}

/// The variable that stands there, as the scope has it.
#[inline]
pub(super) fn variable<'a>(
    context: &'a Context<'_, '_, '_, '_, '_, '_>,
    place: &Expr,
) -> Option<&'a Dynamic> {
    let Expr::Variable(variable, short, _) = place else {
        return None;
    };
    if context.global_runtime_state().always_search_scope || !variable.2.is_empty() {
        return None;
    }
    let depth = match short {
        Some(short) => usize::from(short.get()),
        None => variable.0?.get(),
    };
    let mut scope = context.scope().iter_raw();
    scope.nth(depth.checked_sub(1)?).map(|(.., value)| value)
}

#[cfg(test)]
mod tests {
    use rhai::Engine;

    use super::super::syntax::lower;
    use super::super::tests::{fails, works};
    use crate::error::Class;

    #[test]
    fn only_whole_calls_are_marked() {
        for (source, lowered) in [
            ("let d = s.recv(10);", "let d =$s.recv(10);"),
            (
                "{\n  s.send(d);\n  s.sendall(\"x\")\n}",
                "{\n $s.send(d);\n $s.sendall(\"x\")\n}",
            ),
            ("f(a, s.recv(1))", "f(a,$s.recv(1))"),
            ("`a ${ s.recv(1) } b`", "`a ${$s.recv(1) } b`"),
            ("n += s.send(d);", "n +=$s.send(d);"),
            ("let n = 1 + s.send(d);", "let n = 1 + s.send(d);"),
            ("let n = s.recv(1).len();", "let n = s.recv(1).len();"),
            ("let n = s.recv(1) + x;", "let n = s.recv(1) + x;"),
            ("let n = a.b.recv(1);", "let n = a.b.recv(1);"),
            ("let n = s.recv(f(1));", "let n = s.recv(f(1));"),
            ("  s.sendall(s.recv(64));", "  s.sendall(s.recv(64));"),
            ("{ s.sendall(t.recv(n)); }", "{$s.sendall(t.recv(n)); }"),
            ("{ s.send( s.recv(1)) }", "{$s.send($s.recv(1)) }"),
            ("{ s.send(s.recv(1) + x) }", "{ s.send(s.recv(1) + x) }"),
            ("{ s.send(s.recv(s.recv(1))) }", "{ s.send(s.recv(s.recv(1))) }"),
            ("let n = s.recv(1, 2);", "let n = s.recv(1, 2);"),
            ("let n = s?.recv(1);", "let n = s?.recv(1);"),
            ("let n = ? s.recv(1);", "let n = ? s.recv(1);"),
            (
                "fn send(x) { 1 } let n = s.send(1);",
                "fn send(x) { 1 } let n = s.send(1);",
            ),
            (
                "// = s.recv(1);\nlet x = \" s.recv(1);\";",
                "// = s.recv(1);\nlet x = \" s.recv(1);\";",
            ),
        ] {
            assert_eq!(lower(&Engine::new(), source).expect("no mark"), lowered);
        }
    }

    #[test]
    fn marked_calls_do_what_others_do() {
        works(
            r#"
            let pair = socket::socketpair();
            let a = pair[0];
            let b = pair[1];
            let text = "text";
            let size = 100;
            check(a.send(text) == 4);
            let whole = b.recv(size);
            check(whole == text.to_blob());
            // Bytes, through variables that closures capture.
            let data = bytes("\xff\x00");
            let exchange = || {
                a.sendall(data);
                let back = b.recv(size);
                back
            };
            check(exchange.call() == data);
            // A function of the script sees nothing of this scope.
            fn through(from, to) {
                let sent = from.send("through");
                let came = to.recv(sent);
                came
            }
            check(through(a, b) == "through".to_blob());
            // What is no socket answers itself.
            let other = #{ send: |x| x + 1, recv: |x| x * 2 };
            let one = other.send(size);
            let two = other.recv(4);
            check(one == 101 && two == 8);
            a.send("t");
            check(`<${ b.recv(size) }>` == "<[74]>");
            // One within the other; also what is no socket, and what an argument's wait puts in an object's place.
            a.sendall("within");
            { b.sendall(b.recv(size)); }
            check(a.recv(size) == "within".to_blob());
            { check(other.send(other.recv(4)) == 9); }
            let turned = pair[1];
            let changes = task::spawn(|| {
                turned = #{ sendall: |x| x.len() };
                a.sendall("abc");
            });
            let got = turned.sendall(b.recv(size));
            changes.join();
            check(got == 3);
            // A wait, and a text larger than what the kernel takes at once.
            let large = bytes("x");
            large.pad(4000000, 120);
            let writer = task::spawn(|| {
                a.sendall(large);
                a.close();
            });
            let count = 0;
            loop {
                let part = b.recv(65536);
                if part.is_empty() { break; }
                count += part.len();
            }
            writer.join();
            check(count == 4000000);
            check(large.len() == 4000000);
            "#,
        );
    }

    #[test]
    fn their_errors_tell_where() {
        let (error, told) = fails("let s = socket::socketpair()[0];\n\n  let x = s.recv(-1);");
        assert_eq!(error.class(), Class::ValueError);
        assert!(told.contains(":3:"), "{told}");
        let (error, told) = fails("let s = socket::socket();\n s.send(\"x\");");
        assert_eq!(error.class(), Class::BrokenPipeError);
        assert!(told.contains(":2:"), "{told}");
        let (error, told) = fails(
            "let s = socket::socketpair();\n let a = s[0];\n let b = s[1]; a.sendall(\"x\"); a.close();\n { a.send(b.recv(5)); }",
        );
        assert_eq!(error.errno(), Some(9));
        assert!(told.contains(":4:"), "{told}");
        let (_, told) = fails("let s = socket::socket();\n let x = s.recv(nothing);");
        assert!(told.contains("nothing"), "{told}");
    }
}
