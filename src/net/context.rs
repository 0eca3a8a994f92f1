//! What the sockets of one runtime share.

use std::cell::{Cell, OnceCell, RefCell};
use std::fmt;
use std::os::fd::RawFd;
use std::rc::Rc;
use std::sync::Arc;

use crate::bytes::{Budget, Scratch};
use crate::error::{Error, Result};
use crate::policy::{Policy, Purse, Request};
use crate::sched::{Scheduler, Source};
use crate::sys;
use crate::sys::errno::Errno;

#[cfg(feature = "lua")]
use super::ahead::Ahead;
use super::answers::Answers;
use super::audit::Hooks;
use super::epoll::Sets;
use super::faults::{Faults, Plan};
use super::holding::Holding;
use super::metered::Meter;
use super::observe::{Event, Observer, Scene};
use super::outlet::Outlets;
use super::roster::Roster;
use super::select::OwnFds;
use super::share::Shares;
use super::simnet::{self, Part, World};
use super::socket::Socket;
use super::timeout::{Shown, Timeout};
use super::traffic::Traffic;
use super::warn::Warnings;

/// Most bytes that a `recv` with a way of its own asks for: the receive buffer is made with as many.
const AT_ONCE: usize = 64 * 1024;

/// Told of something, in one line.
type Teller = Box<dyn Fn(&str)>;

/// The network as one runtime has it.
///
/// ```
/// use wirescript::{Policy, Runtime};
///
/// let runtime = Runtime::builder().policy(Policy::deny_all()).build()?;
/// // What a runtime's scripts do can be watched from here: see `Observer`.
/// runtime.net().set_observer(None);
/// # Ok::<(), wirescript::Error>(())
/// ```
pub struct Net {
    sched: Rc<Scheduler>,
    policy: Policy,
    default_timeout: Cell<Timeout>,
    scratch: Rc<Scratch>,
    #[cfg(feature = "lua")]
    ahead: Rc<Ahead>,
    observer: RefCell<Option<Arc<dyn Observer>>>,
    observed: Cell<bool>,
    plaintext: Cell<bool>,
    pub(super) budget: Rc<Budget>,
    /// Most bytes a `recv` of the adapters' short ways may ask for.
    pub(super) largest_at_once: usize,
    pub(super) hooks: Hooks,
    pub(super) answers: Answers,
    pub(super) faults: Faults,
    pub(super) warnings: Warnings,
    pub(super) outlets: OnceCell<Outlets>,
    pub(super) shares: Shares,
    pub(crate) shown: Shown,
    pub(super) meter: Rc<Meter>,
    pub(super) part: Part,
    judgements: OnceCell<Teller>,
    pub(super) roster: Roster,
    pub(super) own_fds: OwnFds,
    pub(super) sets: Sets,
    pub(super) holding: Rc<Holding>,
    worker: OnceCell<String>,
}

impl Net {
    /// A network whose buffers and arrays may hold `memory_limit` bytes in all.
    pub(crate) fn new(sched: Rc<Scheduler>, policy: Policy, memory_limit: usize) -> Rc<Self> {
        Self::sharing(sched, policy, memory_limit, &Arc::default())
    }

    /// As [`Self::new`], of a runtime that spends from a purse: its own, or the one of who started it.
    pub(crate) fn sharing(
        sched: Rc<Scheduler>,
        policy: Policy,
        memory_limit: usize,
        purse: &Arc<Purse>,
    ) -> Rc<Self> {
        let meter = Meter::new(policy.limits(), purse);
        let budget = Budget::new(memory_limit);
        if let Some(largest) = meter.largest_buffer() {
            budget.set_largest(largest);
        }
        Rc::new(Self {
            sched,
            policy,
            default_timeout: Cell::new(Timeout::Blocking),
            scratch: Scratch::new(),
            #[cfg(feature = "lua")]
            ahead: Rc::default(),
            observer: RefCell::default(),
            observed: Cell::new(false),
            plaintext: Cell::new(false),
            budget,
            largest_at_once: meter.largest_buffer().unwrap_or(AT_ONCE).min(AT_ONCE),
            hooks: Hooks::default(),
            answers: Answers::default(),
            faults: Faults::default(),
            warnings: Warnings::default(),
            outlets: OnceCell::new(),
            shares: Shares::default(),
            shown: Shown::default(),
            meter: Rc::new(meter),
            part: Part::default(),
            own_fds: OwnFds::default(),
            sets: Sets::default(),
            holding: Rc::default(),
            judgements: OnceCell::new(),
            roster: Roster::default(),
            worker: OnceCell::new(),
        })
    }

