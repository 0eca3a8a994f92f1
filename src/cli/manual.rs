//! `wirescript completions SHELL` and `wirescript man [COMMAND]`: the command line as shells complete it and as `man` shows it.
//!
//! Both are made of what clap knows of the options. What stands for a command of its own there (`test`, `doc` …) is for the
//! command line's reader the first word of a script and its arguments; here alone the whole is put together.

use std::ffi::OsString;

use clap::{Arg, ArgAction, Command, CommandFactory as _, Parser, ValueHint};
use clap_complete::Shell;

use super::status::USAGE;
use super::{args, complain, record, test, trace};

/// Print what a shell needs to complete this command.
///
/// As in `wirescript completions bash > ~/.local/share/bash-completion/completions/wirescript`.
#[derive(Debug, Parser)]
#[command(name = "wirescript completions")]
struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// Print the manual page.
///
/// As in `wirescript man | man -l -`, or into a file of the system's: wirescript.1, wirescript-test.1.
#[derive(Debug, Parser)]
#[command(name = "wirescript man")]
struct Manual {
    /// The page of this command of ours: test, doc, trace, record; without it, the one about them all
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

/// Does what the words after `completions` ask for.
pub(super) fn complete(words: &[OsString]) -> u8 {
    print(read::<Completions>(words).map(|words| {
        let mut script = Vec::new();
        clap_complete::generate(words.shell, &mut whole(), "wirescript", &mut script);
        script
    }))
}

/// Does what the words after `man` ask for.
pub(super) fn page(words: &[OsString]) -> u8 {
    print(read::<Manual>(words).and_then(|words| {
        let mut command = whole();
        command.build();
        let command = match &words.command {
            None => command,
            Some(name) => command.find_subcommand(name).cloned().ok_or_else(|| {
                complain(&format!("there is no command '{name}', and so no page about it"));
                USAGE
            })?,
        };
        let mut page = Vec::new();
        // Writing into memory does not fail.
        let _ = clap_mangen::Man::new(command).render(&mut page);
        Ok(page)
    }))
}

/// Reads words, or says what is wrong with them.
fn read<T: Parser>(words: &[OsString]) -> Result<T, u8> {
    let name = T::command().get_name().to_owned();
    T::try_parse_from(std::iter::once(name.into()).chain(words.iter().cloned()))
        .map_err(|error| super::refused(&error))
}

fn print(text: Result<Vec<u8>, u8>) -> u8 {
    match text {
        Ok(text) => super::print(&text),
        Err(status) => status,
    }
}

/// The command with all that can stand where a script does.
pub(super) fn whole() -> Command {
    args::Args::command()
        .args_conflicts_with_subcommands(true)
        .disable_help_subcommand(true)
        .mut_arg("script", |script| {
            script.value_name("FILE").value_hint(ValueHint::FilePath)
        })
        .subcommand(test::command().name("test"))
        .subcommand(reference())
        .subcommand(record::command().name("record"))
        .subcommand(trace::command().name("trace"))
        .subcommand(Completions::command().name("completions"))
        .subcommand(Manual::command().name("man"))
}

fn reference() -> Command {
    let flag = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
    };
    Command::new("doc")
        .about("Print the reference")
        .arg(Arg::new("NAME").help("One entry of it: socket.recv, recv, task, SO_REUSEADDR, OSError"))
        .arg(flag("luals", "Print types for Lua's language servers"))
        .arg(flag("rhai-defs", "Print definitions for Rhai's language server"))
        .arg(
            Arg::new("markdown")
                .long("markdown")
                .value_name("DIR")
                .value_hint(ValueHint::DirPath)
                .help("Write the reference as pages"),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clap_finds_nothing_wrong_with_the_whole() {
        whole().debug_assert();
    }
}
