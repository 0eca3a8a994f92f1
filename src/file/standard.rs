//! The program's own streams, `sys.stdin`, `sys.stdout` and `sys.stderr`, and `input`.
//!
//! Standard output is the C library's: a language's own `print` writes to the same buffer, so that nothing overtakes.

use std::cell::{Cell, OnceCell};
use std::fmt;
use std::rc::Rc;

use crate::error::{Class, Error, Result};
use crate::net::{Fact, Net, Outlet, Patience, Stream, Watched};
use crate::policy::Request;
use crate::sched::{Interest, Source};
use crate::sys::errno::{self, Errno};
use crate::sys::{file, poll, stdio};

use super::buffered::Buffered;
use super::descriptor::Descriptor;
use super::format::Format;
use super::mode::Mode;
use super::nature::Kind;
use super::object::{Body, Data, File};
use super::outlet::Taken;
use super::raw::{Direction, Load, Name, Raw, Room, Shut, closed_file};
use super::text::Text;

/// Written at once while others could run: the C library hands on one buffer of 4096 bytes at most then, which a pipe that
/// is ready takes.
const PORTION: usize = 1024;

/// The streams of one program, made when they are first asked for.
#[derive(Default)]
pub(crate) struct Streams {
    input: OnceCell<Rc<File>>,
    output: OnceCell<Rc<File>>,
    complaints: OnceCell<Rc<File>>,
}

impl Streams {
    /// `sys.stdin`.
    pub(crate) fn input(&self, net: &Rc<Net>) -> Result<Rc<File>> {
        get(&self.input, || {
            let raw = Descriptor::standard(net, 0, "<stdin>", Mode::READ, Some(before_input));
            let raw: Rc<dyn Raw> = Rc::new(raw);
            let raw_file = File::new(net, Body::Raw(raw.clone()));
            text_over(
                net,
                Buffered::new(net, Kind::Reader, raw, raw_file, None),
                "r",
                "strict",
            )
        })
    }

    /// `sys.stdout`.
    pub(crate) fn output(&self, net: &Rc<Net>) -> Result<Rc<File>> {
        get(&self.output, || {
            if let Some(outlet) = net.outlet(Stream::Output) {
                return taken(net, Stream::Output, outlet, "strict");
            }
            let raw: Rc<dyn Raw> = Rc::new(Output {
                net: net.clone(),
                fd: Cell::new(1),
                source: OnceCell::new(),
                shut: Shut::default(),
            });
            let raw_file = File::new(net, Body::Raw(raw.clone()));
            // The C library's buffer is the only one.
            let buffered = Buffered::holding(net, Kind::Writer, raw, raw_file, None, 0);
            text_over(net, buffered, "w", "strict")
        })
    }

    /// `sys.stderr`.
    pub(crate) fn complaints(&self, net: &Rc<Net>) -> Result<Rc<File>> {
        get(&self.complaints, || {
            if let Some(outlet) = net.outlet(Stream::Errors) {
                return taken(net, Stream::Errors, outlet, "backslashreplace");
            }
            let raw: Rc<dyn Raw> = Rc::new(Descriptor::standard(net, 2, "<stderr>", Mode::WRITE, None));
            let raw_file = File::new(net, Body::Raw(raw.clone()));
            let buffered = Buffered::holding(net, Kind::Writer, raw, raw_file, None, 0);
            text_over(net, buffered, "w", "backslashreplace")
        })
    }
}

fn get(cell: &OnceCell<Rc<File>>, make: impl FnOnce() -> Result<Rc<File>>) -> Result<Rc<File>> {
    if let Some(file) = cell.get() {
        return Ok(file.clone());
    }
    let file = make()?;
    Ok(cell.get_or_init(|| file).clone())
}

/// A stream that the host takes: each write as it comes.
fn taken(net: &Rc<Net>, stream: Stream, outlet: &Outlet, errors: &str) -> Result<Rc<File>> {
    let raw: Rc<dyn Raw> = Rc::new(Taken::new(stream, outlet.clone()));
    let raw_file = File::new(net, Body::Raw(raw.clone()));
    let buffered = Buffered::holding(net, Kind::Writer, raw, raw_file, None, 0);
    text_over(net, buffered, "w", errors)
}

fn text_over(net: &Rc<Net>, buffered: Buffered, mode: &str, errors: &str) -> Result<Rc<File>> {
    let buffer = File::new(net, Body::Buffered(Box::new(buffered)));
    let mut format = Format::new(Some("utf-8"), Some(errors), None)?;
    format.line_buffering = mode == "w" && buffer.is_terminal().unwrap_or(false);
    let text = Text::new(buffer, format, mode.to_owned());
    Ok(File::new(net, Body::Text(Box::new(text))))
}

