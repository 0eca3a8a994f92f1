//! Rhai's own functions that would hold the thread or the memory of the whole runtime: `sleep` waits as `task.sleep` does,
//! `replace` asks first how much it is going to make, and `pad` neither copies a string for each piece nor goes on for ever with
//! an empty one.

use std::any::TypeId;
use std::rc::Rc;
use std::time::{Duration, Instant};

use rhai::{Dynamic, Engine, EvalAltResult, ImmutableString, Module, Position};

use crate::error::Error;
use crate::net::Net;

use super::error;
use super::op::{Native, Site, register};
use super::watch::Watch;

/// Rhai has one limit for the elements of arrays, 16 bytes each, and the bytes of blobs: something between the two.
const ELEMENT: usize = 4;
/// Bytes an entry of a map takes at least.
const ENTRY: usize = 64;
/// Part of the memory that a single value may have.
const SHARE: usize = 4;

/// Bytes one value may have: every step copies what it works on.
fn share(net: &Net) -> usize {
    net.memory_limit() / SHARE
}

/// Bounds what one value may hold.
pub(super) fn limit(engine: &mut Engine, net: &Net) {
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
}

fn sleep(functions: &mut Module, net: &Rc<Net>) {
    let net = net.clone();
    let native: Native = Rc::new(move |_, args| {
        let seconds = args.first().and_then(|seconds| match seconds.as_int() {
            Ok(whole) => u64::try_from(whole).ok().map(Duration::from_secs),
            Err(_) => Duration::try_from_secs_f64(seconds.as_float().ok()?).ok(),
        });
        if let Some(length) = seconds {
            let slept = net.sched().sleep_until(Instant::now().checked_add(length));
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
