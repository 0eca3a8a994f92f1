//! Reports: what a run says, to a person (`pretty`, with a bar while it goes on, `progress`) and to programs: `tap`, `junit`,
//! `json`. Several can be written at once.
//!
//! A report on standard output has it for itself (`output`). Lines of JSON are written as tests end; TAP and JUnit when all have, in the order of files and of tests.

mod json;
mod junit;
mod output;
mod pretty;
mod progress;
mod tap;

use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::sys::stdio;

use super::crew::End;
use super::find::File;
use super::machine::Told;
use super::options::Options;
use super::plan::Plan;
use super::verdict::{Outcome, Verdict};
use crate::cli::why;
use output::Output;
use pretty::Pretty;

/// What programs read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Tap,
    Junit,
    Json,
}

/// Where a report goes.
#[derive(Debug)]
enum Target {
    Output(Output),
    File(std::fs::File, PathBuf),
}

impl Target {
    fn write(&mut self, text: &str) -> Result<(), String> {
        match self {
            Self::Output(output) => output
                .write(text)
                .map_err(|error| format!("cannot write standard output: {}", why(&error))),
            Self::File(file, path) => file
                .write_all(text.as_bytes())
                .map_err(|error| format!("cannot write the report {}: {}", path.display(), why(&error))),
        }
    }
}

/// Prints a line of what would be run.
fn print(line: &str) -> Result<(), String> {
    let written = stdio::write(line.as_bytes()).and_then(|_| stdio::flush());
    written.map_err(|errno| format!("cannot write standard output: {}", errno.text()))
}

/// How a run ended.
#[derive(Debug)]
pub(super) struct Ending {
    pub(super) end: End,
    /// How long the whole run might take.
    pub(super) timeout: Option<Duration>,
}

/// What came of all tests.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Summary {
    passed: usize,
    failed: usize,
    skipped: usize,
    /// Failed as they are known to do.
    foreseen: usize,
    /// Of those that passed, those that had failed before.
    flaky: usize,
    took: Duration,
}

impl Summary {
    fn add(&mut self, verdict: &Verdict) {
        match verdict.outcome {
            Outcome::Passed => self.passed += 1,
            Outcome::Failed(_) => self.failed += 1,
            Outcome::Skipped(_) => self.skipped += 1,
            Outcome::Foreseen(..) => self.foreseen += 1,
        }
        self.flaky += usize::from(verdict.is_flaky());
    }
}

/// A run, as reports know it.
#[derive(Debug)]
struct Run<'a> {
    /// The files by their number.
    files: &'a [String],
    verdicts: &'a [Verdict],
    summary: Summary,
    seed: Option<u64>,
    /// Why it ended before all was run.
    broken: Option<String>,
}

impl Run<'_> {
    fn file(&self, verdict: &Verdict) -> &str {
        self.files.get(verdict.file).map_or("", String::as_str)
    }
}

/// The reports of one run.
pub(super) struct Reports {
    files: Vec<String>,
    verdicts: Vec<Verdict>,
    pretty: Option<Pretty>,
    targets: Vec<(Kind, Target)>,
    begun: Instant,
    summary: Summary,
    seed: Option<u64>,
    lists: bool,
    /// What would be run: a line each, with the number of its file.
    listed: Vec<(usize, String)>,
    /// What could not be written.
    problem: Option<String>,
}

impl Reports {
    /// Opens what was asked for.
    ///
    /// # Errors
    /// A text for the user: no kind of report, a file that cannot be made.
    pub(super) fn open(options: &Options, files: &[File], plan: &Plan) -> Result<Self, String> {
        let (mut targets, mut pretty) = (Vec::new(), None);
        let mut places = Vec::new();
        for word in &options.report {
            let (kind, place) = word.split_once('=').unwrap_or((word, "-"));
            let kind = match kind {
                "pretty" if place == "-" => {
                    pretty = Some(true);
                    continue;
                }
                "tap" => Kind::Tap,
                "junit" => Kind::Junit,
                "json" => Kind::Json,
                _ => {
                    return Err(format!(
                        "--report {word}: there are pretty, tap=FILE, junit=FILE and json=FILE"
                    ));
                }
            };
            // A device takes several; in a file one would write over the other.
            let is_device = place != "-" && std::fs::metadata(place).is_ok_and(|found| !found.is_file());
            if places.contains(&place) && !is_device {
                let place = if place == "-" { "standard output" } else { place };
                return Err(format!("--report {word}: another report goes to {place} already"));
            }
            places.push(place);
            let target = if place == "-" {
                pretty.get_or_insert(false);
                Target::Output(Output::take()?)
            } else {
                let path = PathBuf::from(place);
                let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
                let made = folder.map_or(Ok(()), std::fs::create_dir_all);
                let file = made.and_then(|()| std::fs::File::create(&path));
                let file =
                    file.map_err(|error| format!("cannot write the report {place}: {}", why(&error)))?;
                Target::File(file, path)
            };
            targets.push((kind, target));
        }
        let mut shown: Vec<&File> = files.iter().collect();
        shown.sort_by_key(|file| file.number);
        let is_pretty = pretty.unwrap_or(true);
        Ok(Self {
            files: shown.into_iter().map(File::shown).collect(),
            verdicts: Vec::new(),
            pretty: is_pretty.then(|| Pretty::new(files.len(), options.verbose)),
            targets,
            begun: Instant::now(),
            summary: Summary::default(),
            seed: plan.seed,
            lists: plan.lists,
            listed: Vec::new(),
            problem: None,
        })
    }

