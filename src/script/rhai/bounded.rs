//! Rhai's own functions that would hold the thread or the memory of the whole runtime: `sleep` waits as `task.sleep` does,
//! `replace`, `blob` and `pad` ask first how much they are going to make, and `pad` neither copies a string for each piece nor
//! goes on for ever with an empty one.
//!
//! Rhai's own limits on the size of values are set only where the memory is bounded, and in programs of others: to keep them
//! it walks through an array at every call on it, so that a thousand times as many elements take a million times as long to
//! append (`container` has a way round it). In the command `watch` looks how much memory the program has, now and then and after each step that asked for much; in
//! a program that counts what its threads hold, how much this one has.

use std::any::TypeId;
use std::rc::Rc;
use std::time::Duration;

use rhai::{Array, Blob, Dynamic, Engine, EvalAltResult, FnPtr, ImmutableString, Map, Module, Position};

use crate::error::Error;
use crate::net::Net;
use crate::script::bounds::{is_bounded, most_for_the_program};
use crate::sys::allocator;

use super::error;
use super::op::{Native, Site, register};
use super::watch::{Guard, Watch};

/// Rhai has one limit for the elements of arrays, 16 bytes each, and the bytes of blobs: something between the two.
const ELEMENT: usize = 4;
/// Bytes an entry of a map takes at least.
const ENTRY: usize = 64;
/// Part of the memory that a single value may have.
const SHARE: usize = 4;

/// Bytes one value may have, and the texts and blobs that are read out of one: every step copies what it works on.
pub(super) fn share(net: &Net) -> usize {
    net.memory_limit() / SHARE
}

/// Bytes a thread may hold beyond a script's limits, where they are counted: what an engine is made of.
const ENGINE: usize = 8 << 20;

/// What this thread may hold: as much as it has, and the script's two limits, for its values and its buffers.
fn guard_counted(net: &Net) -> Guard {
    let limit = net.memory_limit();
    let most = limit.saturating_mul(2).saturating_add(ENGINE);
    let most = allocator::held_here().saturating_add(most);
    Guard {
        counted: true,
        most,
        after_large: most,
    }
}

/// What the program may hold: a part of the machine's memory, or what it holds now and so much more.
fn guard(net: &Net) -> Guard {
    let limit = net.memory_limit();
    if !is_bounded(net) {
        return Guard {
            counted: false,
            most: limit / 3 * 2,
            after_large: limit / 4,
        };
    }
    let most = most_for_the_program(net);
    Guard {
        counted: false,
        most,
        after_large: most,
    }
}

/// Bounds what one value may hold, and in the command, where nobody else allocates, what the program holds: Rhai does not look at
/// a container one of whose places is assigned to.
pub(super) fn limit(engine: &mut Engine, site: &Site) {
    let net = &site.net;
    let counts = allocator::counts() && is_bounded(net);
    if counts || allocator::notes() {
        let guard = if counts { guard_counted(net) } else { guard(net) };
        site.watch.guard_memory(guard);
        if !is_bounded(net) {
            return;
        }
    }
    let share = share(net);
    engine.set_max_string_size(share.max(1));
    engine.set_max_array_size((share / ELEMENT).max(1));
    engine.set_max_map_size((share / ENTRY).max(1));
}

/// Registers the replacements.
pub(super) fn install(functions: &mut Module, site: &Rc<Site>) {
    let share = share(&site.net);
    sleep(functions, &site.net);
    replace(functions, share, &site.watch);
    pad(functions, share, &site.watch);
    blobs(functions, share, &site.watch);
    pad_array(functions, share / size_of::<Dynamic>(), &site.watch);
}

/// A length as scripts give it: none is below zero.
fn length(value: &Dynamic) -> usize {
    usize::try_from(value.as_int().unwrap_or(0).max(0)).unwrap_or(usize::MAX)
}

fn too_large(what: &str) -> Box<EvalAltResult> {
    error::thrown(Error::memory(what.to_owned()), Position::NONE)
}

/// Bytes as Rhai takes them of an integer: the lowest eight bits.
fn byte(value: Option<&Dynamic>) -> u8 {
    let value = value.and_then(|value| value.as_int().ok()).unwrap_or(0);
    value.to_le_bytes()[0]
}

fn blobs(functions: &mut Module, most: usize, watch: &Rc<Watch>) {
    let (number, blob) = (TypeId::of::<i64>(), TypeId::of::<Blob>());
    let seen = watch.clone();
    let make: Native = Rc::new(move |_, args| {
        let length = args.first().map_or(0, |value| length(value));
        if length > most {
            return Err(too_large(&format!("a blob of {length} bytes")));
        }
        seen.weigh(length);
        Ok(Dynamic::from_blob(vec![
            byte(args.get(1).map(|value| &**value));
            length
        ]))
    });
    register(functions, "blob", &[number], &make);
    register(functions, "blob", &[number, number], &make);
    let seen = watch.clone();
    let pad: Native = Rc::new(move |_, args| {
        let [blob, wanted, with] = args else {
            return Ok(Dynamic::UNIT);
        };
        let (length, with) = (length(wanted), byte(Some(with)));
        let Some(mut blob) = blob.write_lock::<Blob>() else {
            return Ok(Dynamic::UNIT);
        };
        if length > most {
            return Err(too_large(&format!("a blob of {length} bytes")));
        }
        if length > blob.len() {
            seen.weigh(length);
            blob.resize(length, with);
        }
        Ok(Dynamic::UNIT)
    });
    register(functions, "pad", &[blob, number, number], &pad);
}