    /// Has its sockets made in a network inside the process, as the thread of that number in its simulation.
    pub(crate) fn join_world(&self, world: Arc<World>, member: usize) {
        self.part.join(world, member);
    }

    /// The network inside the process, where its sockets are made in one.
    #[inline]
    pub(crate) fn world(&self) -> Option<&Arc<World>> {
        self.part.get().map(|(world, _)| world)
    }

    /// Closes a descriptor; who waits on it has been told.
    pub(super) fn close_number(&self, fd: RawFd) -> sys::errno::Result<()> {
        simnet::close(self.world().map(|world| &**world), fd)
    }

    /// A connection was accepted and refused: its descriptor is about to be closed.
    pub(super) fn forget_refused(&self, fd: RawFd) {
        if let Some(world) = self.world() {
            world.close(fd);
        }
    }

    /// A descriptor was duplicated.
    pub(super) fn note_duplicate(&self, fd: RawFd, duplicate: RawFd) {
        if let Some(world) = self.world() {
            world.dup(fd, duplicate);
        }
    }

    /// Has what sockets made from now on do go wrong as planned; none is as it comes.
    pub(crate) fn set_faults(&self, plan: Option<Plan>) {
        self.faults.set(plan);
    }

    /// What goes wrong, if anything is to.
    pub(crate) fn faults(&self) -> Option<Rc<Plan>> {
        self.faults.plan()
    }

    /// What judges requests: asked by [`Net::guard`] alone, and handed on to workers.
    pub(crate) fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Whom to tell of each judgement of the policy, with the rule that decided; the first teller stays.
    pub(crate) fn on_judgement(&self, tell: Teller) {
        // A second one is not asked for.
        let _ = self.judgements.set(tell);
    }

    /// Whether somebody is told of judgements.
    pub(crate) fn tells_judgements(&self) -> bool {
        self.judgements.get().is_some()
    }

    /// Tells it.
    #[inline]
    pub(crate) fn tell_judgement(&self, text: impl FnOnce() -> String) {
        if let Some(tell) = self.judgements.get() {
            tell(&text());
        }
    }

    /// Whether scripts may have what no door of ours guards: files, processes, native code.
    pub(crate) fn is_unguarded(&self) -> bool {
        self.policy.allows_everything()
    }

    /// Whether scripts are confined, or their time is: then nothing of theirs may run where nobody can end it.
    #[cfg(feature = "lua")]
    pub(crate) fn is_bounded(&self) -> bool {
        let limits = self.policy.limits();
        !self.is_unguarded() || limits.timeout.is_some() || limits.instructions.is_some()
    }

    /// What its scripts may hold outside of their engine.
    pub(crate) fn budget(&self) -> &Rc<Budget> {
        &self.budget
    }

    /// Bytes a script may hold.
    pub(crate) fn memory_limit(&self) -> usize {
        self.budget.limit()
    }

    /// Bytes its scripts hold in arrays and buffers.
    #[cfg(feature = "lua")]
    #[inline(always)]
    pub(crate) fn bytes_held(&self) -> usize {
        self.budget.used()
    }

    /// It may hold so many from here on.
    pub(crate) fn limit_memory(&self, bytes: usize) {
        self.budget.set_limit(bytes);
    }

