//! Comparing and printing arrays and maps, however deep they are nested. Rhai's own functions call themselves through the engine
//! for each level, copy what they work on on the way, and drop it where the stack is at its end. These go down by themselves, on
//! the values where they are, and raise RecursionError when no stack is left. One text may stand in an array any number of times:
//! what prints longer than a text may be raises MemoryError.
//!
//! A tuple prints as Python prints it.

use std::any::TypeId;
use std::fmt::{self, Write};
use std::rc::Rc;

use rhai::{Array, Dynamic, EvalAltResult, Map, Module, NativeCallContext};

use crate::api;

use super::error::Thrown;
use super::op::{Native, Site, register};
use super::watch::{self, Ending};
use super::{bounded, caught, value};

/// Registers the functions.
pub(super) fn install(functions: &mut Module, site: &Rc<Site>) {
    for kind in [TypeId::of::<Array>(), TypeId::of::<Map>()] {
        for (operator, wanted) in [("==", true), ("!=", false)] {
            let site = site.clone();
            let native: Native = Rc::new(move |context, args| {
                let ([one, other], Some(context)) = (args, &context) else {
                    return Ok(Dynamic::UNIT);
                };
                let call = Call { site: &site, context };
                // Both may be one captured variable.
                flatten(one);
                flatten(other);
                Ok((call.are_equal(one, other)? == wanted).into())
            });
            register(functions, operator, &[kind; 2], &native);
        }
        let site = site.clone();
        let native: Native = Rc::new(move |context, args| {
            let ([value], Some(context)) = (args, &context) else {
                return Ok(Dynamic::UNIT);
            };
            let mut text = String::new();
            let call = Call { site: &site, context };
            let is_text = matches!(context.fn_name(), "print" | "to_string");
            let line = value.read_lock::<Map>().filter(|_| is_text);
            if let Some(line) = line.and_then(|map| caught::line_of_caught(&map)) {
                return Ok(line.into());
            }
            if let Err(ending) = call.print(value, &mut text)? {
                // A text that Rhai puts together would have it print the value by itself, without bounds, if this failed.
                match context.fn_name() {
                    "print" | "debug" => return Err(site.raise(ending.error(), Some(context))),
                    _ => site.watch.end_at_next_step(ending),
                }
                // What is too long for a text Rhai would take for a failure, too, and so it does with the value: whoever sees either after
                // the error that comes at the next step finds that it is gone.
                if ending == Ending::Long {
                    text.clear();
                    **value = Dynamic::UNIT;
                }
            }
            site.watch.weigh(text.len());
            Ok(text.into())
        });
        for name in ["to_string", "print", "to_debug", "debug"] {
            register(functions, name, &[kind], &native);
        }
    }
}

fn flatten(value: &mut Dynamic) {
    if value.is_shared() {
        *value = value.flatten_clone();
    }
}

/// A call under way.
struct Call<'a, 'b> {
    site: &'a Site,
    context: &'a NativeCallContext<'b>,
}

impl Call<'_, '_> {
    #[cold]
    fn too_deep(&self) -> Thrown {
        self.site.raise(watch::stack_overflow(), Some(self.context))
    }

