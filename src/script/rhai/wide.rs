//! Calls of a module's function with many arguments, without Rhai's search for it.
//!
//! Rhai looks for a native function once for each combination of types that its arguments may be declared with: `struct::pack`
//! with fifteen values after 65,536 attempts, at each call, and with more never, as it takes no more than sixteen arguments
//! that may be anything. So in the text of a script the tokens before such a call's arguments are exchanged as the parser reads them:
//! `struct` `::` `pack` becomes a key that begins a custom syntax, the place of the operation in the table, and its name.
//! What is called as a method or globally needs no such thing: Rhai asks `object` where it knows no function.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use rhai::{
    Dynamic, Engine, EvalContext, Expression, ImmutableString, NativeCallContext, ParseError, Position, Token,
};

use crate::api::{self, Default, Op, Owner, Param};

use super::error::Thrown;
use super::op::Site;
use super::syntax;

/// What begins the syntax: nothing that a script can write. Messages of the parser name it.
const KEY: &str = "f(…)";
/// Arguments that Rhai's search is left with.
const FEW: usize = 6;

/// Registers the syntax.
pub(super) fn install(engine: &mut Engine, site: &Rc<Site>) {
    let site = site.clone();
    engine.register_custom_syntax_with_state_raw(
        KEY,
        |symbols, ahead, _| Ok(next(symbols, ahead)),
        false,
        move |context, inputs, _| run(&site, context, inputs),
    );
}

/// What follows in the syntax.
fn next(symbols: &[ImmutableString], ahead: &str) -> Option<ImmutableString> {
    let next = match symbols {
        [_] => "$int$",
        [_, _] => "$ident$",
        [_, _, _] => "(",
        [.., last] => match (last.as_str(), ahead) {
            (")", _) => return None,
            ("$expr$", ",") => ",",
            // A comma may end the list.
            ("$expr$", _) | (",", ")") => ")",
            _ => "$expr$",
        },
        [] => return None,
    };
    Some(next.into())
}