    /// Hears what comes of the files, or that time passes.
    pub(super) fn hear(&mut self, told: Option<Told>) {
        match told {
            None => {
                if let Some(pretty) = &mut self.pretty {
                    pretty.tick(&self.summary);
                }
            }
            Some(Told::Began(file)) => {
                if let Some(pretty) = &mut self.pretty
                    && !self.lists
                {
                    pretty.began(&self.files[file], &self.summary);
                }
            }
            Some(Told::Test(verdict)) if self.lists && !verdict.is_failed() => {
                let tags = verdict
                    .tags
                    .iter()
                    .map(|tag| format!(" #{tag}"))
                    .collect::<String>();
                let file = &self.files[verdict.file];
                let line = verdict.line.map_or(String::new(), |line| format!(":{line}"));
                let text = format!("{file}{line} {}{tags}\n", verdict.name);
                self.listed.push((verdict.file, text));
            }
            Some(Told::Stopped) => {
                if let Some(pretty) = &mut self.pretty {
                    pretty.stopped();
                }
            }
            Some(Told::Test(verdict)) => {
                self.summary.add(&verdict);
                let file = self.files[verdict.file].clone();
                if let Some(pretty) = &mut self.pretty {
                    pretty.test(&file, &verdict);
                }
                for place in 0..self.targets.len() {
                    if self.targets[place].0 == Kind::Json {
                        let line = json::test(&file, &verdict);
                        let done = self.targets[place].1.write(&line);
                        self.note(done);
                    }
                }
                self.verdicts.push(*verdict);
            }
            Some(Told::Ended { file, took, .. }) => {
                if let Some(pretty) = &mut self.pretty
                    && !self.lists
                {
                    pretty.ended(&self.files[file], took, &self.summary);
                }
            }
        }
    }

    fn note(&mut self, done: Result<(), String>) {
        if let Err(problem) = done {
            self.problem.get_or_insert(problem);
        }
    }

    /// Writes what is left. Returns whether a test failed.
    ///
    /// # Errors
    /// A text for the user: a report could not be written.
    pub(super) fn close(mut self, ending: &Ending) -> Result<bool, String> {
        self.summary.took = self.begun.elapsed();
        self.verdicts.sort_by_key(|verdict| verdict.file);
        // Files are read side by side; what is told of them is always in the same order.
        self.listed.sort_by_key(|(file, _)| *file);
        for (_, line) in std::mem::take(&mut self.listed) {
            self.note(print(&line));
        }
        let run = Run {
            files: &self.files,
            verdicts: &self.verdicts,
            summary: self.summary,
            seed: self.seed,
            broken: match ending.end {
                End::Done => None,
                End::Interrupted => Some("interrupted".to_owned()),
                End::TimedOut => Some(format!(
                    "the run took longer than {} s (--timeout)",
                    ending.timeout.unwrap_or_default().as_secs_f64()
                )),
            },
        };
        for (kind, target) in &mut self.targets {
            let text = match kind {
                Kind::Tap => tap::text(&run),
                Kind::Junit => junit::text(&run)?,
                Kind::Json => json::end(&run),
            };
            target.write(&text)?;
        }
        if let Some(pretty) = &mut self.pretty
            && !self.lists
        {
            pretty.close(&run)?;
        }
        match self.problem {
            Some(problem) => Err(problem),
            None => Ok(self.summary.failed > 0),
        }
    }
}

/// A text without what a terminal would obey.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() && c != '\t' {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}
