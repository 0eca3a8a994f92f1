//! The host's functions that scripts call: what may be one ([`Callable`]), what may run on a thread beside the script's
//! ([`BlockingCallable`]), and how either is wrapped for the languages.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::ser::Serialize;

use crate::api::HostFunction;
use crate::error::{Class, Error, Result};
use crate::net::Net;
use crate::script::Language;

use super::data::{Room, all_or_nothing};
use super::value::{Value, from_script, to_script};

/// What [`Runtime::register`](crate::Runtime::register) takes: any Rust function or closure of up to six arguments that can
/// be deserialized, and whose result is `Result<R, E>` with an `R` that can be serialized and an `E` that is or becomes an
/// [`Error`]. `A` is the tuple of its arguments; nobody names it.
///
/// A script may leave out arguments at the end that are `Option`, [`Value`] or `()`. An argument of the type [`Function`](crate::Function)
/// is a function of the script's.
///
/// ```
/// use wirescript::{Callable, Error, Result};
///
/// fn takes<A>(_: impl Callable<A>) {}
///
/// takes(|| -> Result<()> { Ok(()) });
/// takes(|name: String, default: Option<i64>| -> Result<i64> {
///     name.parse().ok().or(default).ok_or_else(|| Error::value("not a number"))
/// });
/// ```
pub trait Callable<A>: sealed::Sealed<A> + 'static {
    /// Calls it with a script's values.
    #[doc(hidden)]
    fn call(&self, name: &str, arguments: Vec<Value>, room: Room<'_>) -> Result<Value>;
}

mod sealed {
    /// Keeps [`super::Callable`] to what is implemented here.
    pub trait Sealed<A> {}
}

/// Stack that a function of the host's finds at least: more than an operation needs, as what it returns may be data whose
/// every level is a few calls deep.
const HOST_STACK: usize = 256 * 1024;

/// Wraps a function for the languages.
pub(super) fn host_function(
    name: &str,
    function: impl Fn(Vec<Value>, Room<'_>) -> Result<Value> + 'static,
    language: &Rc<dyn Language>,
) -> HostFunction {
    language.net().sched().expect_hosts_code();
    let (name, net) = (name.to_owned(), Rc::downgrade(language.net()));
    let language = Rc::downgrade(language);
    Rc::new(move |arguments| {
        let net = net
            .upgrade()
            .ok_or_else(|| Error::runtime("the program is ending"))?;
        let left = net.sched().remaining_stack();
        if left.is_some_and(|left| left < HOST_STACK) {
            return Err(Error::new(Class::RecursionError, "stack overflow"));
        }
        let arguments = arguments
            .into_iter()
            .map(|argument| from_script(argument, Some(&language), &net))
            .collect();
        // Where it converts values, that is the host's code as well.
        let result = caught(&name, || function(arguments, Room::of(net.sched())))?;
        to_script(result, &net, &language)
    })
}

/// Runs code of the host's: a panic is an error that names the function.
fn caught<T>(name: &str, call: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|panic| Err(Error::panicked(name, &*panic)))
}

