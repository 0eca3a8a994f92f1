//! What the scheduler asks of a task of Lua's.

use std::any::Any;
use std::mem::offset_of;
use std::rc::Rc;

use crate::error::{Error, Place, Result};
use crate::sched::{Payload, Standing, Task};
use crate::sys::prefetch;

use super::frame::CALLER;
use super::task::LuaTask;
use super::{parking, stop};

/// Bytes of a Lua thread and its stack that are asked for ahead.
const THREAD: usize = 640;
/// The same of what Lua knows of a call, and of an object.
const CALL: usize = 64;
const OBJECT: usize = 48;

impl Payload for LuaTask {
    #[inline]
    fn enter(&self) {
        self.context.set_current(self.running.get());
        self.context.task.set(self);
    }

    #[inline]
    fn leave(&self) {
        self.context.set_current(self.context.main);
        self.context.task.set(std::ptr::null());
    }

    fn fetch(&self) {
        prefetch::fetch(std::ptr::from_ref(self) as usize, offset_of!(Self, failed));
    }

    fn fetch_deep(&self) {
        // A thread's first stack lies behind the thread, as they are allocated together.
        prefetch::fetch(self.running.get().as_ptr() as usize, THREAD);
        prefetch::fetch(self.object.get(), OBJECT);
        for call in self.calls.get() {
            prefetch::fetch(call, CALL);
        }
        self.fetch_wait();
    }

    fn fetch_wait(&self) {
        if let Some(parked) = &*self.parked.borrow() {
            parked.fetch();
        }
    }

    fn take_ahead(&self) {
        if let Some(parked) = &mut *self.parked.borrow_mut() {
            parked.take_ahead();
        }
    }

    fn standing(&self) -> Result<Standing> {
        let current = self.context.current();
        self.running.set(current);
        if current.is_finalizing() {
            return Err(Error::runtime(
                "a finalizer (__gc) cannot wait: every task would wait with it",
            ));
        }
        Ok(if self.context.is_below_host() {
            Standing::Block
        } else {
            Standing::Suspend
        })
    }

    fn kill(&self) {
        stop::at_every_instruction(self.running_state());
        stop::at_every_instruction(self.thread);
    }

    fn go_on(&self, task: &Rc<Task>) -> Result<()> {
        parking::go_on(self, task)
    }

    fn place(&self) -> Option<Place> {
        self.running_state().first_place(0)
    }

    fn place_of_call(&self) -> Option<Place> {
        self.running_state().first_place(CALLER)
    }

    fn watch(&self) {
        // Not what it last waited in: that may be gone while the task runs.
        stop::watch(self.context, self.running_state());
        stop::watch(self.context, self.thread);
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
