//! What scripts do most with blobs, arrays and texts, without Rhai's dispatch: ask how long one is, as loops do after each receive; put
//! something at an array's end, and take it off.
//!
//! Rhai needs some 3,000 instructions for `data.len() == 0` or `list.push(x)`, as much as for a round of `send` and `recv`; and where
//! values are bounded it walks through the whole array at each such call; here that is done now and then. So these are marked as frequent calls are, and `direct`
//! asks here. What is no plain case goes the ordinary way.

use std::{mem, ptr};

use rhai::{Array, Blob, Dynamic, Expr, Expression, FnCallExpr, ImmutableString, Map, Token};

use super::direct::{Context, variable};
use super::error::Thrown;

/// The methods, and properties, that ask for a length.
pub(super) const SIZES: [&str; 2] = [LEN, IS_EMPTY];
/// The methods that change an array.
pub(super) const CHANGES: [&str; 3] = [PUSH, POP, SHIFT];

const LEN: &str = "len";
const IS_EMPTY: &str = "is_empty";
const PUSH: &str = "push";
const POP: &str = "pop";
const SHIFT: &str = "shift";

/// How deep a value is looked into.
const DEEP: u32 = 16;

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
        LEN => false,
        IS_EMPTY => true,
        _ => return None,
    };
    let value = variable(context, &dot.lhs).filter(|value| arguments == 0 && is_free(value))?;
    let length = if let Some(blob) = value.read_lock::<Blob>() {
        blob.len()
    } else if let Some(text) = value.read_lock::<ImmutableString>() {
        if is_empty {
            text.len()
        } else {
            text.chars().count()
        }
    } else {
        value.read_lock::<Array>()?.len()
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

/// Whether nobody has locked it. Rhai looks at all that is in an array for that.
#[inline]
fn is_free(value: &Dynamic) -> bool {
    !value.is_shared() || !value.is_locked()
}

/// Puts something at the end of the array that a variable holds, or takes something off.
#[inline]
pub(super) fn change(
    context: &mut Context<'_, '_, '_, '_, '_, '_>,
    asked: &Expr,
) -> Option<Result<Dynamic, Thrown>> {
    let Expr::Dot(dot, ..) = asked else { return None };
    let (Expr::Variable(named, ..), Expr::MethodCall(method, position)) = (&dot.lhs, &dot.rhs) else {
        return None;
    };
    let held = variable(context, &dot.lhs).filter(|value| is_free(value))?;
    let (at, length) = (ptr::from_ref(held), held.read_lock::<Array>()?.len());
    // To change them, the scope gives variables out by their names, and constants not at all.
    let name = named.1.as_str();
    if !ptr::eq(at, context.scope_mut().get_mut(name)?) {
        return None;
    }
    match (method.name.as_str(), &method.args[..]) {
        (PUSH, [element]) => {
            let most = context.engine().max_array_size();
            if most > 0 && length >= most {
                return None;
            }
            let element = Expression::from(element).eval_with_context(context);
            Some(element.and_then(|element| {
                push(context, name, element.flatten(), most).map_err(|mut error| {
                    if error.position().is_none() {
                        error.set_position(*position);
                    }
                    error
                })
            }))
        }
        (POP, []) => take(context, name, Vec::pop),
        (SHIFT, []) => take(context, name, |array| {
            (!array.is_empty()).then(|| array.remove(0))
        }),
        _ => None,
    }
}

fn push(
    context: &mut Context<'_, '_, '_, '_, '_, '_>,
    name: &str,
    mut element: Dynamic,
    most: usize,
) -> Result<Dynamic, Thrown> {
    let is_measured = most > 0 && is_to_be_measured(&element, most);
    let engine = context.engine();
    match append(context.scope_mut().get_mut(name), element) {
        Ok(()) => {
            if is_measured && let Some(held) = context.scope_mut().get_mut(name) {
                engine.ensure_data_size_within_limits(held)?;
            }
            return Ok(Dynamic::UNIT);
        }
        Err(left) => element = left,
    }
    // What was evaluated has put something else there.
    let mut held = context
        .scope_mut()
        .get_mut(name)
        .map(mem::take)
        .unwrap_or_default();
    let pushed = context.call_fn_raw(PUSH, true, true, &mut [&mut held, &mut element]);
    if let Some(place) = context.scope_mut().get_mut(name) {
        *place = held;
    }
    pushed
}

/// Puts an element at the end of a free array; it is given back where there is none.
#[inline]
fn append(held: Option<&mut Dynamic>, element: Dynamic) -> Result<(), Dynamic> {
    let Some(held) = held.filter(|held| is_free(held)) else {
        return Err(element);
    };
    match held.write_lock::<Array>() {
        Some(mut array) => {
            array.push(element);
            Ok(())
        }
        None => Err(element),
    }
}

/// Whether an array of which one element more is this has to be walked through, to see that it is within its limit: the likelier, the more the
/// element holds, so that about a quarter of what an array may have comes to it unseen, whatever else a script does meanwhile.
fn is_to_be_measured(element: &Dynamic, most: usize) -> bool {
    let unseen = (most / 4).max(1);
    fastrand::usize(..unseen) < weight(element, unseen, DEEP)
}

/// About how many bytes a value holds: as many as `most` where it is more, or nested deep.
fn weight(value: &Dynamic, most: usize, deep: u32) -> usize {
    let mut sum = size_of::<Dynamic>();
    if let Some(text) = value.read_lock::<ImmutableString>() {
        sum += text.len();
    } else if let Some(blob) = value.read_lock::<Blob>() {
        sum += blob.len();
    } else if deep == 0 {
        sum = most;
    } else if let Some(array) = value.read_lock::<Array>() {
        let mut inner = array.iter();
        while sum < most
            && let Some(value) = inner.next()
        {
            sum += weight(value, most - sum, deep - 1);
        }
    } else if let Some(map) = value.read_lock::<Map>() {
        let mut inner = map.iter();
        while sum < most
            && let Some((key, value)) = inner.next()
        {
            sum += size_of_val(key) + key.len() + weight(value, most - sum, deep - 1);
        }
    }
    sum.min(most)
}

fn take(
    context: &mut Context<'_, '_, '_, '_, '_, '_>,
    name: &str,
    from: impl Fn(&mut Array) -> Option<Dynamic>,
) -> Option<Result<Dynamic, Thrown>> {
    let mut array = context.scope_mut().get_mut(name)?.write_lock::<Array>()?;
    Some(Ok(from(&mut array).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use rhai::Engine;

    use super::super::syntax::lower;
    use super::super::tests::{fails, works};

    #[test]
    fn only_whole_expressions_are_marked() {
        for (source, lowered) in [
            ("if d.len() == 0 { }", "if$d.len() == 0 { }"),
            ("while d.len < n { }", "while$d.len < n { }"),
            ("if d.is_empty() { }", "if$d.is_empty() { }"),
            ("let n = d.len();", "let n =$d.len();"),
            ("do { } until d.len() >= 10;", "do { } until$d.len() >= 10;"),
            ("if d.len() == 0 && x { }", "if d.len() == 0 && x { }"),
            ("if d.len() == n.m { }", "if d.len() == n.m { }"),
            ("if d.len() - 1 == 0 { }", "if d.len() - 1 == 0 { }"),
            ("if x && d.len() == 0 { }", "if x &&$d.len() == 0 { }"),
            ("if x || d.len() == 0 && y { }", "if x || d.len() == 0 && y { }"),
            ("n += d.len();", "n +=$d.len();"),
            ("n -= d.pop();", "n -=$d.pop();"),
            ("while n < d.len() { }", "while n <$d.len() { }"),
            ("f(n + d.len)", "f(n +$d.len)"),
            ("let x = n + d.len() == 3;", "let x = n + d.len() == 3;"),
            ("let x = n - d.len() * 2;", "let x = n - d.len() * 2;"),
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
            if text.len() != 3 { check(false); }
            let none = "";
            if none.len() > 0 { check(false); }
            if !none.is_empty() { check(false); }
            while none.is_empty() { none += "x"; }
            check(none == "x");
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
            // Beside others in a calculation.
            let sum = 10;
            sum += array.len();
            sum -= blob.len();
            check(sum == 12 && 2 * text.len() == 6 && sum - array.len == 7);
            let at = 0;
            while at < array.len() { at += 1; }
            check(at == 5);
            if at == 4 || text.len() < 3 { check(false); }
            let both = at == 5 && array.len() == at;
            check(both);
            let joined = "len " + text.len();
            check(joined == "len 3");
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

    #[test]
    fn arrays_change_as_rhai_changes_them() {
        works(
            r##"
            let list = [];
            let word = "a";
            list.push(1);
            list.push(word + "b");
            list.push([word, list.len()]);
            list.push(#{ k: list });
            check(list == [1, "ab", ["a", 2], #{ k: [1, "ab", ["a", 2]] }]);
            // What is pushed is a copy.
            let inner = [1];
            let outer = [];
            outer.push(inner);
            inner.push(2);
            check(outer == [[1]]);
            let last = list.pop();
            check(last.k.len() == 3);
            let first = list.shift();
            check(first == 1 && list == ["ab", ["a", 2]]);
            { list.pop(); list.pop(); }
            let none = list.pop();
            check(none == () && list.is_empty());
            let none = list.shift();
            check(none == ());
            // What closures share, and of two of one name the inner one.
            let add = || { list.push(7); };
            add.call();
            add.call();
            let list_of = list;
            check(list.len() == 2 && list_of == [7, 7]);
            { let list = []; list.push(8); check(list == [8]); }
            check(list == [7, 7]);
            fn inside(list) { list.push(9); list }
            check(inside([1]) == [1, 9]);
            fn own() { this.push(9); let size = this.len(); size }
            check(list.own() == 3 && list == [7, 7, 9]);
            // What is no array has methods of its own, and what is put in its place meanwhile.
            let bytes = blob();
            bytes.push(65);
            let taken = bytes.pop();
            check(taken == 65);
            let map = #{ push: |x| x * 2 };
            let twice = map.push(4);
            check(twice == 8);
            let turned = [1];
            turned.push(eval("turned = blob(); 5"));
            check(turned == blob(1, 5));
            "##,
        );
        let (_, told) = fails(
            "const LIST = [];
 LIST.push(1);",
        );
        assert!(told.contains(":2:"), "{told}");
        let (_, told) = fails(
            "let list = [];
 list.push(missing);",
        );
        assert!(told.contains("missing") && told.contains(":2:"), "{told}");
    }
}
