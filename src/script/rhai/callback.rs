//! Functions of scripts that operations keep and call: audit hooks, taps, tests.
//!
//! A function may have fewer parameters than it is called with, as in Lua: the arguments that are left over are left aside.

use std::any::Any;
use std::rc::{Rc, Weak};

#[allow(
    deprecated,
    reason = "volatile, says Rhai; there is no other way to call back later"
)]
use rhai::NativeCallContextStore;
use rhai::{Dynamic, FnPtr, NativeCallContext, ScriptFuncDef};

use crate::api::{Callback, Value};
use crate::error::{Error, Result};
use crate::sched::Task;

use super::Core;
use super::error::Failure;
use super::task::launch;
use super::{host, value};

/// A function of a script that operations call.
struct Kept {
    core: Weak<Core>,
    function: FnPtr,
    #[allow(deprecated, reason = "as above")]
    store: NativeCallContextStore,
    source: String,
    /// Parameters it has; none where that cannot be known.
    parameters: Option<usize>,
}

/// Keeps a function; what it sees of the script is what `context` sees.
pub(super) fn keep(core: &Weak<Core>, context: &NativeCallContext<'_>, function: FnPtr) -> Rc<dyn Callback> {
    #[allow(deprecated, reason = "as above")]
    let store = context.store_data();
    Rc::new(Kept {
        core: core.clone(),
        parameters: parameters(&store, &function),
        function,
        store,
        source: context.call_source().unwrap_or_default().to_owned(),
    })
}

impl Kept {
    /// The arguments of a call: those the function has no parameters for are left aside, as in Lua.
    fn fitting(&self, arguments: Vec<Value>) -> Vec<Dynamic> {
        let most = self.parameters.unwrap_or(usize::MAX);
        let give = || arguments.into_iter().take(most).map(value::give).collect();
        match self.core.upgrade() {
            // However deep they are: the script may be at the end of its stack.
            Some(core) => core.site.net.sched().deep(give),
            None => give(),
        }
    }
}

/// Parameters a function may have, what it has captured included.
const MOST_PARAMETERS: usize = 24;

/// Parameters a function of a script has, without those for what it has captured.
#[allow(deprecated, reason = "as above")]
pub(super) fn parameters(store: &NativeCallContextStore, function: &FnPtr) -> Option<usize> {
    definition(store, function).map(|definition| taken_by(definition, function))
}

/// A function of the script's, where that is known.
#[allow(deprecated, reason = "as above")]
pub(super) fn definition<'a>(
    store: &'a NativeCallContextStore,
    function: &FnPtr,
) -> Option<&'a ScriptFuncDef> {
    (0..=MOST_PARAMETERS).find_map(|count| {
        let mut lib = store.global.lib.iter();
        lib.find_map(|module| module.get_script_fn(function.fn_name(), count).map(Rc::as_ref))
    })
}

/// The arguments such a function takes behind those it has already.
pub(super) fn taken_by(definition: &ScriptFuncDef, function: &FnPtr) -> usize {
    let count = definition.params.len();
    count - function.curry().len().min(count)
}

impl Callback for Kept {
    fn call(&self, arguments: Vec<Value>) -> Result<()> {
        self.ask(arguments).map(drop)
    }

    fn ask(&self, arguments: Vec<Value>) -> Result<Vec<Value>> {
        let core = self.core.upgrade().ok_or_else(ending)?;
        let engine = core.engine()?;
        #[allow(deprecated, reason = "as above")]
        let context = self.store.create_context(&engine);
        let mut arguments = self.fitting(arguments);
        match self.function.call_raw(&context, None, &mut arguments[..]) {
            Ok(value) => Ok(vec![host::owned(&core, &value)]),
            Err(thrown) => Err(Failure::new(&thrown, &self.source).error),
        }
    }

    fn start(&self, name: &str, arguments: Vec<Value>) -> Result<Rc<Task>> {
        let core = self.core.upgrade().ok_or_else(ending)?;
        let (engine, function, store) = (core.engine()?, self.function.clone(), self.store.clone());
        let mut arguments = self.fitting(arguments);
        launch(&core, name.to_owned(), self.source.clone(), move || {
            #[allow(deprecated, reason = "as above")]
            let context = store.create_context(&engine);
            function.call_raw(&context, None, &mut arguments[..])
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn ending() -> Error {
    Error::runtime("the program is ending")
}

/// The function behind one that is kept.
pub(super) fn kept(function: &dyn Callback) -> Option<FnPtr> {
    let kept = function.as_any().downcast_ref::<Kept>()?;
    Some(kept.function.clone())
}
