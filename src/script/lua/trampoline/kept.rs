//! Functions of a script that operations keep and call: audit hooks and taps.

use std::cell::RefCell;
use std::ffi::c_int;
use std::rc::Rc;

use crate::api::{Callback, Value};
use crate::error::{Class, Error, Result};

use super::context::Context;
use super::state::{REGISTRY, State, Status};
use super::{invoke, push, task};

/// A function in the registry, under the address of its key.
struct Kept {
    context: &'static Context,
    key: Rc<u8>,
    /// Keys nobody needs any more; the machine may be gone when one is put there.
    dropped: Rc<RefCell<Vec<Rc<u8>>>>,
}

fn address(key: &Rc<u8>) -> *const std::ffi::c_void {
    Rc::as_ptr(key).cast()
}

/// Keeps the function at a place of the caller's frame.
pub(super) fn keep(state: State, context: &'static Context, function: usize) -> Result<Rc<dyn Callback>> {
    let function = c_int::try_from(function).unwrap_or(0);
    let key = Rc::new(0_u8);
    release(state, context);
    let kept = state.protected_with(&[function], |building| {
        building.raw_set_pointer(REGISTRY, address(&key));
    });
    if kept.is_err() {
        return Err(Error::memory("a function that is kept"));
    }
    Ok(Rc::new(Kept {
        context,
        key,
        dropped: context.dropped.clone(),
    }))
}

/// Lets the registry forget what nobody needs.
fn release(state: State, context: &Context) {
    for key in context.dropped.borrow_mut().drain(..) {
        task::forget(state, address(&key));
    }
}

impl Callback for Kept {
    fn call(&self, arguments: Vec<Value>) -> Result<()> {
        let (context, state) = (self.context, self.context.current());
        let left = context.net.sched().remaining_stack();
        if left.is_some_and(|left| left < 2 * invoke::STACK_RESERVE) {
            return Err(Error::new(Class::RecursionError, "stack overflow"));
        }
        let count = c_int::try_from(arguments.len()).unwrap_or(0);
        let top = state.top();
        if !state.has_room(count + 4) {
            return Err(Error::memory("a call"));
        }
        state.raw_get_pointer(REGISTRY, address(&self.key));
        let pushed = state.protected(|building| {
            building.need_room(count + 4);
            for argument in &arguments {
                push::one(building, context, argument);
            }
        });
        let outcome = match pushed {
            Err(_) => Err(Error::memory("the arguments of a call")),
            Ok(()) => match state.call_protected(count, 0, 0) {
                Status::Ok | Status::Yield => Ok(()),
                Status::Error => Err(task::error_at(state, -1)),
            },
        };
        state.set_top(top);
        outcome
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.dropped.borrow_mut().push(self.key.clone());
    }
}