/// Evaluates the arguments and runs the operation.
fn run(
    site: &Site,
    context: &mut EvalContext<'_, '_, '_, '_, '_, '_>,
    inputs: &[Expression<'_>],
) -> Result<Dynamic, Thrown> {
    let [row, name, arguments @ ..] = inputs else {
        return Ok(Dynamic::UNIT);
    };
    let place = row
        .get_literal_value::<i64>()
        .and_then(|row| usize::try_from(row).ok());
    let Some(op) = place.and_then(|place| api::ops().nth(place)) else {
        return Ok(Dynamic::UNIT);
    };
    let mut values = Vec::with_capacity(arguments.len());
    for argument in arguments {
        values.push(argument.eval_with_context(context)?.flatten());
    }
    let native = NativeCallContext::new_with_all_fields(
        context.engine(),
        op.name,
        context.global_runtime_state().source(),
        context.global_runtime_state(),
        name.position(),
    );
    let mut values: Vec<&mut Dynamic> = values.iter_mut().collect();
    site.run(op, &native, &mut values)
}

/// Tokens to exchange in the text that is being compiled.
#[derive(Debug, std::default::Default)]
pub(super) struct Exchanged(RefCell<HashMap<Position, Token>>);

impl Exchanged {
    /// Finds the calls in the text of a script.
    ///
    /// # Errors
    /// It is not known where one of them stands.
    pub(super) fn note(&self, tokens: &[(Token, Position)]) -> Result<(), ParseError> {
        let imported = imported(tokens);
        let mut exchanged = self.0.borrow_mut();
        // What is open: the call whose arguments it holds, and the commas in it.
        let mut open: Vec<(Option<Call>, usize)> = Vec::new();
        for (place, (token, _)) in tokens.iter().enumerate() {
            match token {
                Token::LeftParen => open.push((call(tokens, place, &imported), 0)),
                Token::LeftBracket | Token::LeftBrace | Token::MapStart => open.push((None, 0)),
                Token::RightParen | Token::RightBracket | Token::RightBrace => {
                    open.pop();
                }
                Token::Comma => {
                    let Some((call, commas)) = open.last_mut() else {
                        continue;
                    };
                    *commas += 1;
                    if *commas >= FEW
                        && let Some(Call { start, colons, row }) = call.take()
                    {
                        if !(syntax::is_known(start) && syntax::is_known(colons)) {
                            return Err(syntax::too_far("a call with many arguments", start));
                        }
                        exchanged.insert(start, Token::Custom(Box::new(KEY.into())));
                        exchanged.insert(colons, Token::IntegerConstant(row));
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// What stands there instead.
    pub(super) fn token(&self, position: Position) -> Option<Token> {
        self.0.borrow().get(&position).cloned()
    }

    pub(super) fn clear(&self) {
        self.0.borrow_mut().clear();
    }
}

/// Whether a text can have such calls: they name one of these functions.
pub(super) fn may_concern(source: &str) -> bool {
    api::ops().any(|op| takes_many(op) && source.contains(op.name))
}

/// Whether it is a module's function that takes any number of arguments.
fn takes_many(op: &Op) -> bool {
    let takes_rest = |last: &Param| matches!(last.default, Default::Rest | Default::Values);
    matches!(op.on, Owner::Module(name) if !name.is_empty()) && op.params.last().is_some_and(takes_rest)
}

/// The place in the table of such a function.
fn row(module: &str, name: &str) -> Option<i64> {
    let place = api::ops().position(|op| {
        takes_many(op) && op.name == name && matches!(op.on, Owner::Module(owner) if owner == module)
    })?;
    i64::try_from(place).ok()
}

/// Whether what follows belongs to a longer path.
fn is_path(before: &Token) -> bool {
    matches!(before, Token::DoubleColon | Token::Period | Token::Elvis)
}

/// The names that the script has for modules of its own.
fn imported(tokens: &[(Token, Position)]) -> HashSet<&str> {
    let names = tokens.windows(2).filter_map(|pair| match pair {
        [(Token::As, _), (Token::Identifier(name), _)] => Some(name.as_str()),
        _ => None,
    });
    names.collect()
}

/// A call that may have many arguments.
struct Call {
    start: Position,
    colons: Position,
    row: i64,
}

/// The call whose arguments begin with the parenthesis at this place.
fn call(tokens: &[(Token, Position)], place: usize, imported: &HashSet<&str>) -> Option<Call> {
    let first = place.checked_sub(3)?;
    let [
        (Token::Identifier(module), start),
        (Token::DoubleColon, colons),
        (Token::Identifier(name), _),
    ] = &tokens[first..place]
    else {
        return None;
    };
    let before = first.checked_sub(1).map(|before| &tokens[before].0);
    if before.is_some_and(is_path) || imported.contains(module.as_str()) {
        return None;
    }
    Some(Call {
        start: *start,
        colons: *colons,
        row: row(module, name)?,
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{fails, works};
    use crate::error::Class;

    #[test]
    fn any_number_of_arguments_is_handed_on() {
        let many = |first: &str, count: usize| {
            let values: Vec<_> = (1..=count).map(|value| value.to_string()).collect();
            format!("{first}, {}", values.join(", "))
        };
        for count in [5, 6, 7, 14, 15, 16, 17, 64, 300] {
            works(&format!(
                "let sum = task::spawn({}).join();
                let packed = struct::pack({});
                check(packed.len() == 2 * {count} && `${{struct::pack({}).len()}}` == `${{2 * {count}}}`);
                check(struct::unpack(\"{count}H\", packed)[{count} - 1] == {count});",
                many("|a| a", 1),
                many(&format!("\"{count}H\""), count),
                many(&format!("\"{count}H\""), count),
            ));
        }
    }

    #[test]
    fn they_may_be_of_any_types_and_stand_anywhere() {
        works(
            r#"
            let pair = socket::socketpair();
            let buffer = bytearray(24);
            let n = 7;
            let f = |a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r| [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r];
            fn values() { [1, 2.5, "x", true, (), 'c', blob(2), [1], #{ a: 1 }] }
            let t = task::spawn(f, 1, 2.5, "x", true, (), 'c', blob(2), [1, 2], #{ a: 1 }, pair[0], n, || n, 1 + 2, [4][0],
                errors::OSError, buffer, "q", values());
            let got = t.join();
            check(got.len() == 18 && got[9] == pair[0] && got[10] == 7 && got[12] == 3 && got[17] == values() && n == 7);
            check(struct::pack("<BBBBBBBB?fd2s3sBBBBBB", 1, 2, 3, 4, 5, 6, 7, 8, true, 1.5, 2.5, "ab", blob(3, 1), 1, 2, 3, 4, 5,
                6,).len() == 8 + 1 + 4 + 8 + 2 + 3 + 6);
            struct::pack_into("<20B", buffer, 2, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20);
            check(buffer[2] == 1 && buffer[21] == 20 && buffer[22] == 0);
            let length = 1 + struct::pack("20B", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20).len() * 2;
            check(length == 41);
            check(struct::pack("7B", 1, 2, 3, 4, 5, 6, 7)[6] == 7);
            with s=socket::socket(){check(struct::pack("7B", 1, 2, 3, 4, 5, 6, 7).len() == 7)}
            "#,
        );
    }

    #[test]
    fn their_errors_tell_where() {
        let few = "let n = 1;\n  struct::pack(\"2B\", 1)";
        let (_, told) = fails(few);
        let place: String = told.split(": ").take(1).collect();
        for (count, values) in [
            (10, "1, ".repeat(8) + "256, 1"),
            (20, "1, ".repeat(18) + "256, 1"),
        ] {
            let (error, told) = fails(&format!("let n = 1;\n  struct::pack(\"{count}B\", {values})"));
            assert!(told.starts_with(&place), "{place}: {told}");
            assert_eq!(error.class(), Class::StructError, "{told}");
        }
        let (error, told) =
            fails("task::spawn(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18)");
        assert_eq!(error.class(), Class::TypeError, "{told}");
        let (_, told) = fails("let s = 1;\nlet p = struct::pack(\"7B\", 1, 2, 3, 4, 5, 6, nothing);");
        assert!(told.contains(":2:") && told.contains("nothing"), "{told}");
    }
}
