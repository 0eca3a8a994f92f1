//! What Rhai's arrays do with a function that compares: `sort`, `order`, `dedup`. Rhai's own take an error of that function for
//! an answer and go on, be it `sys::exit` or the end of a limit; these raise it, and leave the array as it was.
//!
//! A merge of sorted halves asks no more than needed and comes to an end whatever the answers are. The elements stay in their
//! order where they are equal, as in Rhai's.

use std::any::TypeId;
use std::cmp::Ordering;
use std::rc::Rc;

use rhai::{Array, Dynamic, FnPtr, FuncRegistration, Module, NativeCallContext, RhaiFunc};

use super::error::Thrown;
use super::op::{Native, register};

/// Registers them.
pub(super) fn install(functions: &mut Module) {
    let sort: Native = Rc::new(|context, args| {
        if let Some(sorted) = sorted(context.as_ref(), args)? {
            put(args, sorted);
        }
        Ok(Dynamic::UNIT)
    });
    let dedup: Native = Rc::new(|context, args| {
        if let Some(left) = without_repeats(context.as_ref(), args)? {
            put(args, left);
        }
        Ok(Dynamic::UNIT)
    });
    let order: Native = Rc::new(|context, args| {
        Ok(sorted(context.as_ref(), args)?.map_or(Dynamic::UNIT, Dynamic::from_array))
    });
    for (name, native) in [("sort", &sort), ("sort_by", &sort), ("dedup", &dedup)] {
        changing(functions, name, native);
    }
    for name in ["order", "order_by"] {
        register(functions, name, &types(), &order);
    }
}

fn types() -> [TypeId; 2] {
    [TypeId::of::<Array>(), TypeId::of::<FnPtr>()]
}

/// Registers one that changes its array, which Rhai then refuses for constants.
fn changing(module: &mut Module, name: &str, native: &Native) {
    let function = RhaiFunc::Method {
        func: native.clone(),
        has_context: true,
        is_pure: false,
        is_volatile: true,
    };
    FuncRegistration::new(name).set_into_module_raw(module, types(), function);
}

/// A copy of the array, and the function.
fn read(args: &[&mut Dynamic]) -> Option<(Array, FnPtr)> {
    let [array, function] = args else { return None };
    Some((
        array.read_lock::<Array>()?.clone(),
        function.read_lock::<FnPtr>()?.clone(),
    ))
}

fn put(args: &mut [&mut Dynamic], items: Array) {
    if let Some(mut array) = args.first_mut().and_then(|array| array.write_lock::<Array>()) {
        *array = items;
    }
}

fn sorted(context: Option<&NativeCallContext<'_>>, args: &[&mut Dynamic]) -> Result<Option<Array>, Thrown> {
    let (Some((mut items, function)), Some(context)) = (read(args), context) else {
        return Ok(None);
    };
    let compare = |one: &Dynamic, other: &Dynamic| {
        let answer = function.call_raw(context, None, [one.clone(), other.clone()])?;
        Ok(ordering(&answer).unwrap_or_else(|| one.type_id().cmp(&other.type_id())))
    };
    sort(&mut items, &compare)?;
    Ok(Some(items))
}

/// What a comparator says: a number as in C, or whether the first comes before the second.
fn ordering(answer: &Dynamic) -> Option<Ordering> {
    match answer.as_bool() {
        Ok(true) => Some(Ordering::Less),
        Ok(false) => Some(Ordering::Greater),
        Err(_) => answer.as_int().ok().map(|number| number.cmp(&0)),
    }
}

/// Sorts each half and merges them.
fn sort(
    items: &mut [Dynamic],
    compare: &dyn Fn(&Dynamic, &Dynamic) -> Result<Ordering, Thrown>,
) -> Result<(), Thrown> {
    if items.len() < 2 {
        return Ok(());
    }
    let (left, right) = items.split_at_mut(items.len() / 2);
    sort(left, compare)?;
    sort(right, compare)?;
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.iter_mut().peekable(), right.iter_mut().peekable());
    while let (Some(one), Some(other)) = (left.peek(), right.peek()) {
        let first = if compare(other, one)? == Ordering::Less {
            right.next()
        } else {
            left.next()
        };
        merged.extend(first.map(Dynamic::take));
    }
    merged.extend(left.chain(right).map(Dynamic::take));
    for (place, item) in items.iter_mut().zip(merged) {
        *place = item;
    }
    Ok(())
}

