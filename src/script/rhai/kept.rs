//! Values of a script that operations keep as they are: what a channel carries, what a selector knows a socket by.

use std::any::Any;
use std::rc::{Rc, Weak};

#[allow(
    deprecated,
    reason = "volatile, says Rhai; there is no other way to call back later"
)]
use rhai::NativeCallContextStore;
use rhai::{Array, Dynamic, FnPtr, Map, NativeCallContext};

use crate::api::{Held, Value};
use crate::error::Result;

use super::Core;
use super::error::Failure;
use super::{bounded, class, value};

/// A value that is kept. Of a map with functions also what these see of the script, of an object what calls its methods.
pub(super) struct Kept {
    value: Dynamic,
    #[allow(deprecated, reason = "as above")]
    view: Option<(NativeCallContextStore, String)>,
    core: Option<Weak<Core>>,
}

/// Keeps a value.
pub(super) fn keep(
    value: Dynamic,
    core: &Weak<Core>,
    context: Option<&NativeCallContext<'_>>,
) -> Rc<dyn Held> {
    let value = value.flatten();
    #[allow(deprecated, reason = "as above")]
    let view = context.filter(|_| value.is_map()).map(|context| {
        let source = context.call_source().unwrap_or_default().to_owned();
        (context.store_data(), source)
    });
    let core = (view.is_some() || class::is_handle(&value)).then(|| core.clone());
    Rc::new(Kept { value, view, core })
}

/// Keeps the items of an array; none for what is none.
pub(super) fn keep_items(
    list: &Dynamic,
    core: &Weak<Core>,
    context: Option<&NativeCallContext<'_>>,
) -> Option<Vec<Rc<dyn Held>>> {
    let items: Array = list.read_lock::<Array>()?.clone();
    Some(items.into_iter().map(|item| keep(item, core, context)).collect())
}

/// The value that was kept.
pub(super) fn give(held: &dyn Held) -> Dynamic {
    let kept = held.as_any().downcast_ref::<Kept>();
    kept.map_or(Dynamic::UNIT, |kept| kept.value.clone())
}

impl Held for Kept {
    fn value(&self) -> Value {
        if self.value.is_map() {
            return Value::Opaque("map");
        }
        if self.value.is_array() {
            return Value::Opaque("list");
        }
        match value::glance(&self.value) {
            Value::Function(_) => Value::Opaque("function"),
            value => value,
        }
    }

    fn ask(&self, method: &str) -> Result<Option<Value>> {
        let Some(core) = self.core.as_ref().and_then(Weak::upgrade) else {
            return Ok(None);
        };
        if let Some(answer) = class::ask(&core, &self.value, method) {
            return answer
                .map(|answer| Some(value::read(&answer, 0, bounded::share(&core.site.net))))
                .map_err(|thrown| Failure::new(&thrown, "").error);
        }
        let function = self
            .value
            .read_lock::<Map>()
            .and_then(|map| map.get(method).and_then(value::function));
        let (Some(function), Some((store, source))) = (function, &self.view) else {
            return Ok(None);
        };
        let engine = core.engine()?;
        #[allow(deprecated, reason = "as above")]
        let context = store.create_context(&engine);
        let answer = call(&function, &context, self.value.clone(), source)?;
        Ok(Some(value::read(&answer, 0, bounded::share(&core.site.net))))
    }

    fn identity(&self) -> Option<usize> {
        // Rhai's own values are copied; there is no telling one from its copy.
        None
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn call(
    function: &FnPtr,
    context: &NativeCallContext<'_>,
    mut this: Dynamic,
    source: &str,
) -> Result<Dynamic> {
    let answer = function.call_raw(context, Some(&mut this), []);
    answer.map_err(|thrown| Failure::new(&thrown, source).error)
}