/// What is left to do on a helper thread; the script's task waits for it.
type Errand = Box<dyn FnOnce() -> Result<Answer> + Send>;
/// What came of it, which becomes a value on the script's thread.
type Answer = Box<dyn FnOnce(Room<'_>) -> Result<Value> + Send>;

/// What [`Runtime::register_blocking`](crate::Runtime::register_blocking) takes: as [`Callable`], of what may go to another
/// thread. The function is `Send` and `Sync`; its arguments, its result and its error are `Send`, so that [`Value`],
/// [`Function`](crate::Function) and [`Descriptor`](crate::Descriptor) are none of them.
///
/// ```
/// use wirescript::{BlockingCallable, Result};
///
/// fn takes<A>(_: impl BlockingCallable<A>) {}
///
/// takes(|path: String| -> Result<String> { Ok(std::fs::read_to_string(path)?) });
/// ```
pub trait BlockingCallable<A>: sealed::Sealed<A> + Send + Sync + 'static {
    /// Reads a script's values.
    #[doc(hidden)]
    fn begin(self: &Arc<Self>, name: &str, arguments: Vec<Value>, room: Room<'_>) -> Result<Errand>;
}

/// Wraps a function for [`host_function`] so that it runs on a helper thread.
pub(super) fn blocking<A: 'static>(
    name: &str,
    function: impl BlockingCallable<A>,
    net: &Rc<Net>,
) -> impl Fn(Vec<Value>, Room<'_>) -> Result<Value> + 'static {
    let (name, function, net) = (name.to_owned(), Arc::new(function), Rc::downgrade(net));
    move |arguments, room| {
        let ending = || Error::runtime("the program is ending");
        let net = net.upgrade().ok_or_else(ending)?;
        let errand = function.begin(&name, arguments, room)?;
        let called = name.clone();
        let answer = net.sched().off_thread(None, move || caught(&called, errand))?;
        answer.ok_or_else(ending)??(room)
    }
}

/// The argument at a place, from 0.
fn argument<T: DeserializeOwned>(
    name: &str,
    place: usize,
    arguments: &mut std::vec::IntoIter<Value>,
    room: Room<'_>,
) -> Result<T> {
    let given = arguments.next();
    let is_missing = given.is_none();
    given.unwrap_or_default().convert_in(room).map_err(|error| {
        if is_missing {
            Error::type_error(format!("{name}() missing argument {}", place + 1))
        } else {
            error.in_context(&format!("{name}() argument {}: ", place + 1))
        }
    })
}

fn refuse_more(name: &str, most: usize, given: usize) -> Result<()> {
    if given <= most {
        return Ok(());
    }
    let plural = if most == 1 { "" } else { "s" };
    Err(Error::type_error(format!(
        "{name}() takes {most} argument{plural} ({given} given)"
    )))
}

macro_rules! callables {
    ($($count:literal: $($type:ident $place:literal),*;)*) => {$(
        impl<F, R, E, $($type),*> sealed::Sealed<($($type,)*)> for F
        where
            F: Fn($($type),*) -> Result<R, E> + 'static,
        {
        }

        impl<F, R, E, $($type),*> Callable<($($type,)*)> for F
        where
            F: Fn($($type),*) -> Result<R, E> + 'static,
            R: Serialize,
            E: Into<Error>,
            $($type: DeserializeOwned,)*
        {
            #[allow(non_snake_case, unused_mut, unused_variables, reason = "the macro serves every arity, none included")]
            fn call(&self, name: &str, arguments: Vec<Value>, room: Room<'_>) -> Result<Value> {
                refuse_more(name, $count, arguments.len())?;
                let mut arguments = arguments.into_iter();
                let ($($type,)*): ($($type,)*) = all_or_nothing(|| {
                    Ok(($(argument(name, $place, &mut arguments, room)?,)*))
                })?;
                Value::of_in(&self($($type),*).map_err(Into::into)?, room)
            }
        }

        impl<F, R, E, $($type),*> BlockingCallable<($($type,)*)> for F
        where
            F: Fn($($type),*) -> Result<R, E> + Send + Sync + 'static,
            R: Serialize + Send + 'static,
            E: Into<Error>,
            $($type: DeserializeOwned + Send + 'static,)*
        {
            #[allow(non_snake_case, unused_mut, unused_variables, reason = "the macro serves every arity, none included")]
            fn begin(self: &Arc<Self>, name: &str, arguments: Vec<Value>, room: Room<'_>) -> Result<Errand> {
                refuse_more(name, $count, arguments.len())?;
                let mut arguments = arguments.into_iter();
                let ($($type,)*): ($($type,)*) = all_or_nothing(|| {
                    Ok(($(argument(name, $place, &mut arguments, room)?,)*))
                })?;
                let function = self.clone();
                Ok(Box::new(move || {
                    let result = function($($type),*).map_err(Into::into)?;
                    let answer: Answer = Box::new(move |room: Room<'_>| Value::of_in(&result, room));
                    Ok(answer)
                }))
            }
        }
    )*};
}

callables! {
    0: ;
    1: A 0;
    2: A 0, B 1;
    3: A 0, B 1, C 2;
    4: A 0, B 1, C 2, D 3;
    5: A 0, B 1, C 2, D 3, G 4;
    6: A 0, B 1, C 2, D 3, G 4, H 5;
}
