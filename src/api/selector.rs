//! Python's selectors: file objects by descriptor, what each is waited for, and what the script keeps with it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::os::fd::RawFd;
use std::rc::Rc;
use std::time::Duration;

use crate::error::{Argument, Class, Error, Result};
use crate::net::{Epoll, Net};
use crate::sys::epoll::{self, Change};
use crate::sys::poll::{PollEntry, event};
use crate::text::str_repr;

use super::argument::whole;
use super::descriptor::{descriptor, is_same};
use super::held::Held;
use super::record::SELECTOR_KEY;
use super::repr::repr;
use super::value::{Record, Value};

/// Bits of what a file object is waited for.
pub(super) const READ: i64 = 1;
pub(super) const WRITE: i64 = 2;

/// How a selector waits.
pub(super) enum Way {
    Select,
    Poll,
    Epoll(Rc<Epoll>),
}

/// A selector.
pub(crate) struct Selector {
    way: Way,
    keys: RefCell<BTreeMap<RawFd, Key>>,
    closed: Cell<bool>,
}

/// What is known of a file object.
#[derive(Clone)]
struct Key {
    fileobj: Rc<dyn Held>,
    fd: RawFd,
    events: i64,
    data: Option<Rc<dyn Held>>,
}

impl Key {
    fn show(&self) -> Value {
        let data = self.data.clone().map_or(Value::None, Value::Held);
        let items = vec![
            Value::Held(self.fileobj.clone()),
            Value::Int(self.fd.into()),
            Value::Int(self.events),
            data,
        ];
        Value::Record(Box::new(Record {
            kind: &SELECTOR_KEY,
            items,
        }))
    }

    fn epoll_bits(&self) -> u32 {
        let bit = |wanted: i64, bit: u32| if self.events & wanted != 0 { bit } else { 0 };
        bit(READ, epoll::IN) | bit(WRITE, epoll::OUT)
    }

    fn poll_bits(&self) -> i16 {
        let bit = |wanted: i64, bit: i16| if self.events & wanted != 0 { bit } else { 0 };
        bit(READ, event::READABLE) | bit(WRITE, event::WRITABLE)
    }
}

fn not_registered(fileobj: &dyn Held) -> Error {
    let text = format!("{} is not registered", repr(&fileobj.value()));
    no_key(text)
}

/// `KeyError` with a text, which Python shows as it shows any key.
fn no_key(text: String) -> Error {
    Error::new(Class::KeyError, str_repr(&text)).with_arguments(vec![Argument::Text(text)])
}

fn check_events(events: i64) -> Result<()> {
    if events == 0 || events & !(READ | WRITE) != 0 {
        return Err(Error::value(format!("Invalid events: {events}")));
    }
    Ok(())
}

impl Selector {
    pub(super) fn new(way: Way) -> Rc<Self> {
        Rc::new(Self {
            way,
            keys: RefCell::default(),
            closed: Cell::new(false),
        })
    }