    /// Tells the observer, if there is one, of what happens to a socket, or to none.
    #[inline]
    pub(crate) fn observe<'a>(&self, socket: Option<&Socket>, event: impl FnOnce() -> Event<'a>) {
        if self.observed.get() {
            self.tell(socket, &event());
        }
    }

    fn tell(&self, socket: Option<&Socket>, event: &Event<'_>) {
        if let Some(observer) = &*self.observer.borrow() {
            observer.observe(event, &Scene { net: self, socket });
        }
    }

    /// The worker whose runtime this is; the first name stays.
    pub(crate) fn be_worker(&self, name: String) {
        // The builder says so once.
        let _ = self.worker.set(name);
    }

    pub(super) fn worker_name(&self) -> Option<&str> {
        self.worker.get().map(String::as_str)
    }

    /// Forks, as [`Scheduler::fork`] does, and has the observer ready for it.
    ///
    /// # Errors
    /// As [`Scheduler::fork`].
    pub(crate) fn fork(&self) -> Result<Option<i32>> {
        let observer = self.observer();
        if let Some(observer) = &observer {
            observer.before_fork();
        }
        let forked = self.sched.fork();
        #[cfg(feature = "lua")]
        if matches!(forked, Ok(None)) {
            self.ahead.begin_anew();
        }
        if let Some(observer) = &observer {
            observer.after_fork(matches!(forked, Ok(None)));
        }
        forked
    }

    /// A forked child is about to end.
    pub(crate) fn before_exit(&self) {
        if let Some(observer) = self.observer() {
            observer.before_exit();
        }
    }

    /// Whether somebody watches: who moves bytes on a way of its own tells of them.
    #[inline]
    pub(crate) fn is_observed(&self) -> bool {
        self.observed.get()
    }

    /// Whether who watches is to see what TLS hides.
    pub(super) fn shows_plaintext(&self) -> bool {
        self.plaintext.get()
    }

    /// Who watches, if anybody does.
    pub(crate) fn observer(&self) -> Option<Arc<dyn Observer>> {
        self.observer.borrow().clone()
    }

    /// Puts an observer into the slot, or takes it out. Workers started from here on have it as well.
    pub fn set_observer(&self, observer: Option<Arc<dyn Observer>>) {
        self.observed.set(observer.is_some());
        let plaintext = observer
            .as_ref()
            .is_some_and(|observer| observer.wants_plaintext());
        self.plaintext.set(plaintext);
        *self.observer.borrow_mut() = observer;
    }

    pub(crate) fn sched(&self) -> &Rc<Scheduler> {
        &self.sched
    }

    /// What is counted.
    #[inline]
    pub(crate) fn traffic(&self) -> &Arc<Traffic> {
        self.meter.traffic()
    }

    pub(crate) fn scratch(&self) -> &Rc<Scratch> {
        &self.scratch
    }

    /// The receive buffer of those who have yet to run.
    #[cfg(feature = "lua")]
    #[inline]
    pub(super) fn ahead(&self) -> &Rc<Ahead> {
        &self.ahead
    }

    /// The timeout new sockets start with.
    pub(crate) fn default_timeout(&self) -> Timeout {
        self.default_timeout.get()
    }

    pub(crate) fn set_default_timeout(&self, timeout: Timeout) {
        self.default_timeout.set(timeout);
    }

    /// A descriptor of ours is about to be closed or given away: who waits on it gets `EBADF`.
    pub(super) fn leave_fd(&self, fd: RawFd, source: &OnceCell<Rc<Source>>) {
        self.own_fds.remove(fd);
        self.sets.leave(fd);
        self.holding.remove(fd);
        match source.get() {
            Some(source) => self.sched.forget(source),
            // It may have been waited for by its number.
            None => self.sched.forget_fd(fd),
        }
    }

    /// Closes a descriptor by its number; who waits on it gets `EBADF`.
    pub(crate) fn close_fd(&self, fd: RawFd) -> Result<()> {
        const OP: &str = "close";
        self.guard(&Request::CloseForeign { fd })
            .map_err(|error| error.during(OP))?;
        if self.sched.owns_fd(fd) {
            return Err(Error::from(Errno::BADF).during(OP));
        }
        self.own_fds.remove(fd);
        self.sets.leave(fd);
        self.holding.remove(fd);
        self.sched.forget_fd(fd);
        self.meter.forget_loose(fd);
        self.close_number(fd)
            .map_err(|errno| Error::from(errno).during(OP))
    }

    /// Duplicates a descriptor; the new one is not inherited.
    pub(crate) fn dup_fd(&self, fd: RawFd) -> Result<RawFd> {
        const OP: &str = "dup";
        self.guard(&Request::Adopt { fd })
            .map_err(|error| error.during(OP))?;
        self.afford_sockets(1)?;
        let duplicate = sys::fd::borrow(fd).ok_or(Errno::BADF).and_then(sys::fd::dup);
        duplicate
            .map(sys::fd::into_raw)
            .inspect(|duplicate| {
                self.note_duplicate(fd, *duplicate);
                self.note_loose(*duplicate);
            })
            .map_err(|errno| Error::from(errno).during(OP))
    }
}

impl fmt::Debug for Net {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Net")
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}
