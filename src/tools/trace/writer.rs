//! The thread that writes a trace down. What it has not written is bounded: when that much waits, the run waits too.
//!
//! It looks now and then for what lies in a chunk that is not full, so that a file is never far behind.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Weak};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use super::entry::Chunk;
use super::recorder::Shared;
use super::sink::Sink;

/// Full chunks that may wait.
const WAITING: usize = 32;
/// How long a chunk that is not full may lie.
const LULL: Duration = Duration::from_millis(200);

/// Whom to tell that a file cannot be written, in a sentence.
pub(super) type Teller = Arc<dyn Fn(&str) + Send + Sync>;

pub(super) enum Order {
    Write(Chunk),
    Add(Sink),
    End,
}

/// The thread, as the recorder has it.
pub(super) struct Writer {
    orders: SyncSender<Order>,
    emptied: Receiver<Chunk>,
    thread: JoinHandle<Vec<Sink>>,
}

impl Writer {
    /// Starts the thread.
    ///
    /// # Errors
    /// The system refuses it.
    pub(super) fn start(shared: Weak<Shared>, sinks: Vec<Sink>, teller: Option<Teller>) -> io::Result<Self> {
        let (orders, taken) = sync_channel(WAITING);
        let (emptied, empties) = channel();
        let mut desk = Desk {
            sinks: Vec::new(),
            teller,
            shared,
            emptied,
        };
        let thread = Builder::new().name("trace".into()).spawn(move || {
            crate::sys::signal::block_all();
            for sink in sinks {
                desk.obey(Order::Add(sink));
            }
            desk.work(&taken);
            desk.sinks
        })?;
        Ok(Self {
            orders,
            emptied: empties,
            thread,
        })
    }

    /// Hands over a chunk, and returns one to go on with. Waits where too much is waiting already.
    pub(super) fn write(&self, chunk: Chunk) -> Chunk {
        // The thread ends only when told to.
        let _ = self.orders.send(Order::Write(chunk));
        self.emptied.try_recv().unwrap_or_default()
    }

    pub(super) fn add(&self, sink: Sink) {
        // As above.
        let _ = self.orders.send(Order::Add(sink));
    }

    /// Has everything written, and the thread end. Returns the files.
    pub(super) fn end(self, last: Chunk) -> Vec<Sink> {
        if !last.is_empty() {
            let _ = self.orders.send(Order::Write(last));
        }
        let _ = self.orders.send(Order::End);
        self.thread.join().unwrap_or_default()
    }
}

/// What the thread works with.
struct Desk {
    sinks: Vec<Sink>,
    teller: Option<Teller>,
    shared: Weak<Shared>,
    emptied: Sender<Chunk>,
}

impl Desk {
    fn work(&mut self, orders: &Receiver<Order>) {
        loop {
            match orders.recv_timeout(LULL) {
                Ok(order) => {
                    if self.obey(order) {
                        return;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    let Some(shared) = self.shared.upgrade() else {
                        return;
                    };
                    // What was handed over meanwhile comes first; nothing is while the recorder is held.
                    let taken = shared.take_unless_busy(|| orders.try_iter().collect::<Vec<_>>());
                    for order in taken.into_iter().flatten() {
                        if self.obey(order) {
                            return;
                        }
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Carries an order out; true when it was the last.
    fn obey(&mut self, order: Order) -> bool {
        match order {
            Order::Add(sink) => {
                self.sinks.push(sink);
                // What it begins with.
                self.write(&Chunk::default());
            }
            Order::Write(mut chunk) => {
                self.write(&chunk);
                chunk.clear();
                // The recorder may be gone.
                let _ = self.emptied.send(chunk);
            }
            Order::End => return true,
        }
        false
    }

    fn write(&mut self, chunk: &Chunk) {
        let mut troubles: Vec<_> = self.sinks.iter().map(|_| Ok(())).collect();
        chunk.for_each(|record| {
            for (sink, trouble) in self.sinks.iter_mut().zip(&mut troubles) {
                if trouble.is_ok() {
                    *trouble = sink.add(record);
                }
            }
        });
        let mut kept = Vec::new();
        for (mut sink, trouble) in std::mem::take(&mut self.sinks).into_iter().zip(troubles) {
            match trouble.and_then(|()| sink.flush()) {
                Ok(()) => kept.push(sink),
                Err(error) => self.give_up(&sink, &error),
            }
        }
        self.sinks = kept;
    }

    /// A file cannot be written: that is told once, and the run goes on without it.
    fn give_up(&self, sink: &Sink, error: &io::Error) {
        let text = format!(
            "cannot go on writing the trace {}: {error}; what happens from here on is not in it",
            sink.path().display()
        );
        if let Some(shared) = self.shared.upgrade() {
            shared.note_trouble(&text);
        }
        if let Some(tell) = &self.teller {
            tell(&text);
        }
    }
}
