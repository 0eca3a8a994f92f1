//! Running files side by side: threads that take the next file each, and the main thread, which hears what comes of them and
//! ends them on Ctrl-C or when the time for the whole run is over.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::net::Observer;
use crate::policy::Policy;
use crate::sched::StopHandle;
use crate::sys::signal;

use super::find::File;
use super::machine::{Shop, Told};
use super::plan::Plan;

/// How often the main thread looks whether somebody wants the end.
const LOOK: Duration = Duration::from_millis(50);
/// How often machines that are to end are told so: a signal may fall between two tasks.
const AGAIN: Duration = Duration::from_millis(10);
/// How long machines that are to end are waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// Set by Ctrl-C.
static INTERRUPTED: AtomicU32 = AtomicU32::new(0);

/// Why a run ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum End {
    /// Everything was run that was to be.
    Done,
    /// The time for the whole run is over.
    TimedOut,
    Interrupted,
}

/// Lets Ctrl-C and SIGTERM end runs.
///
/// # Errors
/// A text for the user: the system refuses the handler.
pub(super) fn heed_interrupts() -> Result<(), String> {
    INTERRUPTED.store(0, Ordering::SeqCst);
    signal::on_interrupt(&INTERRUPTED, 1)
        .and_then(|()| signal::on_termination())
        .map_err(crate::sys::errno::Errno::text)
}

/// Whether Ctrl-C was pressed.
pub(super) fn is_interrupted() -> bool {
    let interrupted = INTERRUPTED.load(Ordering::SeqCst) != 0;
    if interrupted {
        signal::acknowledge();
    }
    interrupted
}

/// How files are run.
pub(super) struct Crew {
    pub(super) plan: Plan,
    pub(super) policy: Policy,
    pub(super) explains: bool,
    /// What watches the whole run.
    pub(super) watch: Option<Arc<dyn Observer>>,
    pub(super) jobs: usize,
    /// When the whole run must be over.
    pub(super) deadline: Option<Instant>,
}

/// What ends the machine of each thread, while it has one.
type Stops = Arc<Mutex<Vec<Option<StopHandle>>>>;

impl Crew {
    /// Runs the files; `hear` is told what comes of them, and now and then that time passes.
    pub(super) fn run(&self, files: Vec<File>, mut hear: impl FnMut(Option<Told>)) -> End {
        let jobs = self.jobs.clamp(1, files.len().max(1));
        let queue = Arc::new(Mutex::new(VecDeque::from(files)));
        let stops: Stops = Arc::new(Mutex::new(vec![None; jobs]));
        let halt = Arc::new(AtomicBool::new(false));
        let (tell, told) = mpsc::channel();
        let mut threads = Vec::new();
        for number in 0..jobs {
            let hand = Hand {
                number,
                plan: self.plan.clone(),
                policy: self.policy.clone(),
                explains: self.explains,
                watch: self.watch.clone(),
                queue: queue.clone(),
                stops: stops.clone(),
                halt: halt.clone(),
                tell: tell.clone(),
            };
            let thread = std::thread::Builder::new()
                .name(format!("tests-{}", number + 1))
                .spawn(move || hand.work());
            threads.extend(thread);
        }
        drop(tell);
        let mut end = End::Done;
        let mut last = None;
        loop {
            let pause = if last.is_some() { AGAIN } else { LOOK };
            match told.recv_timeout(pause) {
                Ok(News { told, heard }) => {
                    hear(Some(told));
                    drop(heard);
                }
                Err(RecvTimeoutError::Timeout) => hear(None),
                Err(RecvTimeoutError::Disconnected) => break,
            }
            let now = Instant::now();
            if is_interrupted() {
                end = End::Interrupted;
            } else if end == End::Done && self.deadline.is_some_and(|deadline| deadline <= now) {
                end = End::TimedOut;
            }
            if end != End::Done {
                halt.store(true, Ordering::SeqCst);
                let stops = stops.lock().unwrap_or_else(PoisonError::into_inner);
                stops.iter().flatten().for_each(StopHandle::stop);
                if now >= *last.get_or_insert(now + PATIENCE) {
                    // What a foreign call holds longer ends with the process.
                    return end;
                }
            }
        }
        for thread in threads {
            // A thread that panicked has told nobody: its file has no end.
            let _ = thread.join();
        }
        if is_interrupted() { End::Interrupted } else { end }
    }
}

/// One of the threads.
struct Hand {
    number: usize,
    plan: Plan,
    policy: Policy,
    explains: bool,
    watch: Option<Arc<dyn Observer>>,
    queue: Arc<Mutex<VecDeque<File>>>,
    stops: Stops,
    halt: Arc<AtomicBool>,
    tell: mpsc::Sender<News>,
}

/// What a thread tells. It goes on when this was heard, so that what its tests print comes after what is said of those
/// before them.
struct News {
    told: Told,
    heard: mpsc::Sender<Infallible>,
}

/// Tells, and waits until it was heard.
fn tell_and_wait(tell: &mpsc::Sender<News>, told: Told) {
    let (heard, wait) = mpsc::channel();
    // Who hears may have gone first.
    if tell.send(News { told, heard }).is_ok() {
        // Nothing is ever sent: it ends when the other side is dropped.
        let _ = wait.recv();
    }
}

impl Hand {
    fn work(self) {
        signal::block_all_but_alarms();
        let (stops, number, tell) = (self.stops, self.number, self.tell);
        let shop = Shop {
            plan: Rc::new(self.plan),
            policy: self.policy,
            halt: self.halt.clone(),
            explains: self.explains,
            watch: self.watch,
            obey: Box::new(move |stop| {
                stops.lock().unwrap_or_else(PoisonError::into_inner)[number] = stop;
            }),
            tell: Rc::new(move |told| tell_and_wait(&tell, told)),
        };
        while !self.halt.load(Ordering::SeqCst) {
            let next = self
                .queue
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .pop_front();
            let Some(file) = next else { break };
            shop.run(&file);
        }
    }
}