fn pad_array(functions: &mut Module, most: usize, watch: &Rc<Watch>) {
    let watch = watch.clone();
    let native: Native = Rc::new(move |_, args| {
        let [array, wanted, with] = args else {
            return Ok(Dynamic::UNIT);
        };
        let (length, with) = (length(wanted), with.flatten_clone());
        let Some(mut array) = array.write_lock::<Array>() else {
            return Ok(Dynamic::UNIT);
        };
        if length > most {
            return Err(too_large(&format!("an array of {length} elements")));
        }
        if length > array.len() {
            // Each is a copy, of all that is in it.
            let each = weight(&with);
            if length.saturating_mul(each) > most.saturating_mul(size_of::<Dynamic>()) {
                return Err(too_large(&format!("an array of {length} such elements")));
            }
            watch.weigh(length.saturating_mul(each));
            array.resize(length, with);
        }
        Ok(Dynamic::UNIT)
    });
    let (array, number) = (TypeId::of::<Array>(), TypeId::of::<i64>());
    register(
        functions,
        "pad",
        &[array, number, TypeId::of::<Dynamic>()],
        &native,
    );
}

/// About how many bytes a copy of it takes.
fn weight(value: &Dynamic) -> usize {
    if value.is_shared() {
        return size_of::<Dynamic>();
    }
    let within = if let Some(items) = value.read_lock::<Array>() {
        items.iter().map(weight).fold(0, usize::saturating_add)
    } else if let Some(entries) = value.read_lock::<Map>() {
        entries
            .values()
            .map(|value| ENTRY.saturating_add(weight(value)))
            .fold(0, usize::saturating_add)
    } else if let Some(function) = value.read_lock::<FnPtr>() {
        function.iter_curry().map(weight).fold(0, usize::saturating_add)
    } else {
        value.read_lock::<Blob>().map_or(0, |bytes| bytes.len())
    };
    size_of::<Dynamic>().saturating_add(within)
}

fn sleep(functions: &mut Module, net: &Rc<Net>) {
    let net = net.clone();
    let native: Native = Rc::new(move |_, args| {
        let seconds = args.first().and_then(|seconds| match seconds.as_int() {
            Ok(whole) => u64::try_from(whole).ok().map(Duration::from_secs),
            Err(_) => Duration::try_from_secs_f64(seconds.as_float().ok()?).ok(),
        });
        if let Some(length) = seconds {
            let slept = net.sched().sleep_until(crate::sched::deadline_after(length));
            slept.map_err(|error| error::thrown(error, Position::NONE))?;
        }
        Ok(Dynamic::UNIT)
    });
    for kind in [TypeId::of::<i64>(), TypeId::of::<f64>()] {
        register(functions, "sleep", &[kind], &native);
    }
}

fn replace(functions: &mut Module, most: usize, watch: &Rc<Watch>) {
    let watch = watch.clone();
    let native: Native = Rc::new(move |_, args| {
        let [text, find, with] = args else {
            return Ok(Dynamic::UNIT);
        };
        let [find, with] = [find, with].map(|part| part.to_string());
        let Some(mut text) = text.write_lock::<ImmutableString>() else {
            return Ok(Dynamic::UNIT);
        };
        let count = text.matches(find.as_str()).count();
        if text.len().saturating_add(count.saturating_mul(with.len())) > most {
            let error = Error::memory(format!("a string of {count} times {} bytes", with.len()));
            return Err::<_, Box<EvalAltResult>>(error::thrown(error, Position::NONE));
        }
        *text = text.replace(find.as_str(), &with).into();
        watch.weigh(text.len());
        Ok(Dynamic::UNIT)
    });
    let (text, letter) = (TypeId::of::<ImmutableString>(), TypeId::of::<char>());
    for find in [text, letter] {
        for with in [text, letter] {
            register(functions, "replace", &[text, find, with], &native);
        }
    }
}

fn pad(functions: &mut Module, most: usize, watch: &Rc<Watch>) {
    let watch = watch.clone();
    let native: Native = Rc::new(move |_, args| {
        let [text, length, with] = args else {
            return Ok(Dynamic::UNIT);
        };
        let with = with.to_string();
        let length = usize::try_from(length.as_int().unwrap_or(0)).unwrap_or(0);
        let Some(mut text) = text.write_lock::<ImmutableString>() else {
            return Ok(Dynamic::UNIT);
        };
        let has = text.chars().count();
        let (missing, width) = (length.saturating_sub(has), with.chars().count().max(1));
        if text
            .len()
            .saturating_add((missing / width).saturating_mul(with.len()))
            > most
        {
            let error = Error::memory(format!("a string of {length} characters"));
            return Err::<_, Box<EvalAltResult>>(error::thrown(error, Position::NONE));
        }
        if length > has && !with.is_empty() {
            let mut padded = text.to_string();
            padded.push_str(&with.repeat(missing / width));
            padded.extend(with.chars().take(missing % width));
            watch.weigh(padded.len());
            *text = padded.into();
        }
        Ok(Dynamic::UNIT)
    });
    let (text, letter) = (TypeId::of::<ImmutableString>(), TypeId::of::<char>());
    for with in [text, letter] {
        register(functions, "pad", &[text, TypeId::of::<i64>(), with], &native);
    }
}
