//! How long a blob or an array is, and whether that is more or less than a number: what a loop asks after each receive.
//!
//! Rhai needs some 3,000 instructions for `data.len() == 0`, as much as for a round of `send` and `recv`. So it is marked as
//! frequent calls are, and `direct` asks here first. What is no plain case goes the ordinary way.

use rhai::{Dynamic, Expr, FnCallExpr, Token};

use super::direct::{Context, variable};

/// The methods, and properties, whose uses are marked.
pub(super) const NAMES: [&str; 2] = ["len", "is_empty"];

/// Whether a length may be compared by this.
pub(super) fn compares(token: &Token) -> bool {
    relation(token).is_some()
}

/// What a length is asked for by an operator.
fn relation(token: &Token) -> Option<fn(&i64, &i64) -> bool> {
    Some(match token {
        Token::EqualsTo => i64::eq,
        Token::NotEqualsTo => i64::ne,
        Token::LessThan => i64::lt,
        Token::LessThanEqualsTo => i64::le,
        Token::GreaterThan => i64::gt,
        Token::GreaterThanEqualsTo => i64::ge,
        _ => return None,
    })
}

/// What is known of a variable's length.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Answer {
    Is(bool),
    Length(i64),
}

impl From<Answer> for Dynamic {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Is(is) => is.into(),
            Answer::Length(length) => length.into(),
        }
    }
}

/// The length of what the variable holds.
#[inline]
pub(super) fn ask(context: &Context<'_, '_, '_, '_, '_, '_>, asked: &Expr) -> Option<Answer> {
    let Expr::Dot(dot, ..) = asked else { return None };
    let (name, arguments) = match &dot.rhs {
        Expr::MethodCall(method, _) => (method.name.as_str(), method.args.len()),
        Expr::Property(property, _) => (property.2.as_str(), 0),
        _ => return None,
    };
    let is_empty = match name {
        "len" => false,
        "is_empty" => true,
        _ => return None,
    };
    let value = variable(context, &dot.lhs).filter(|value| arguments == 0 && !value.is_shared())?;
    let length = match value.as_blob_ref() {
        Ok(blob) => blob.len(),
        Err(_) => value.as_array_ref().ok()?.len(),
    };
    Some(if is_empty {
        Answer::Is(length == 0)
    } else {
        Answer::Length(i64::try_from(length).ok()?)
    })
}

/// How the length of what a variable holds compares with a number.
#[inline]
pub(super) fn compare(context: &Context<'_, '_, '_, '_, '_, '_>, asked: &FnCallExpr) -> Option<bool> {
    let relation = relation(asked.op_token.as_ref()?)?;
    let [length, number] = &asked.args[..] else {
        return None;
    };
    let number = match number {
        Expr::IntegerConstant(number, _) => *number,
        _ => variable(context, number)?.as_int().ok()?,
    };
    match ask(context, length)? {
        Answer::Length(length) => Some(relation(&length, &number)),
        Answer::Is(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use rhai::Engine;

    use super::super::syntax::lower;
    use super::super::tests::{fails, works};

    #[test]
    fn only_whole_questions_are_marked() {
        for (source, lowered) in [
            ("if d.len() == 0 { }", "if$d.len() == 0 { }"),
            ("while d.len < n { }", "while$d.len < n { }"),
            ("if d.is_empty() { }", "if$d.is_empty() { }"),
            ("let n = d.len();", "let n =$d.len();"),
            ("do { } until d.len() >= 10;", "do { } until$d.len() >= 10;"),
            ("if d.len() == 0 && x { }", "if d.len() == 0 && x { }"),
            ("if d.len() == n.m { }", "if d.len() == n.m { }"),
            ("if d.len() - 1 == 0 { }", "if d.len() - 1 == 0 { }"),
            ("if x && d.len() == 0 { }", "if x && d.len() == 0 { }"),
            ("let n = d.len.m;", "let n = d.len.m;"),
            (
                "fn len(x) { 1 } if d.len() == 0 { }",
                "fn len(x) { 1 } if d.len() == 0 { }",
            ),
        ] {
            assert_eq!(lower(&Engine::new(), source).expect("no mark"), lowered);
        }
    }

    #[test]
    fn they_are_answered_as_rhai_does() {
        works(
            r##"
            let blob = blob(3);
            let array = [1, 2];
            let text = "äöü";
            let map = #{ len: 7, is_empty: "said" };
            let three = 3;
            let answers = [];
            for value in [blob, array, text, map] {
                let length = value.len;
                let same = value.len == three;
                answers.push([length, same]);
            }
            check(answers == [[3, true], [2, false], [3, true], [7, false]]);
            check( blob.len() == 3 );
            if blob.len() != 3 { check(false); }
            if array.len < 2 { check(false); }
            if array.len() <= 1 { check(false); }
            if blob.len() > three { check(false); }
            if array.len() >= three { check(false); }
            if blob.is_empty() { check(false); }
            if array.is_empty { check(false); }
            if text.is_empty() { check(false); }
            let said = map.is_empty;
            check(said == "said");
            // Through what closures share, and with what is no whole number.
            let grow = || { array.push(3); };
            let count = 0;
            while array.len() < 5 { grow.call(); count += 1; }
            check(count == 3);
            let half = 4.5;
            let over = array.len() > half;
            check(over);
            let big = array.len() == "5";
            check(!big);
            fn inside(data) {
                if data.len() == 0 { return "nothing"; }
                "something"
            }
            check(inside(blob(0)) == "nothing" && inside([1]) == "something");
            "##,
        );
        let (_, told) = fails("let x = 5;\n if x.len() == 0 { }");
        assert!(told.contains(":2:"), "{told}");
        let (_, told) = fails("if missing.len() == 0 { }");
        assert!(told.contains("missing"), "{told}");
    }
}
