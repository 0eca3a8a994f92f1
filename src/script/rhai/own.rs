//! What Rhai's own values do here that they do not do elsewhere: a module's array can be asked for what it may not have
//! (`sys::argv.get(1) ?? "default"`), the places of tuples have names, and one of Rhai's own errors, caught, answers to `name` and
//! `is` as ours do.

use std::any::TypeId;
use std::collections::BTreeSet;
use std::rc::Rc;

use rhai::{Array, Dynamic, Engine, EvalAltResult, Map, Module, Position};

use crate::api::{RecordKind, Value};
use crate::error::{Class, Error};
use crate::net::{Net, Stream};
use crate::sys::stdio;

use super::op::{Native, register};
use super::value;
use super::{caught, error};

/// Registers them.
pub(super) fn install(functions: &mut Module) {
    records(functions);
    constant_arrays(functions);
    caught_errors(functions);
}

/// `print` goes to stdout, `debug` to stderr with its place, or to who takes either.
pub(super) fn output(engine: &mut Engine, net: &Rc<Net>) {
    match net.outlet(Stream::Output).cloned() {
        Some(outlet) => engine.on_print(move |text| outlet(format!("{text}\n").as_bytes())),
        None => engine.on_print(stdio::print_line),
    };
    let net = net.clone();
    engine.on_debug(move |text, source, position| {
        let spot = error::spot(source.unwrap_or_default(), position);
        net.complain(format!("{spot}: {text}\n"));
    });
}

/// `key.data`: the places of tuples that have names answer to them.
fn records(functions: &mut Module) {
    let fields = RecordKind::all().into_iter().flat_map(|kind| kind.fields);
    let names: BTreeSet<_> = fields.map(|(name, _)| *name).collect();
    for name in names {
        let native: Native = Rc::new(move |_, args| {
            let place = args
                .first()
                .and_then(|array| value::record_kind(array))
                .and_then(|kind| kind.place(name));
            let item = args.first().and_then(|array| {
                let items = array.read_lock::<Array>()?;
                items.get(place?).cloned()
            });
            item.ok_or_else(|| {
                let text = format!("this array has no place named '{name}'");
                error::thrown(Error::new(Class::AttributeError, text), Position::NONE)
            })
        });
        register(
            functions,
            &format!("get${name}"),
            &[TypeId::of::<Array>()],
            &native,
        );
    }
}

/// `get` as Rhai has it, which its own refuses for constants.
fn constant_arrays(functions: &mut Module) {
    let native: Native = Rc::new(|_, args| {
        let [array, index] = args else {
            return Ok(Dynamic::UNIT);
        };
        let found = index.as_int().ok().and_then(|index| {
            let items = array.read_lock::<Array>()?;
            let from_end = || {
                items
                    .len()
                    .checked_sub(usize::try_from(index.unsigned_abs()).ok()?)
            };
            let place = usize::try_from(index).ok().or_else(from_end)?;
            items.get(place).cloned()
        });
        Ok(found.unwrap_or(Dynamic::UNIT))
    });
    register(
        functions,
        "get",
        &[TypeId::of::<Array>(), TypeId::of::<i64>()],
        &native,
    );
}

/// One of Rhai's own errors, caught, with its class's name: where a script uses a variable that holds one.
pub(super) fn with_name(variable: &Dynamic) -> Option<Dynamic> {
    let map = variable.read_lock::<Map>()?;
    if map.contains_key("name") {
        return None;
    }
    let class = caught::class_of_caught(&map)?;
    Some(caught::correct(&map, class).into())
}

/// `is` on one of Rhai's own errors.
fn caught_errors(functions: &mut Module) {
    // Whatever else was thrown is of no class: a catch block can ask without knowing what it has caught.
    let any = TypeId::of::<Dynamic>();
    let native: Native = Rc::new(|_, args| {
        let [object, class] = args else {
            return Err(EvalAltResult::ErrorRuntime(Dynamic::UNIT, Position::NONE).into());
        };
        let own = object
            .read_lock::<Map>()
            .and_then(|map| caught::class_of_caught(&map));
        let asked = match value::glance(class) {
            Value::Class(class) => Some(class),
            Value::Text(name) => Class::by_name(&name),
            _ => None,
        };
        Ok(own.zip(asked).is_some_and(|(own, asked)| own.is_a(asked)).into())
    });
    register(functions, "is", &[any, any], &native);
}

#[cfg(test)]
mod tests {
    use super::super::tests::works;

    #[test]
    fn a_wrong_call_of_a_closure_is_caught_as_a_type_error() {
        works(
            r#"
            fn through(f) { f.call(1) }
            let two = |a, b| a;
            let text = "a closure is called with (i64), and has other parameters";
            for way in 0..5 {
                let seen = ();
                try {
                    switch way {
                        0 => two.call(1),
                        1 => through(two),
                        2 => task::spawn(|f| f.call(1), two).join(),
                        3 => task::spawn(|f| through(f), two).join(),
                        _ => try { through(two) } catch (e) { throw e },
                    }
                } catch (e) {
                    seen = e.name;
                    check(e.message == text && e.is(errors::TypeError) && !e.is(errors::NameError));
                    check(!`${e}`.contains("anon$"));
                }
                check(seen == "TypeError");
            }
            try { [1].map(|a, b, c| a); } catch (e) { check(e.name == "TypeError" && e.message.contains("(i64, i64)")); }
            try { nothing(1); } catch (e) { check(e.name == "NameError" && e.message == "Function not found: nothing (i64)"); }
            "#,
        );
    }
}
