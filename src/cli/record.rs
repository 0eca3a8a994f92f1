//! `wirescript record`: a proxy between a client and a server that records what both say, for `tube.replay`.

use std::ffi::OsString;
use std::io::Write as _;
use std::rc::Rc;
use std::time::Duration;

use clap::{CommandFactory as _, Parser};

use crate::error::{Class, Error, Result};
use crate::policy::Policy;
use crate::runtime::{Runtime, Speech};
use crate::sys::signal;
use crate::tools::trace::Recorder;
use crate::tools::{Dial, Proxy, Settings, Url};

use super::complain;
use super::status::{INTERRUPTED, SUCCESS, USAGE};

/// Stand between a client and a server, and record what both say.
///
/// The recording is a trace: `wirescript trace` looks at it, and `tube.replay` plays the server of it in a script.
#[derive(Debug, Parser)]
#[command(name = "wirescript record")]
struct Words {
    /// Where clients connect: tcp://127.0.0.1:8080, or unix:///path; with port 0 the system chooses one
    #[arg(long, value_name = "URL")]
    listen: String,

    /// The server: tcp://host:port or unix:///path
    #[arg(long, value_name = "URL")]
    to: String,

    /// The recording
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    output: OsString,

    /// End after so many conversations; without it, Ctrl-C ends
    #[arg(long, value_name = "N")]
    connections: Option<usize>,

    /// Seconds that connecting to the server may take
    #[arg(long, value_name = "SECONDS", default_value_t = 10.0)]
    connect_timeout: f64,
}

/// Its command line.
pub(super) fn command() -> clap::Command {
    Words::command()
}

/// Does what the words after `record` ask for.
pub(super) fn run(words: &[OsString]) -> u8 {
    let program = std::iter::once(OsString::from("wirescript record"));
    let words = match Words::try_parse_from(program.chain(words.iter().cloned())) {
        Ok(words) => words,
        Err(error) => {
            return super::refused(&error);
        }
    };
    let recorder = Recorder::new();
    // A file that cannot be made is wrong usage, as it is of --trace.
    let made = super::recording::check_file("-o", &words.output).and_then(|()| {
        let made = recorder.lines_to(&words.output);
        made.map_err(|error| format!("cannot record: {}", error.message()))
    });
    if let Err(why) = made {
        complain(&why);
        return USAGE;
    }
    match dials(&words).and_then(|(at, to)| record(&words, &recorder, at, to)) {
        Ok(()) => SUCCESS,
        Err(error) if error.class() == Class::KeyboardInterrupt => INTERRUPTED,
        Err(error) => {
            complain(&error.to_string());
            if error.class() == Class::ValueError {
                USAGE
            } else {
                1
            }
        }
    }
}

/// Where to listen, and whom to talk to.
fn dials(words: &Words) -> Result<(Dial, Dial)> {
    let timeout = Duration::try_from_secs_f64(words.connect_timeout)
        .map_err(|_| Error::value("--connect-timeout must be a number of seconds"))?;
    let dial = |url: &str| -> Result<Dial> {
        let url = Url::read(url.as_bytes())?;
        if url.scheme() == crate::tools::Scheme::Tls {
            return Err(Error::value(format!(
                "{url}: a recording is of what is said, which TLS hides; record tcp:// or unix://"
            )));
        }
        Ok(Dial {
            url,
            settings: Settings {
                timeout,
                ..Settings::default()
            },
            secrets: None,
        })
    };
    Ok((dial(&words.listen)?, dial(&words.to)?))
}

fn record(words: &Words, recorder: &Recorder, at: Dial, to: Dial) -> Result<()> {
    let speech = Speech::named("lua").or_else(|| Speech::named("rhai"));
    let speech = speech.ok_or_else(|| Error::runtime("this wirescript speaks no language"))?;
    let runtime = Runtime::builder()
        .policy(Policy::allow_all())
        .trace(recorder)
        .speech(speech)
        .build()?;
    runtime.heed_interrupts()?;
    signal::on_termination()?;
    let net = runtime.net().clone();
    let listener = Proxy::listen(&net, at, &to)?;
    // Whoever started it can wait for this line. A closed stderr leaves nobody to tell.
    let _ = writeln!(
        std::io::stderr().lock(),
        "wirescript: recording {listener} to {}",
        to.url
    );
    let proxy = Proxy {
        listener,
        to,
        most: words.connections,
        // That it is to end is no news of a connection's.
        tell: Rc::new(|error| match error.class() {
            Class::KeyboardInterrupt | Class::CancelledError => {}
            _ => complain(&error.to_string()),
        }),
    };
    let task = proxy.start(&net)?;
    net.sched().run_until(|| task.is_done())?;
    let killed = net.sched().killed_by();
    let failure = task.failure();
    drop(runtime);
    recorder.finish()?;
    match (killed, failure) {
        (Some(class), _) => Err(Error::new(class, "")),
        (None, Some(error)) => Err(error),
        (None, None) => Ok(()),
    }
}
