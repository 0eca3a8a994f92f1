//! Who runs, who waits, and for what. Knows no language and no socket.
//!
//! [`Scheduler`] (`scheduler`) keeps the tasks of one runtime and runs them on one thread, round by round (`rounds`);
//! `ending` stops them before their time, `bounds` when a limit is reached; a [`Task`] (`task`) is a
//! fiber with a name and an end to wait for, and with what its language keeps for it (`payload`). `queue` says who is next. `wait` is the only place where anything waits: it suspends the fiber that
//! calls, or blocks in poll(2) where there is none (`blocking`); in `parking` a task leaves its stack, too, until it is woken. `reactor` watches descriptors for all tasks at once (each is a `source`, `waiters` stand in line for one), `timers` keeps
//! deadlines, `slice` leaves a task that calculates too long, `gate` lets one task at a time through, `line` is where tasks stand for one another, `aside` lets others go before long work, `alarms` has a call keep still that is woken for nothing, `channel` hands values from task to task, `deadlock` tells who waits where when nobody can go on, `scope` bounds tasks and keeps them together, `jobs` lends threads
//! to calls that no descriptor can announce (the resolver), `fork` begins anew in a child, `remote` lets other threads wake tasks, `tally` counts, `turn` how often in a row a task may succeed, `visit` runs tasks for as long as a host's own loop lets them, `clock` says what time it is, and `stop` is the one flag
//! by which a signal or another thread ends everything. In a `simulation` the clock moves only when nobody can run, and threads take
//! turns; `simulated` is how a scheduler takes part in one.

mod alarms;
mod aside;
mod blocking;
mod bounds;
mod channel;
mod clock;
mod deadlock;
mod ending;
mod fork;
mod gate;
mod jobs;
mod line;
mod parking;
mod payload;
mod queue;
mod reactor;
mod remote;
mod rounds;
mod scheduler;
mod scope;
mod simulated;
mod simulation;
mod slice;
mod source;
mod stop;
mod tally;
mod task;
mod timers;
mod turn;
mod visit;
mod wait;
mod waiters;

pub(crate) use alarms::Alarms;
pub(crate) use channel::Channel;
#[cfg(feature = "cli")]
pub(crate) use clock::BEGINNING;
pub(crate) use clock::{deadline_after, now, simulated, since_epoch};
pub(crate) use gate::{Gate, Pass};
pub(crate) use line::strike;
#[cfg(feature = "lua")]
pub(crate) use parking::Parking;
pub(crate) use payload::{Payload, Plain, Standing};
pub(crate) use remote::Summons;
pub(crate) use scheduler::Scheduler;
pub(crate) use simulation::{Member, Notice, Simulation};
pub(crate) use source::{Interest, Source};
pub(crate) use stop::{Stop, StopHandle};
pub(crate) use tally::Tally;
pub(crate) use task::Task;
pub(crate) use visit::Turned;
pub(crate) use wait::{Wake, Watch};
