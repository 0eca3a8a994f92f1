//! The recorder: an observer that notes what happens and passes it on.

use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError, Weak};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::error::{Error, Result};
use crate::net::{Event, Observer, Scene};
#[cfg(feature = "cli")]
use crate::sched::BEGINNING;
use crate::wire::trace::{FORMAT, Header, Record};

use super::entry::{Chunk, Note, What};
use super::notes::Notes;
use super::sink::Sink;
use super::writer::{Order, Teller, Writer};

/// A direct listener: told of each record when it happens, on the thread it happens on.
pub(super) type Ear = Box<dyn FnMut(&Record<'_>) + Send>;

/// Records what the sockets of a run do: to files, and to who listens.
///
/// Recording ends with [`Recorder::finish`], or when the recorder is dropped; what was recorded is written then.
///
/// ```
/// # #[cfg(feature = "lua")] {
/// use wirescript::{Policy, Recorder, Runtime};
///
/// let recorder = Recorder::new();
/// # let folder = std::env::temp_dir().join(format!("wirescript-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let path = folder.join("run.jsonl");
/// recorder.lines_to(&path)?;
/// let mut runtime = Runtime::builder().policy(Policy::allow_all()).trace(&recorder).build()?;
/// runtime.run("pair", "local a, b = socket.socketpair() a:send('hi') b:recv(2) a:close() b:close()")?;
/// recorder.finish()?;
/// assert!(std::fs::read_to_string(&path)?.contains(r#""event":"sent""#));
/// # std::fs::remove_dir_all(&folder)?;
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Recorder(Arc<Shared>);

/// What the recorder's thread and the runtimes it watches share.
pub(super) struct Shared {
    me: Weak<Self>,
    started: Instant,
    /// By the clock of the simulation, where it is one's.
    simulated_from: Duration,
    header: Header,
    state: Mutex<State>,
    teller: Option<Teller>,
    /// The first file that could not be written.
    trouble: Mutex<Option<String>>,
    listeners: AtomicU64,
}

#[derive(Default)]
struct State {
    notes: Notes,
    chunk: Chunk,
    writer: Option<Writer>,
    ears: Vec<(u64, Ear)>,
    /// The child this is, after a fork.
    process: Option<u32>,
    /// Files whose writer has ended for a fork.
    resting: Vec<Sink>,
}

impl Recorder {
    /// A recorder that writes nowhere yet. Of TLS it sees the records that travel.
    #[must_use]
    pub fn new() -> Self {
        Self::with(false, None)
    }

    /// A recorder that sees what scripts send and receive through TLS, in place of what travels.
    #[must_use]
    pub fn of_plaintext() -> Self {
        Self::with(true, None)
    }

    /// As the two above, by `plaintext`; `teller` is told, on a thread of the recorder's, of a file that cannot be written.
    pub(crate) fn with(plaintext: bool, teller: Option<Teller>) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self::begun(plaintext, teller, since, std::process::id(), Duration::ZERO)
    }

    /// As [`Self::with`], for a part of a run: in a simulation it begins when that has run so long.
    #[cfg(feature = "cli")]
    pub(crate) fn of_part(plaintext: bool, simulated: Option<Duration>) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let from = simulated.unwrap_or_default();
        Self::begun(plaintext, None, since, std::process::id(), from)
    }

    /// As [`Self::with`], for a run in a virtual network, which begins at the same moment each time and in no process of its own.
    #[cfg(feature = "cli")]
    pub(crate) fn of_simulation(plaintext: bool, teller: Option<Teller>) -> Self {
        Self::begun(plaintext, teller, BEGINNING, 0, Duration::ZERO)
    }

    fn begun(
        plaintext: bool,
        teller: Option<Teller>,
        since: Duration,
        process: u32,
        simulated_from: Duration,
    ) -> Self {
        let header = Header {
            wirescript_trace: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started_ns: u64::try_from(since.as_nanos()).unwrap_or(u64::MAX),
            process,
            plaintext,
        };
        Self(Arc::new_cyclic(|me| Shared {
            me: me.clone(),
            started: Instant::now(),
            simulated_from,
            header,
            state: Mutex::default(),
            teller,
            trouble: Mutex::default(),
            listeners: AtomicU64::new(0),
        }))
    }

    /// Writes what happens from here on to a file, as lines of JSON.
    ///
    /// # Errors
    /// `OSError`: the file cannot be made.
    pub fn lines_to(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let sink = Sink::lines(path, &self.0.header).map_err(|error| Error::file(path, &error))?;
        self.0.add(sink)
    }

    /// Writes what happens from here on to a file, as packets that Wireshark opens (pcapng).
    ///
    /// # Errors
    /// `OSError`: the file cannot be made.
    pub fn packets_to(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let sink = Sink::packets(path, &self.0.header).map_err(|error| Error::file(path, &error))?;
        self.0.add(sink)
    }

    /// Has everything written that was recorded, and ends recording.
    ///
    /// # Errors
    /// `OSError`: a file could not be written, now or before.
    pub fn finish(&self) -> Result<()> {
        self.0.finish();
        let trouble = self.0.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        match &*trouble {
            Some(text) => Err(Error::new(crate::error::Class::OSError, text.clone())),
            None => Ok(()),
        }
    }

    /// Tells each event in a line, when it happens. Returns a number by which this ends.
    #[cfg(feature = "cli")]
    pub(crate) fn tell(&self, mut told: impl FnMut(&str) + Send + 'static) -> u64 {
        self.listen(Box::new(move |record| told(&crate::wire::trace::line(record))))
    }

    /// Ends what a number stands for.
    #[cfg(feature = "cli")]
    pub(crate) fn hush(&self, number: u64) {
        self.0.lock().ears.retain(|(known, _)| *known != number);
    }

    pub(super) fn listen(&self, ear: Ear) -> u64 {
        let number = self.0.listeners.fetch_add(1, Ordering::Relaxed);
        self.0.lock().ears.push((number, ear));
        number
    }

    pub(super) fn header(&self) -> &Header {
        &self.0.header
    }

    /// The recorder as what watches a network.
    pub(crate) fn observer(&self) -> Arc<dyn Observer> {
        self.0.clone()
    }
}

