//! Functions that cross the border: Rust's, which scripts call ([`Callable`]), and a script's, which Rust calls
//! ([`Function`]).

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::{Rc, Weak};

use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use serde::ser::{Serialize, Serializer};

use crate::api::{Callback, HostFunction};
use crate::error::{Class, Error, Result};
use crate::net::Net;
use crate::script::Language;

use super::calls::see_through;
use super::data::{Room, all_or_nothing, hand_over};
use super::value::{Value, from_script, to_script};

/// A function of a script, as a value that scripts return or hand to a function of the host's.
///
/// ```
/// # #[cfg(feature = "lua")] {
/// use wirescript::{Function, Result, Runtime};
///
/// let mut runtime = Runtime::builder().build()?;
/// runtime.register("twice", |f: Function, x: i64| -> Result<i64> { f.call((f.call::<i64>((x,))?,)) })?;
/// let nine: i64 = runtime.eval("twice(function(x) return x * 3 end, 1)")?;
/// assert_eq!(nine, 9);
/// # }
/// # Ok::<(), wirescript::Error>(())
/// ```
#[derive(Clone)]
pub struct Function {
    kept: Rc<dyn Callback>,
    /// What the function is of no use without.
    language: Weak<dyn Language>,
}

impl Function {
    pub(super) fn new(kept: Rc<dyn Callback>, language: Weak<dyn Language>) -> Self {
        Self { kept, language }
    }

    pub(super) fn kept(&self) -> Rc<dyn Callback> {
        self.kept.clone()
    }

    /// Calls it and runs it to its end. Where the host's own function stands that a script has called, it is a part of
    /// that script's task. Anywhere else it is a task of its own, as with
    /// [`Runtime::call_function`](crate::Runtime::call_function): the other tasks run while it waits, and the runtime's
    /// limits and [`Handle::stop`](crate::Handle::stop) end it.
    ///
    /// # Errors
    /// What it raises, the same object; `LimitError` and `CancelledError` as with `call_function`; `TypeError` when what it
    /// returns is no `T`; `RuntimeError` when its runtime has been dropped or is ending.
    ///
    /// ```
    /// # #[cfg(feature = "rhai")] {
    /// use wirescript::{Function, Result, Runtime};
    ///
    /// let mut runtime = Runtime::builder().rhai().build()?;
    /// runtime.register("with_five", |f: Function| -> Result<i64> { f.call((5,)) })?;
    /// assert_eq!(runtime.eval::<i64>("with_five(|x| x + 1)")?, 6);
    /// # }
    /// # Ok::<(), wirescript::Error>(())
    /// ```
    pub fn call<T: DeserializeOwned>(&self, arguments: impl Serialize) -> Result<T> {
        let language = self.language()?;
        let arguments = arguments_of(&arguments, language.net())?;
        let sched = language.net().sched();
        if sched.current().is_some() {
            return result_of(sched.below_host(|| self.kept.ask(arguments))?, &language);
        }
        // Whom the rounds themselves call (`on_failure`) may be told while everything is being ended.
        if !sched.is_running() {
            sched.revive();
        }
        see_through(&language, &self.kept.start("call", arguments)?)
    }

    /// The language it is written in, while that lives.
    pub(super) fn language(&self) -> Result<Rc<dyn Language>> {
        let gone = || Error::runtime("the runtime this function comes from has been dropped");
        self.language.upgrade().ok_or_else(gone)
    }
}

impl Serialize for Function {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        hand_over(Value::Function(self.clone()), serializer)
    }
}

impl<'de> Deserialize<'de> for Function {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Function(function) => Ok(function),
            other => Err(serde::de::Error::custom(format!(
                "invalid type: {}, expected a function",
                other.kind()
            ))),
        }
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<function>")
    }
}

/// The arguments of a call: a tuple's or list's items, nothing for `()`, one argument for anything else.
pub(super) fn arguments_of(
    arguments: &(impl Serialize + ?Sized),
    net: &Rc<Net>,
) -> Result<Vec<crate::api::Value>> {
    match Value::of_in(arguments, Room::of(net.sched()))? {
        Value::None => Ok(Vec::new()),
        Value::List(items) => items.into_iter().map(|item| to_script(item, net)).collect(),
        one => Ok(vec![to_script(one, net)?]),
    }
}

/// The result of a call: one value as it is, several as a list, none as nothing.
pub(super) fn result_of<T: DeserializeOwned>(
    mut results: Vec<crate::api::Value>,
    language: &Rc<dyn Language>,
) -> Result<T> {
    let net = language.net();
    let result = match results.len() {
        0 => crate::api::Value::None,
        1 => results.remove(0),
        _ => crate::api::Value::Several(results),
    };
    from_script(result, Some(&Rc::downgrade(language)), net)
        .convert_in(Room::of(net.sched()))
        .map_err(|error| error.in_context("what the script returned does not fit: "))
}

/// What [`Runtime::register`](crate::Runtime::register) takes: any Rust function or closure of up to six arguments that can
/// be deserialized, and whose result is `Result<R, E>` with an `R` that can be serialized and an `E` that is or becomes an
/// [`Error`]. `A` is the tuple of its arguments; nobody names it.
///
/// A script may leave out arguments at the end that are `Option`, [`Value`] or `()`. An argument of the type [`Function`]
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
pub(super) fn host_function<A: 'static>(
    name: &str,
    function: impl Callable<A>,
    net: &Rc<Net>,
    language: Weak<dyn Language>,
) -> HostFunction {
    net.sched().expect_hosts_code();
    let (name, net) = (name.to_owned(), Rc::downgrade(net));
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
        let call = || function.call(&name, arguments, Room::of(net.sched()));
        let result = catch_unwind(AssertUnwindSafe(call))
            .unwrap_or_else(|panic| Err(Error::panicked(&name, &*panic)))?;
        to_script(result, &net)
    })
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