/// Asks the policy, and shows what was printed before somebody is asked to answer it.
fn before_input(net: &Net) -> Result<()> {
    net.guard_unheard(&Request::Input)?;
    // A broken standard output is told where it is written.
    let _ = stdio::flush();
    Ok(())
}

/// `input(prompt)`: a line of standard input without its end.
///
/// # Errors
/// `EOFError` at the end.
pub(crate) fn input(streams: &Streams, net: &Rc<Net>, prompt: &[u8]) -> Result<Vec<u8>> {
    const OP: &str = "input";
    let text = |bytes: &[u8]| vec![Fact::Text(String::from_utf8_lossy(bytes).into_owned())];
    net.guard_as(&Request::Input, || text(prompt))
        .map_err(|error| error.during(OP))?;
    let output = streams.output(net)?;
    output.write(&prompt.to_vec().into())?;
    output.flush()?;
    let (Data::Bytes(mut line) | Data::Text(mut line)) = streams.input(net)?.read_line(None)?;
    if line.is_empty() {
        return Err(Error::new(Class::EOFError, "EOF when reading a line").during(OP));
    }
    if line.last() == Some(&b'\n') {
        line.pop();
    }
    net.announce("builtins.input/result", || text(&line))?;
    Ok(line)
}

/// The C library's standard output.
struct Output {
    net: Rc<Net>,
    /// -1 once a script has closed it; the descriptor stays open.
    fd: Cell<i32>,
    source: OnceCell<Rc<Source>>,
    shut: Shut,
}

impl Output {
    /// Runs a call that may write, once the other end takes what it writes.
    fn when_ready<T>(&self, op: &'static str, mut call: impl FnMut(bool) -> errno::Result<T>) -> Result<T> {
        let watched = Watched {
            sched: self.net.sched(),
            fd: &self.fd,
            source: &self.source,
            socket: None,
            reads_plainly: false,
            goes_first: false,
        };
        let done = watched.run(Interest::Write, Patience::Until(None), |fd, flags| {
            let must_not_block = flags != 0;
            if must_not_block {
                let ready = poll::poll_one(fd, false, true, Some(std::time::Duration::ZERO))?;
                if ready.timed_out {
                    return Err(Errno::AGAIN);
                }
            }
            call(must_not_block)
        });
        done.map_err(|error| error.during(op))
    }
}

impl Raw for Output {
    fn read(&self, _: &'static str, _: Patience, _: &mut Room<'_>) -> Result<Option<usize>> {
        Err(self.unreadable())
    }

    fn write(&self, op: &'static str, _: Patience, load: &mut Load<'_>) -> Result<Option<usize>> {
        let written = self.when_ready(op, |must_not_block| {
            load(&mut |data| {
                let most = if must_not_block { PORTION } else { data.len() };
                stdio::write(&data[..data.len().min(most)])
            })
        });
        written.map(Some)
    }

    fn write_now(&self, data: &[u8]) -> errno::Result<usize> {
        stdio::write(data)
    }

    fn flush(&self) -> Result<()> {
        self.when_ready("flush", |_| stdio::flush())
    }

    fn patience(&self) -> Patience {
        Patience::Until(None)
    }

    fn direction(&self) -> Direction {
        Mode::WRITE.direction()
    }

    fn fileno(&self) -> i32 {
        self.fd.get()
    }

    fn is_terminal(&self) -> bool {
        file::is_terminal(self.fd.get())
    }

    fn shut(&self) -> &Shut {
        &self.shut
    }

    fn close(&self) -> Result<()> {
        self.fd.set(-1);
        self.shut.set(true);
        if let Some(source) = self.source.get() {
            self.net.sched().part_with(source);
        }
        Ok(())
    }

    fn name(&self) -> Name {
        Name::Path(b"<stdout>".to_vec())
    }

    fn mode(&self) -> &'static str {
        "wb"
    }

    fn class(&self) -> &'static str {
        "_io.FileIO"
    }

    fn repr(&self) -> String {
        "<_io.FileIO name='<stdout>' mode='wb' closefd=False>".into()
    }

    fn closed_error(&self) -> Error {
        closed_file()
    }
}

impl fmt::Debug for Streams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Streams").finish_non_exhaustive()
    }
}
