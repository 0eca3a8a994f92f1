//! Faults made on purpose: a layer under a runtime's sockets that delays, cuts, loses and breaks as bad networks do, the same
//! way each time for the same seed. `plan` is what goes wrong and how often, as `--faults` and `socket.faults` say it;
//! `layer` the transport between a socket and the kernel; `lane` one direction of a stream in it; `arrivals` knows since when
//! what lies in the kernel is there, and `post` holds datagrams.

mod arrivals;
mod lane;
mod layer;
mod plan;
mod post;

use std::cell::{Cell, RefCell};
use std::os::fd::RawFd;
use std::rc::Rc;

#[cfg(feature = "cli")]
use super::context::Net;
use super::holding::{Holding, Late};
use super::transport::Transport;

pub use plan::Plan;

pub(super) use layer::Layer;

#[cfg(feature = "cli")]
impl Net {
    /// Has it go wrong as it did before, by a plan that [`Net::faults`] gave.
    pub(crate) fn put_back_faults(&self, plan: Option<Rc<Plan>>) {
        self.faults.put_back(plan);
    }
}

/// The plan of a runtime, for the sockets it makes from now on.
#[derive(Debug, Default)]
pub(super) struct Faults {
    plan: RefCell<Option<Rc<Plan>>>,
    /// Sockets that got a layer: each has randomness of its own, which does not depend on what the others do.
    made: Cell<u64>,
}

impl Faults {
    pub(super) fn set(&self, plan: Option<Plan>) {
        *self.plan.borrow_mut() = plan.map(Rc::new);
        self.made.set(0);
    }

    /// Has what goes wrong be as it was, where it is otherwise by now.
    #[cfg(feature = "cli")]
    pub(super) fn put_back(&self, plan: Option<Rc<Plan>>) {
        let now = self.plan();
        if plan.as_ref().map(Rc::as_ptr) != now.as_ref().map(Rc::as_ptr) {
            *self.plan.borrow_mut() = plan;
            self.made.set(0);
        }
    }

    pub(super) fn plan(&self) -> Option<Rc<Plan>> {
        self.plan.borrow().clone()
    }

    /// The layer for a new socket of this type, where there is a plan and it concerns such sockets.
    pub(super) fn layer(
        &self,
        kind: i32,
        below: Option<&Rc<dyn Transport>>,
        holding: &Rc<Holding>,
        fd: RawFd,
    ) -> Option<Rc<Layer>> {
        let plan = self.plan()?;
        let number = self.made.get();
        self.made.set(number + 1);
        let holds_back = plan.holds_back();
        let layer = Layer::new(plan, kind, number, below.cloned(), holding.clone()).map(Rc::new)?;
        if holds_back {
            let late: Rc<dyn Late> = layer.clone();
            holding.add_late(fd, Rc::downgrade(&late));
        }
        Some(layer)
    }
}
