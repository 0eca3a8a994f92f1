//! `wirescript trace`: looking at a recorded trace, as a page, as packets, as text.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::{Command, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueHint};

use crate::wire::capture::Capture;
use crate::wire::packet::{READY, Ready, Schema};
use crate::wire::trace::{Decoder, Header, Lines, Record, Spoken, line, page};

use super::complain;
use super::status::{FAILURE, SUCCESS, USAGE};

/// Show what was recorded with --trace
#[derive(Parser, Debug)]
#[command(
    name = "wirescript trace",
    disable_version_flag = true,
    disable_help_subcommand = true,
    subcommand_required = true
)]
struct Words {
    #[command(subcommand)]
    form: Form,
}

#[derive(Subcommand, Clone, Debug)]
enum Form {
    /// As a page for a browser: FILE.html
    View(Paths),
    /// As packets for Wireshark: FILE.pcapng
    Pcap(Paths),
    /// As text, on standard output
    Text(Paths),
}

#[derive(clap::Args, Clone, Debug)]
struct Paths {
    /// Read what goes from or to the port as packet.NAME has it (DNS, NTP, ...), or a schema in a FILE.json; may be given several times
    #[arg(long, value_name = "PORT=NAME")]
    decode_as: Vec<String>,
    /// What --trace wrote, or - for standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    file: OsString,
    /// Where to, or - for standard output
    #[arg(value_name = "OUT", value_hint = ValueHint::FilePath)]
    out: Option<OsString>,
}

/// The words that may follow `trace`.
pub(super) fn command() -> Command {
    // Wireshark has such an option of its own.
    Words::command().mut_subcommand("pcap", |pcap| {
        pcap.mut_arg("decode_as", |option| option.hide(true))
    })
}

/// Does what the words after `trace` ask for.
pub(super) fn run(words: &[OsString]) -> u8 {
    let words = std::iter::once("wirescript trace".into()).chain(words.iter().cloned());
    let form = command()
        .try_get_matches_from(words)
        .and_then(|found| Words::from_arg_matches(&found));
    let form = match form {
        Ok(words) => words.form,
        Err(error) => return super::refused(&error),
    };
    let (Form::View(paths) | Form::Pcap(paths) | Form::Text(paths)) = &form;
    let file = paths.file.as_os_str();
    if matches!(form, Form::Pcap(_)) && !paths.decode_as.is_empty() {
        complain("--decode-as is for view and text; Wireshark has a --decode-as (-d) of its own");
        return USAGE;
    }
    let spoken = paths
        .decode_as
        .iter()
        .map(|value| what_is_spoken(value).map_err(|text| format!("--decode-as {value}: {text}")));
    let spoken: Vec<Spoken> = match spoken.collect() {
        Ok(spoken) => spoken,
        Err(text) => {
            complain(&text);
            return USAGE;
        }
    };
    let out = Out::of(&form, file, paths.out.as_deref());
    match convert(&form, file, &out, Decoder::speaking(spoken)) {
        Ok(()) => SUCCESS,
        Err(Failure::Input(text)) => {
            complain(&format!("cannot read {}: {text}", Path::new(file).display()));
            USAGE
        }
        // Whoever looked has seen enough.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => SUCCESS,
        Err(Failure::Output(error)) => {
            complain(&format!("cannot write {out}: {}", super::why(&error)));
            FAILURE
        }
    }
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
    let text = std::fs::read_to_string(name)
        .map_err(|error| format!("cannot read {name}: {}", super::why(&error)))?;
    let schema = Schema::of_json(&text).map_err(|text| format!("{name} is no schema: {text}"))?;
    Ok((port, schema))
}

/// Where it goes.
enum Out {
    Standard,
    File(PathBuf),
}

impl Out {
    /// As asked for; beside the trace where nothing was, text apart.
    fn of(form: &Form, file: &OsStr, asked: Option<&OsStr>) -> Self {
        let ending = match form {
            Form::View(_) => ".html",
            Form::Pcap(_) => ".pcapng",
            Form::Text(_) => "",
        };
        match asked {
            Some(out) if out == "-" => Self::Standard,
            Some(out) => Self::File(out.into()),
            None if matches!(form, Form::Text(_)) || file == "-" => Self::Standard,
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

fn convert(form: &Form, file: &OsStr, out: &Out, decoder: Decoder) -> Result<(), Failure> {
    let input = |error: &dyn std::fmt::Display| Failure::Input(error.to_string());
    let reader: Box<dyn BufRead> = if file == "-" {
        Box::new(BufReader::new(io::stdin()))
    } else {
        Box::new(BufReader::new(
            File::open(file).map_err(|error| Failure::Input(super::why(&error)))?,
        ))
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
    if let (Out::File(path), Form::View(_) | Form::Pcap(_)) = (out, form) {
        // Where it is; a closed standard output has nobody to tell.
        let _ = writeln!(io::stdout(), "{}", path.display());
    }
    Ok(())
}

fn write(
    form: &Form,
    header: &Header,
    records: &[Record<'_>],
    title: &str,
    mut decoder: Decoder,
    out: &mut dyn Write,
) -> io::Result<()> {
    match form {
        Form::View(_) => out.write_all(page(header, records, title, decoder).as_bytes())?,
        Form::Text(_) => {
            for record in records {
                writeln!(out, "{}", line(record))?;
                for line in decoder.tree(record).iter().flat_map(|tree| tree.lines()) {
                    writeln!(out, "{:15}{line}", "")?;
                }
            }
        }
        Form::Pcap(_) => {
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