impl Default for Recorder {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.0.finish();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, sink: Sink) -> Result<()> {
        let mut state = self.lock();
        match &state.writer {
            Some(writer) => writer.add(sink),
            None => state.writer = Some(self.start(vec![sink])?),
        }
        Ok(())
    }

    fn start(&self, sinks: Vec<Sink>) -> Result<Writer> {
        Writer::start(self.me.clone(), sinks, self.teller.clone())
            .map_err(|error| Error::from(error).during("trace"))
    }

    /// Ends the writer, and what listens.
    fn finish(&self) {
        let mut state = self.lock();
        let (writer, chunk) = (state.writer.take(), std::mem::take(&mut state.chunk));
        state.ears.clear();
        // The thread may ask for the lock before it ends.
        drop(state);
        if let Some(writer) = writer {
            writer.end(chunk);
        }
    }

    /// What waits to be written, if nobody is adding to it: what `queued` finds, then the chunk that is not full.
    pub(super) fn take_unless_busy(&self, queued: impl FnOnce() -> Vec<Order>) -> Option<Vec<Order>> {
        let mut state = match self.state.try_lock() {
            Ok(state) => state,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        let mut orders = queued();
        if !state.chunk.is_empty() {
            orders.push(Order::Write(std::mem::take(&mut state.chunk)));
        }
        Some(orders)
    }

    /// A file could not be written.
    pub(super) fn note_trouble(&self, text: &str) {
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        trouble.get_or_insert_with(|| text.to_owned());
    }
}

impl State {
    #[inline]
    fn put(&mut self, note: Note, data: &[u8]) {
        if !self.ears.is_empty() {
            return self.tell(note, data);
        }
        self.chunk.add(note, data);
        if self.chunk.is_full()
            && let Some(writer) = &self.writer
        {
            self.chunk = writer.write(std::mem::take(&mut self.chunk));
        }
    }

    /// As [`Self::put`], with somebody who is told at once.
    #[cold]
    fn tell(&mut self, note: Note, data: &[u8]) {
        // What waits is not theirs.
        let mut alone = Chunk::default();
        alone.add(note, data);
        let ears = &mut self.ears;
        alone.for_each(|record| ears.iter_mut().for_each(|(_, ear)| ear(record)));
        if let Some(writer) = &self.writer {
            let waiting = std::mem::take(&mut self.chunk);
            if !waiting.is_empty() {
                writer.write(waiting);
            }
            writer.write(alone);
        }
    }
}

impl Observer for Shared {
    fn observe(&self, event: &Event<'_>, scene: &Scene<'_>) {
        if matches!(event, Event::Asked { allowed: true, .. }) {
            return;
        }
        let simulated = scene.simulated().map(|at| at.saturating_sub(self.simulated_from));
        let since = simulated.unwrap_or_else(|| self.started.elapsed());
        let ns = u64::try_from(since.as_nanos()).unwrap_or(u64::MAX);
        let (task, place) = (scene.task().unwrap_or(0), scene.place());
        let mut state = self.lock();
        let state = &mut *state;
        if state.writer.is_none() && state.ears.is_empty() {
            return;
        }
        let worker = scene.worker().map(|name| state.notes.worker(name));
        let process = state.process;
        let note = |what: What| Note {
            ns,
            task,
            place,
            worker: worker.clone(),
            process,
            what,
        };
        while let Some(record) = state.notes.first(event, scene, worker.as_ref(), task) {
            state.put(note(What::Told(Box::new(record))), &[]);
        }
        if let Some((what, data)) = state.notes.of(event, scene) {
            state.put(note(what), data);
        }
    }

    fn wants_plaintext(&self) -> bool {
        self.header.plaintext
    }

    fn before_fork(&self) {
        let mut state = self.lock();
        let (writer, chunk) = (state.writer.take(), std::mem::take(&mut state.chunk));
        drop(state);
        if let Some(writer) = writer {
            let resting = writer.end(chunk);
            self.lock().resting = resting;
        }
    }

    fn after_fork(&self, child: bool) {
        let mut state = self.lock();
        let mut sinks = std::mem::take(&mut state.resting);
        if child {
            sinks.retain(Sink::can_be_shared);
            state.process = Some(std::process::id());
            state.notes.begin_anew(std::process::id());
        }
        if sinks.is_empty() {
            return;
        }
        // A thread that cannot be had ends the trace, which is told at the end.
        match self.start(sinks) {
            Ok(writer) => state.writer = Some(writer),
            Err(error) => self.note_trouble(&error.to_string()),
        }
    }

    fn before_exit(&self) {
        self.finish();
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder")
            .field("header", &self.0.header)
            .finish_non_exhaustive()
    }
}
