//! `wirescript trace`: looking at a recorded trace, as a page, as packets, as text.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::wire::capture::Capture;
use crate::wire::packet::{READY, Ready, Schema};
use crate::wire::trace::{Decoder, Header, Lines, Record, Spoken, line, page};

use super::complain;
use super::status::{FAILURE, SUCCESS, USAGE};

/// What the words are to look like.
const HELP: &str = "\
usage: wirescript trace view FILE [OUT]    the trace as a page for a browser: FILE.html
       wirescript trace pcap FILE [OUT]    as packets for Wireshark: FILE.pcapng
       wirescript trace text FILE [OUT]    as text, on standard output
FILE is what --trace wrote, or - for standard input; OUT may be - for standard output.

--decode-as PORT=NAME, before FILE: view and text read what goes from or to the port as NAME has it,
one of packet.NAME (DNS, NTP, ...) or a schema in a FILE.json; it may be given several times.";

/// Does what the words after `trace` ask for.
pub(super) fn run(words: &[OsString]) -> u8 {
    let asks_help = words.iter().any(|word| word == "--help" || word == "-h");
    let (words, spoken) = match spoken(words) {
        Ok(found) => found,
        Err(text) => {
            complain(&text);
            return USAGE;
        }
    };
    let (false, [form, file, out @ ..]) = (asks_help, &*words) else {
        return usage(asks_help);
    };
    let (form, out) = match (form.to_str().and_then(Form::named), out) {
        (Some(form), []) => (form, None),
        (Some(form), [out]) => (form, Some(out.as_os_str())),
        _ => return usage(false),
    };
    if form == Form::Packets && !spoken.is_empty() {
        complain("--decode-as is for view and text; Wireshark has a --decode-as (-d) of its own");
        return USAGE;
    }
    let out = Out::of(form, file, out);
    match convert(form, file, &out, Decoder::speaking(spoken)) {
        Ok(()) => SUCCESS,
        Err(Failure::Input(text)) => {
            complain(&format!("cannot read {}: {text}", Path::new(file).display()));
            USAGE
        }
        // Whoever looked has seen enough.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => SUCCESS,
        Err(Failure::Output(error)) => {
            complain(&format!("cannot write {out}: {error}"));
            FAILURE
        }
    }
}

/// The words without those of `--decode-as`, and what is spoken on which port.
///
/// # Errors
/// A text for the user.
fn spoken(words: &[OsString]) -> Result<(Vec<OsString>, Vec<Spoken>), String> {
    const OPTION: &str = "--decode-as";
    let (mut others, mut spoken) = (Vec::new(), Vec::new());
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let text = word.to_str().unwrap_or_default();
        let Some(rest) = text.strip_prefix(OPTION) else {
            others.push(word.clone());
            continue;
        };
        let value = match rest.strip_prefix('=') {
            Some(value) => value,
            None if rest.is_empty() => words.next().and_then(|value| value.to_str()).unwrap_or_default(),
            None => {
                others.push(word.clone());
                continue;
            }
        };
        spoken.push(what_is_spoken(value).map_err(|text| format!("{OPTION} {value}: {text}"))?);
    }
    Ok((others, spoken))
}

/// `5300=DNS`, `9000=own.json`.
fn what_is_spoken(value: &str) -> Result<Spoken, String> {
    let form = || "it is written PORT=NAME, as in 5300=DNS".to_owned();
    let (port, name) = value.split_once('=').ok_or_else(form)?;
    let port = port.parse().map_err(|_| form())?;
    if let Some(schema) = Ready::by_word(name.strip_prefix("packet.").unwrap_or(name)) {
        return Ok((port, schema));
    }
    if Path::new(name).extension().is_none_or(|ending| ending != "json") {
        let names: Vec<_> = READY.iter().map(|ready| ready.name).collect();
        return Err(format!(
            "there are {} and schemas in files: FILE.json",
            names.join(", ")
        ));
    }
    let text = std::fs::read_to_string(name).map_err(|error| format!("cannot read {name}: {error}"))?;
    let schema = Schema::of_json(&text).map_err(|text| format!("{name} is no schema: {text}"))?;
    Ok((port, schema))
}

fn usage(asked: bool) -> u8 {
    if asked {
        return super::print(format!("{HELP}\n").as_bytes());
    }
    complain(HELP);
    USAGE
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Page,
    Packets,
    Text,
}

impl Form {
    fn named(name: &str) -> Option<Self> {
        match name {
            "view" => Some(Self::Page),
            "pcap" => Some(Self::Packets),
            "text" => Some(Self::Text),
            _ => None,
        }
    }
}

/// Where it goes.
enum Out {
    Standard,
    File(PathBuf),
}

impl Out {
    /// As asked for; beside the trace where nothing was, text apart.
    fn of(form: Form, file: &OsStr, asked: Option<&OsStr>) -> Self {
        let ending = match form {
            Form::Page => ".html",
            Form::Packets => ".pcapng",
            Form::Text => "",
        };
        match asked {
            Some(out) if out == "-" => Self::Standard,
            Some(out) => Self::File(out.into()),
            None if form == Form::Text || file == "-" => Self::Standard,
            None => {
                let mut name = file.to_owned();
                name.push(ending);
                Self::File(name.into())
            }
        }
    }

    fn open(&self) -> io::Result<Box<dyn Write>> {
        Ok(match self {
            Self::Standard => Box::new(BufWriter::new(io::stdout().lock())),
            Self::File(path) => Box::new(BufWriter::new(File::create(path)?)),
        })
    }
}

impl std::fmt::Display for Out {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Standard => f.write_str("standard output"),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

enum Failure {
    Input(String),
    Output(io::Error),
}

fn convert(form: Form, file: &OsStr, out: &Out, decoder: Decoder) -> Result<(), Failure> {
    let input = |error: &dyn std::fmt::Display| Failure::Input(error.to_string());
    let reader: Box<dyn BufRead> = if file == "-" {
        Box::new(BufReader::new(io::stdin()))
    } else {
        Box::new(BufReader::new(File::open(file).map_err(|error| input(&error))?))
    };
    let mut lines = Lines::open(reader).map_err(|error| input(&error))?;
    let mut records = Vec::new();
    while let Some(record) = lines.next_record().map_err(|error| input(&error))? {
        records.push(record);
    }
    // Threads and processes write in chunks; what happened first comes first.
    records.sort_by_key(|record| record.ns);
    let mut writer = out.open().map_err(Failure::Output)?;
    let title = Path::new(file).file_name().unwrap_or(file).to_string_lossy();
    write(form, lines.header(), &records, &title, decoder, &mut *writer).map_err(Failure::Output)?;
    if let (Out::File(path), Form::Page | Form::Packets) = (out, form) {
        // Where it is; a closed standard output has nobody to tell.
        let _ = writeln!(io::stdout(), "{}", path.display());
    }
    Ok(())
}

fn write(
    form: Form,
    header: &Header,
    records: &[Record<'_>],
    title: &str,
    mut decoder: Decoder,
    out: &mut dyn Write,
) -> io::Result<()> {
    match form {
        Form::Page => out.write_all(page(header, records, title, decoder).as_bytes())?,
        Form::Text => {
            for record in records {
                writeln!(out, "{}", line(record))?;
                for line in decoder.tree(record).iter().flat_map(|tree| tree.lines()) {
                    writeln!(out, "{:15}{line}", "")?;
                }
            }
        }
        Form::Packets => {
            let mut capture = Capture::begin(header)?;
            for record in records {
                capture.add(record)?;
                out.write_all(&capture.take())?;
            }
            out.write_all(&capture.take())?;
        }
    }
    out.flush()
}