/// The elements but for those of which the function says that they are as the one before.
fn without_repeats(
    context: Option<&NativeCallContext<'_>>,
    args: &[&mut Dynamic],
) -> Result<Option<Array>, Thrown> {
    let (Some((items, function)), Some(context)) = (read(args), context) else {
        return Ok(None);
    };
    let mut left = Array::new();
    for item in items {
        let repeats = match left.last() {
            Some(last) => {
                let answer = function.call_raw(context, None, [last.clone(), item.clone()])?;
                answer.as_bool().unwrap_or(false)
            }
            None => false,
        };
        if !repeats {
            left.push(item);
        }
    }
    Ok(Some(left))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{fails, works};
    use crate::error::Class;

    #[test]
    fn a_comparator_decides_as_in_rhai() {
        works(
            r#"
            let a = [3, 1, 2, 10, 7, 7, 0];
            a.sort(|x, y| x - y);
            check(a == [0, 1, 2, 3, 7, 7, 10]);
            a.sort_by(|x, y| y - x);
            check(a == [10, 7, 7, 3, 2, 1, 0]);
            a.sort(|x, y| x < y);
            check(a == [0, 1, 2, 3, 7, 7, 10]);
            check([2, 1, 3].order(|x, y| y - x) == [3, 2, 1] && [2, 1].order_by(|x, y| x <= y) == [1, 2]);
            const FIXED = [2, 1];
            check(FIXED.order(|x, y| x - y) == [1, 2] && FIXED == [2, 1]);
            // Equal ones stay in their order.
            let pairs = [[1, "a"], [0, "b"], [1, "c"], [0, "d"], [1, "e"]];
            pairs.sort(|x, y| x[0] - y[0]);
            check(pairs == [[0, "b"], [0, "d"], [1, "a"], [1, "c"], [1, "e"]]);
            // What is neither number nor truth leaves them by their types.
            let same = [3, 1, 2];
            same.sort(|x, y| ());
            check(same == [3, 1, 2]);
            let long = [];
            for i in 0..500 { long.push((i * 7919) % 503); }
            let plain = long;
            plain.sort();
            long.sort(|x, y| if x > y { 1 } else if x < y { -1 } else { 0 });
            check(long == plain);
            [].sort(|x, y| throw "no");
            [1].sort(|x, y| throw "no");
            let up = |x, y| x - y;
            fn down(x, y) { y - x }
            let b = [1, 3, 2];
            b.sort(up);
            check(b == [1, 2, 3]);
            b.sort(down);
            check(b == [3, 2, 1]);
            let d = [1, 2, 2, 4, 4, 1];
            d.dedup(|x, y| x == y);
            check(d == [1, 2, 4, 1]);
            let e = [1, 2, 3, 1, 0, 5];
            e.dedup(|x, y| x >= y);
            check(e == [1, 2, 3, 5]);
            "#,
        );
    }

    #[test]
    fn what_a_comparator_raises_is_raised() {
        works(
            r#"
            for name in ["sort", "sort_by", "order", "order_by", "dedup"] {
                let a = [3, 1, 2];
                let caught = ();
                try {
                    switch name {
                        "sort" => a.sort(|x, y| throw "no"),
                        "sort_by" => a.sort_by(|x, y| throw "no"),
                        "order" => a.order(|x, y| throw "no"),
                        "order_by" => a.order_by(|x, y| throw "no"),
                        _ => a.dedup(|x, y| throw "no"),
                    }
                } catch (e) { caught = e; }
                check(caught == "no" && a == [3, 1, 2]);
            }
            // A limit's end, and a cancelling.
            let a = [3, 1, 2];
            let name = ();
            try { task::timeout(0.01, |list| list.sort(|x, y| { task::sleep(5); x - y }), a); } catch (e) { name = e.name; }
            check(name == "TimeoutError");
            let t = task::spawn(|list| { list.sort(|x, y| { task::sleep(5); x - y }); "through" }, a);
            task::sleep(0);
            t.cancel();
            try { t.join(); name = "through"; } catch (e) { name = e.name; }
            check(name == "CancelledError");
            "#,
        );
        let (error, told) = fails("let a = [3, 1, 2];\na.sort(|x, y| sys::exit(5));\nthrow \"still here\";");
        assert_eq!(error.class(), Class::SystemExit, "{told}");
        let (error, told) = fails("let a = [3, 1, 2];\na.sort(|x| x);");
        assert_eq!(error.class(), Class::TypeError, "{told}");
        let (error, told) = fails("const A = [3, 1, 2];\nA.sort(|x, y| x - y);");
        assert_eq!(error.class(), Class::TypeError, "{told}");
    }
}