    /// Two arrays or two maps.
    fn are_equal(&self, one: &mut Dynamic, other: &mut Dynamic) -> Result<bool, Thrown> {
        if !self.site.watch.has_room() {
            return Err(self.too_deep());
        }
        if one.is_array() {
            let (Some(mut one), Some(mut other)) = (one.write_lock::<Array>(), other.write_lock::<Array>())
            else {
                return Ok(false);
            };
            if one.len() != other.len() {
                return Ok(false);
            }
            for (one, other) in one.iter_mut().zip(other.iter_mut()) {
                let same = match can_descend(one, other) {
                    true => self.are_equal(one, other)?,
                    false => self.are_items_equal(one, other)?,
                };
                if !same {
                    return Ok(false);
                }
            }
            return Ok(true);
        }
        let (Some(mut one), Some(mut other)) = (one.write_lock::<Map>(), other.write_lock::<Map>()) else {
            return Ok(false);
        };
        if one.len() != other.len() {
            return Ok(false);
        }
        for (key, one) in one.iter_mut() {
            let same = match other.get_mut(key) {
                Some(other) if can_descend(one, other) => self.are_equal(one, other)?,
                Some(other) => self.ask(one, other)?,
                None => false,
            };
            if !same {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What an array holds: values of different types that nothing compares are not equal.
    #[inline(never)]
    fn are_items_equal(&self, one: &mut Dynamic, other: &mut Dynamic) -> Result<bool, Thrown> {
        match self.ask(one, other) {
            Err(thrown) if one.type_id() != other.type_id() && is_unknown(&thrown) => Ok(false),
            answer => answer,
        }
    }

    /// What `==` says of two values.
    #[inline(never)]
    fn ask(&self, one: &mut Dynamic, other: &mut Dynamic) -> Result<bool, Thrown> {
        let answer = self.context.call_native_fn_raw("==", true, &mut [one, other])?;
        Ok(answer.as_bool().unwrap_or(false))
    }

    /// Writes a value; what is said within is why it ends in the middle: no stack is left, or it is too long for a text.
    fn print(&self, value: &Dynamic, text: &mut String) -> Result<Result<(), Ending>, Thrown> {
        if !self.site.watch.has_room() {
            text.push_str("...");
            return Ok(Err(Ending::Deep));
        }
        let most = bounded::share(&self.site.net);
        if value::is_tuple(value) {
            text.push_str(&api::repr(&value::read(value, 0, most)));
        } else if let Some(items) = value.read_lock::<Array>() {
            let mut before = "[";
            for item in items.iter() {
                text.push_str(before);
                if let Err(ending) = self.print(item, text)? {
                    return Ok(Err(ending));
                }
                before = ", ";
            }
            text.push_str(if items.is_empty() { "[]" } else { "]" });
        } else if let Some(items) = value.read_lock::<Map>() {
            let mut before = "#{";
            for (key, item) in items.iter() {
                put(text, format_args!("{before}{key:?}: "));
                if let Err(ending) = self.print(item, text)? {
                    return Ok(Err(ending));
                }
                before = ", ";
            }
            text.push_str(if items.is_empty() { "#{}" } else { "}" });
        } else {
            self.print_item(value.clone(), text)?;
        }
        Ok(if text.len() > most {
            Err(Ending::Long)
        } else {
            Ok(())
        })
    }

    /// Prints what is neither array nor map.
    #[inline(never)]
    fn print_item(&self, mut item: Dynamic, text: &mut String) -> Result<(), Thrown> {
        match self
            .context
            .call_native_fn_raw("to_debug", true, &mut [&mut item])
        {
            Ok(shown) => put(text, format_args!("{shown}")),
            Err(thrown) if thrown.is_catchable() => put(text, format_args!("{item:?}")),
            Err(thrown) => return Err(thrown),
        }
        Ok(())
    }
}

/// Whether two values are compared here: a captured variable could be both.
fn can_descend(one: &Dynamic, other: &Dynamic) -> bool {
    let are_own = !one.is_shared() && !other.is_shared();
    are_own && (one.is_array() && other.is_array() || one.is_map() && other.is_map())
}

/// Whether nothing compares two values.
fn is_unknown(thrown: &EvalAltResult) -> bool {
    matches!(thrown, EvalAltResult::ErrorFunctionNotFound(called, _) if called.starts_with("=="))
}

#[inline(never)]
fn put(text: &mut String, part: fmt::Arguments<'_>) {
    // Writing to a String does not fail.
    let _ = text.write_fmt(part);
}

/// Characters that are told of a value that was thrown and is no text.
const MOST_TOLD: usize = 1 << 16;

/// What a thrown value says: Rhai writes it, but for the end of a long one. One text may stand in an array any number of times.
pub(super) fn text_of(value: &Dynamic) -> String {
    if let Ok(text) = value.as_immutable_string_ref() {
        return text.to_string();
    }
    let mut told = Told(String::new());
    if write!(told, "{value}").is_err() {
        told.0.push_str("...");
    }
    told.0
}

/// A text that takes no more than so much.
struct Told(String);

impl Write for Told {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        let left = MOST_TOLD.saturating_sub(self.0.len());
        if part.len() <= left {
            self.0.push_str(part);
            return Ok(());
        }
        self.0.push_str(&part[..part.floor_char_boundary(left)]);
        Err(fmt::Error)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{fails, works};
    use crate::error::Class;

    #[test]
    fn arrays_and_maps_compare_and_print_as_in_rhai() {
        works(
            r#"
            // What is constant Rhai compares and prints when it compiles.
            fn same(a, b) { a == b && !(a != b) }
            fn text(a) { a.to_string() }
            let s = socket::socketpair();
            check(same([1, "a", 2.5, 'c', (), true, blob(2, 1)], [1, "a", 2.5, 'c', (), true, blob(2, 1)]));
            check(same([1.0], [1]) && same([s[0]], [s[0]]) && same([], []) && same(#{}, #{}));
            check(!same([1, 2], [1, 3]) && !same([1], [1, 2]) && !same([1], ["a"]) && !same([[1]], [[2]]));
            check(!same(s, [s[1], s[0]]) && !same([[]], [#{}]) && !same([()], [[]]));
            check(same(#{ a: [1, #{ b: 2 }] }, #{ a: [1, #{ b: 2 }] }));
            check(!same(#{ a: 1 }, #{ b: 1 }) && !same(#{ a: [1] }, #{ a: [2] }) && !same(#{ a: 1 }, #{ a: [1] }));
            let held = [1, [2]];
            let get = || held;
            check(held == held && [held] == [held] && held in [held] && get.call() == held && held != [1]);
            check([[1], [2]].index_of([2]) == 1 && [#{ a: 1 }].contains(#{ a: 1 }));
            check(text([1, "a\n", 2.5, (), true, [#{}, []]]) == `[1, "a\n", 2.5, (), true, [#{}, []]]`);
            check(text(#{ a: [1, "x"], b: #{ c: () } }) == `#{"a": [1, "x"], "b": #{"c": ()}}`);
            check(text([s[0], errors::OSError, 1..2, Fn("len"), [held]]).ends_with(", 1..2, Fn(len), [[1, [2]]]]"));
            with u = socket::socket() { check(text([u.getsockname()]) == "[('0.0.0.0', 0)]"); }
            "#,
        );
        let (error, told) = fails("let f = || 1; [f] == [f]");
        assert_eq!(error.class(), Class::NameError, "{told}");
    }

    /// Levels that are compared and printed in the stack there is, or not, by how the test is built; never does the process end.
    const DEEP: usize = 10_000;

    #[test]
    fn depth_without_end_is_an_error() {
        let array = format!("let deep = [[]]; for i in 0..{DEEP} {{ deep = [[deep.pop()]]; }}");
        let map = format!(
            "let deep = #{{ x: 1 }}; for i in 0..{DEEP} {{ deep = #{{ x: #{{ x: deep.remove(\"x\") }} }}; }}"
        );
        let caught = [
            "deep == deep",
            "deep != deep",
            "[deep].contains(deep)",
            "[deep].index_of(deep)",
            "deep in [1, deep]",
            "print(deep)",
        ]
        .map(|operation| {
            format!("try {{ {operation}; }} catch (e) {{ check(e.name == \"RecursionError\"); }}")
        });
        works(&format!("{array} {}", caught.join("\n")));
        for operation in ["deep.to_string();", "`${deep}`;"] {
            let (error, told) = fails(&format!("{array} {operation} throw errors::RecursionError();"));
            assert_eq!(error.class(), Class::RecursionError, "{told}");
        }
        let (error, told) = fails(&format!("{map} deep == deep; throw errors::RecursionError();"));
        assert_eq!(error.class(), Class::RecursionError, "{told}");
    }
}
