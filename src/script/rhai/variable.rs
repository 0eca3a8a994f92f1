//! Captured variables in several tasks.
//!
//! Rhai locks a captured variable for the length of a method call on it, so a socket that one task waits on could not
//! be touched by another. A variable that holds a handle is therefore handed out as the handle itself, which needs no
//! lock. Only two uses want the variable and not what it holds: an assignment to it, and its capture by a closure. Their
//! places are known (`places`) by the address of the name that stands there; for that no two places may share a name, so
//! Rhai's interning of strings is off.
//!
//! A caught error of Rhai's own is a map without the name scripts ask for; the variable that holds it is handed out with it.
//!
//! A captured array or map cannot be handed out so, as scripts change it in place. Where it is in use by a task that
//! waits, the error names it and says what to do.

use std::rc::Rc;

use rhai::{Dynamic, Engine, EvalContext, Position};

use crate::error::{Class, Error};

use super::class;
use super::error::{self, Thrown};
use super::named;
use super::op::Site;
use super::own;
use super::places::Places;
use super::value;
use super::watch::Watch;

/// Looks at a variable a script is about to use: the handle it holds, if that is what is wanted.
#[inline]
pub(super) fn look_up(
    places: &Places,
    site: &Site,
    name: &str,
    index: usize,
    context: &EvalContext<'_, '_, '_, '_, '_, '_>,
) -> Result<Option<Dynamic>, Thrown> {
    let watched = places.any_capture() || places.any_catch();
    if !watched && index > 0 {
        return Ok(None);
    }
    let scope = context.scope();
    let variable = match index.checked_sub(1) {
        Some(depth) => scope.iter_raw().nth(depth).map(|(_, _, value)| value),
        None => scope.get(name),
    };
    if variable.is_none() {
        // A function of the script does not see what its main chunk has: what the host made global it does.
        return Ok(site.host.value(name).or_else(|| named::module(name)));
    }
    if !watched {
        return Ok(None);
    }
    match variable {
        Some(variable) if variable.is_shared() => look_up_shared(places, &site.watch, name, variable),
        Some(variable) if variable.is_map() && !places.wants_variable(name) => Ok(own::with_name(variable)),
        _ => Ok(None),
    }
}

fn look_up_shared(
    places: &Places,
    watch: &Watch,
    name: &str,
    variable: &Dynamic,
) -> Result<Option<Dynamic>, Thrown> {
    while variable.is_locked() {
        let may_change = watch
            .wait_for_lock()
            .map_err(|error| error::thrown(error, Position::NONE))?;
        if !may_change {
            return Err(in_use(name));
        }
    }
    if places.wants_variable(name) {
        return Ok(None);
    }
    if value::handle_type(variable).is_none() && !class::is_handle(variable) {
        return Ok(own::with_name(variable));
    }
    Ok(Some(variable.flatten_clone()))
}

#[cold]
fn in_use(name: &str) -> Thrown {
    let text = format!(
        "the captured variable '{name}' is in use: a call on it, or on something in it, has not returned yet; take what \
         is needed out of it first (let x = {name}[…]; x.recv(…)), so that nothing waits while it is in use"
    );
    error::thrown(Error::new(Class::RuntimeError, text), Position::NONE)
}

/// Has the engine ask for each variable.
pub(super) fn install(engine: &mut Engine, places: Rc<Places>, site: Rc<Site>) {
    engine.set_max_strings_interned(0);
    #[allow(
        deprecated,
        reason = "volatile, says Rhai; the only way to see a variable before it is used"
    )]
    engine.on_var(move |name, index, context| {
        places.note_use(name, site.watch.current.get());
        look_up(&places, &site, name, index, &context)
    });
}