    /// Python's name of its class.
    fn class(&self) -> &'static str {
        match self.way {
            Way::Select => "SelectSelector",
            Way::Poll => "PollSelector",
            Way::Epoll(_) => "EpollSelector",
        }
    }

    /// The descriptor of a file object; that of one that is registered also when it can no longer say it.
    fn look_up(&self, net: &Net, fileobj: &dyn Held, op: &'static str) -> Result<RawFd> {
        descriptor(net, fileobj, op).or_else(|error| {
            let known = self
                .keys
                .borrow()
                .values()
                .find(|key| is_same(&*key.fileobj, fileobj))
                .map(|key| key.fd);
            known.ok_or_else(|| match error.class() {
                Class::ValueError if error.message().contains("negative") => {
                    let number = whole(&fileobj.value()).unwrap_or(-1);
                    Error::value(format!("Invalid file descriptor: {number}"))
                }
                Class::TypeError | Class::ValueError | Class::AttributeError => {
                    Error::value(format!("Invalid file object: {}", repr(&fileobj.value())))
                }
                _ => error,
            })
        })
    }

    pub(super) fn register(
        &self,
        net: &Net,
        fileobj: Rc<dyn Held>,
        events: i64,
        data: Option<Rc<dyn Held>>,
    ) -> Result<Value> {
        const OP: &str = "register";
        check_events(events)?;
        let fd = self.look_up(net, &*fileobj, OP)?;
        if self.keys.borrow().contains_key(&fd) {
            let shown = repr(&fileobj.value());
            let text = format!("{shown} (FD {fd}) is already registered");
            return Err(no_key(text));
        }
        let key = Key {
            fileobj,
            fd,
            events,
            data,
        };
        if let Way::Epoll(set) = &self.way {
            set.change(Change::Add, fd, key.epoll_bits())?;
        }
        let shown = key.show();
        self.keys.borrow_mut().insert(fd, key);
        Ok(shown)
    }

    pub(super) fn unregister(&self, net: &Net, fileobj: &dyn Held) -> Result<Value> {
        let fd = self.look_up(net, fileobj, "unregister")?;
        let key = self.keys.borrow_mut().remove(&fd);
        let key = key.ok_or_else(|| not_registered(fileobj))?;
        if let Way::Epoll(set) = &self.way {
            // One that was closed has left the set by itself.
            let _ = set.change(Change::Remove, fd, 0);
        }
        Ok(key.show())
    }

    pub(super) fn modify(
        &self,
        net: &Net,
        fileobj: &dyn Held,
        events: i64,
        data: Option<Rc<dyn Held>>,
    ) -> Result<Value> {
        let fd = self.look_up(net, fileobj, "modify")?;
        let key = self.keys.borrow().get(&fd).cloned();
        let mut key = key.ok_or_else(|| not_registered(fileobj))?;
        let changes = key.events != events;
        if changes && matches!(self.way, Way::Select) {
            // As CPython's, which takes it out and puts it in again; the others take any events.
            check_events(events).inspect_err(|_| {
                self.keys.borrow_mut().remove(&fd);
            })?;
        }
        (key.events, key.data) = (events, data);
        if let Way::Epoll(set) = &self.way
            && changes
            && let Err(error) = set.change(Change::Modify, fd, key.epoll_bits())
        {
            self.keys.borrow_mut().remove(&fd);
            return Err(error);
        }
        let shown = key.show();
        self.keys.borrow_mut().insert(fd, key);
        Ok(shown)
    }

    pub(super) fn key(&self, net: &Net, fileobj: &dyn Held) -> Result<Value> {
        if self.closed.get() {
            return Err(Error::runtime("Selector is closed"));
        }
        let fd = self.look_up(net, fileobj, "get_key")?;
        let keys = self.keys.borrow();
        keys.get(&fd)
            .map(Key::show)
            .ok_or_else(|| not_registered(fileobj))
    }

    /// Every key; none once it is closed.
    pub(super) fn all(&self) -> Option<Vec<Value>> {
        (!self.closed.get()).then(|| self.keys.borrow().values().map(Key::show).collect())
    }

    /// The keys that are ready, each with what for.
    pub(super) fn select(&self, net: &Net, timeout: Option<Duration>) -> Result<Vec<(Value, i64)>> {
        let ready = match &self.way {
            Way::Epoll(set) => {
                let most = self.keys.borrow().len().max(1);
                let side = |events: u32| {
                    let bit = |other: u32, bit: i64| if events & !other != 0 { bit } else { 0 };
                    bit(epoll::IN, WRITE) | bit(epoll::OUT, READ)
                };
                let ready = set.poll(timeout, most).map_err(|error| error.during("select"))?;
                ready.into_iter().map(|(fd, events)| (fd, side(events))).collect()
            }
            Way::Select | Way::Poll => self.look(net, timeout)?,
        };
        let keys = self.keys.borrow();
        let known = |(fd, events): (RawFd, i64)| {
            let key = keys.get(&fd)?;
            let wanted = events & key.events;
            // What nothing is wanted of still tells of its end.
            let is_told = wanted != 0 || (events != 0 && key.events & (READ | WRITE) == 0);
            is_told.then(|| (key.show(), wanted))
        };
        Ok(ready.into_iter().filter_map(known).collect())
    }

    fn look(&self, net: &Net, timeout: Option<Duration>) -> Result<Vec<(RawFd, i64)>> {
        let is_select = matches!(self.way, Way::Select);
        let keys: Vec<_> = self.keys.borrow().values().cloned().collect();
        let mut entries: Vec<_> = keys
            .iter()
            .map(|key| PollEntry {
                fd: key.fd,
                events: key.poll_bits(),
                revents: 0,
            })
            .collect();
        let side = move |entry: &PollEntry| {
            let bit = |sign: i16, bit: i64| if entry.revents & sign != 0 { bit } else { 0 };
            if is_select {
                let receives = event::READABLE | event::HANGUP | event::ERROR;
                bit(receives, READ) | bit(event::WRITABLE | event::ERROR, WRITE)
            } else {
                bit(!event::READABLE, WRITE) | bit(!event::WRITABLE, READ)
            }
        };
        let wanted = |entry: &PollEntry| {
            let bit = |sign: i16, bit: i64| if entry.events & sign != 0 { bit } else { 0 };
            bit(event::READABLE, READ) | bit(event::WRITABLE, WRITE)
        };
        let is_bad = |entry: &PollEntry| is_select && entry.revents & event::INVALID != 0;
        let done = |entries: &[PollEntry]| {
            let told = |entry: &PollEntry| {
                let ready = side(entry);
                is_bad(entry) || ready & wanted(entry) != 0 || (ready != 0 && entry.events == 0)
            };
            entries.iter().any(told)
        };
        net.poll_entries(&mut entries, timeout, done)
            .map_err(|error| error.during("select"))?;
        if entries.iter().any(is_bad) {
            return Err(Error::from(crate::sys::errno::Errno::BADF).during("select"));
        }
        Ok(entries.iter().map(|entry| (entry.fd, side(entry))).collect())
    }

    pub(super) fn fileno(&self) -> Result<RawFd> {
        match &self.way {
            Way::Epoll(set) => set.fileno(),
            Way::Select | Way::Poll => Err(Error::no_attribute(self.class(), "fileno")),
        }
    }

    pub(super) fn close(&self) -> Result<()> {
        self.closed.set(true);
        let keys = std::mem::take(&mut *self.keys.borrow_mut());
        drop(keys);
        match &self.way {
            Way::Epoll(set) => set.close(),
            Way::Select | Way::Poll => Ok(()),
        }
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = std::ptr::from_ref(self) as usize;
        write!(f, "<selectors.{} object at {address:#x}>", self.class())
    }
}

impl fmt::Debug for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
