//! Functions as values that cross the border: a script's, which Rust calls, and Rust's, which scripts find in their data.

use std::fmt;
use std::rc::{Rc, Weak};

use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use serde::ser::{Serialize, Serializer};

use crate::api::{self, Callback};
use crate::error::{Error, Result};
use crate::script::Language;

use super::callable::{Callable, host_function};
use super::calls::see_through;
use super::data::{Room, hand_over};
use super::value::{Value, from_script, to_script};

/// A function as a value: a script's, that scripts return or hand to a function of the host's, or one of the host's own
/// ([`Function::new`]), that scripts find inside the data they are given.
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
pub struct Function(Origin);

#[derive(Clone)]
enum Origin {
    Script {
        kept: Rc<dyn Callback>,
        /// What the function is of no use without.
        language: Weak<dyn Language>,
    },
    Host(Rc<Own>),
}

/// What a function of the host's does with a script's values.
type Call = dyn Fn(Vec<Value>, Room<'_>) -> Result<Value>;

/// A function of the host's that no script has yet.
struct Own {
    name: String,
    function: Box<Call>,
}

impl Function {
    /// A function of Rust's, to be handed to scripts: alone, in a map or list, as the field of a struct that is serialized,
    /// as what another function of the host's returns. That is how the host's functions come into a namespace of their own,
    /// and how objects of the host's are made: a struct of functions that share what they have captured. `name` is what
    /// messages call it; what it may be and what it does in a script is as with
    /// [`Runtime::register`](crate::Runtime::register). It belongs to no runtime: each that it is handed to can call it.
    ///
    /// In Rhai `object.name(x)` calls it with `x` alone. In Lua so does `object.name(x)`, and `object:name(x)` hands over the
    /// object first, as ever.
    ///
    /// ```
    /// use std::cell::Cell;
    /// use std::rc::Rc;
    /// use wirescript::{Function, Result, Runtime};
    ///
    /// #[derive(serde::Serialize)]
    /// struct Door {
    ///     label: &'static str,
    ///     open: Function,
    /// }
    ///
    /// fn door(label: &'static str) -> Door {
    ///     let opened = Rc::new(Cell::new(0));
    ///     let open = Function::new("open", move |times: i64| -> Result<i64> {
    ///         opened.set(opened.get() + times);
    ///         Ok(opened.get())
    ///     });
    ///     Door { label, open }
    /// }
    ///
    /// # #[cfg(feature = "lua")] {
    /// let mut lua = Runtime::builder().lua().build()?;
    /// lua.set("front", door("front"))?;
    /// assert_eq!(lua.eval::<i64>("front.open(2) return front.open(1)")?, 3);
    /// # }
    /// # #[cfg(feature = "rhai")] {
    /// let mut rhai = Runtime::builder().rhai().build()?;
    /// rhai.register("door", || -> Result<Door> { Ok(door("back")) })?;
    /// assert_eq!(rhai.eval::<i64>("let d = door(); d.open(2); d.open(1)")?, 3);
    /// # }
    /// # Ok::<(), wirescript::Error>(())
    /// ```
    pub fn new<A: 'static>(name: &str, function: impl Callable<A>) -> Self {
        let called = name.to_owned();
        let function = move |arguments: Vec<Value>, room: Room<'_>| function.call(&called, arguments, room);
        Self(Origin::Host(Rc::new(Own {
            name: name.to_owned(),
            function: Box::new(function),
        })))
    }

    /// One of a script's.
    pub(super) const fn of_script(kept: Rc<dyn Callback>, language: Weak<dyn Language>) -> Self {
        Self(Origin::Script { kept, language })
    }

    /// Whether both are the same.
    pub(super) fn is(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Origin::Script { kept: one, .. }, Origin::Script { kept: other, .. }) => Rc::ptr_eq(one, other),
            (Origin::Host(one), Origin::Host(other)) => Rc::ptr_eq(one, other),
            _ => false,
        }
    }

    /// What a script of this language calls.
    ///
    /// # Errors
    /// `ValueError` for what is another runtime's, `RuntimeError` when its runtime is gone; `MemoryError`.
    pub(super) fn kept_in(&self, language: &Weak<dyn Language>) -> Result<Rc<dyn Callback>> {
        match &self.0 {
            Origin::Script { kept, language: home } => {
                alive(home)?;
                if !Weak::ptr_eq(home, language) {
                    return Err(Error::value(
                        "the function belongs to another runtime: a script can call its own runtime's only",
                    ));
                }
                Ok(kept.clone())
            }
            Origin::Host(own) => {
                let (language, inner) = (alive(language)?, own.clone());
                let call = move |arguments: Vec<Value>, room: Room<'_>| (inner.function)(arguments, room);
                let function = host_function(&own.name, call, &language);
                language.wrap(&own.name, function)
            }
        }
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
        let (kept, language) = match &self.0 {
            Origin::Script { kept, language } => (kept, alive(language)?),
            Origin::Host(own) => {
                let room = Room::anywhere();
                let arguments = list_of(Value::of_in(&arguments, room)?);
                return (own.function)(arguments, room)?.convert_in(room);
            }
        };
        let arguments = arguments_of(&arguments, &language)?;
        let sched = language.net().sched();
        if sched.current().is_some() {
            return result_of(sched.below_host(|| kept.ask(arguments))?, &language);
        }
        // Whom the rounds themselves call (`on_failure`) may be told while everything is being ended.
        if !sched.is_running() {
            sched.revive();
        }
        see_through(&language, &kept.start("call", arguments)?)
    }
}

/// The language a function is written in, while that lives.
fn alive(language: &Weak<dyn Language>) -> Result<Rc<dyn Language>> {
    let gone = || Error::runtime("the runtime this function comes from has been dropped");
    language.upgrade().ok_or_else(gone)
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
    language: &Rc<dyn Language>,
) -> Result<Vec<api::Value>> {
    let net = language.net();
    let arguments = list_of(Value::of_in(arguments, Room::of(net.sched()))?);
    let home = Rc::downgrade(language);
    arguments
        .into_iter()
        .map(|item| to_script(item, net, &home))
        .collect()
}

fn list_of(arguments: Value) -> Vec<Value> {
    match arguments {
        Value::None => Vec::new(),
        Value::List(items) => items,
        one => vec![one],
    }
}

/// The result of a call: one value as it is, several as a list, none as nothing.
pub(super) fn result_of<T: DeserializeOwned>(
    mut results: Vec<api::Value>,
    language: &Rc<dyn Language>,
) -> Result<T> {
    let net = language.net();
    let result = match results.len() {
        0 => api::Value::None,
        1 => results.remove(0),
        _ => api::Value::Several(results),
    };
    from_script(result, Some(&Rc::downgrade(language)), net)
        .convert_in(Room::of(net.sched()))
        .map_err(|error| error.in_context("what the script returned does not fit: "))
}
