//! Entries from a pipe or a file: no prompt, no colours, and the end of a script when one fails, unless a prompt was asked for.

use std::rc::Rc;

use crate::error::Result;
use crate::sys::errno::Errno;
use crate::sys::file;

use super::session::{After, Session};

/// The mark some editors put before UTF-8.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// Runs what comes on standard input until it ends; until an entry fails, where the entries are not those of a prompt (`-i`).
pub(super) fn serve(session: &Rc<Session>, is_prompt: bool) -> After {
    let mut text = Vec::new();
    let mut is_first = true;
    loop {
        let mut line = match read_line(session) {
            Ok(line) => line,
            // What ends everything is told by who waits for the end.
            Err(_) if session.net().sched().is_dying() => return After::Failed,
            Err(error) => {
                session.complain(&format!("cannot read standard input: {error}"));
                return After::Failed;
            }
        };
        let ended = line.is_empty();
        // As at the beginning of a file.
        if std::mem::take(&mut is_first) && line.starts_with(MARK) {
            line.drain(..MARK.len());
        }
        text.extend(line);
        let first_comment = text.starts_with(b"#!");
        // A stray byte is one character, wherever it stands.
        let shown = String::from_utf8_lossy(&text);
        let partial = !ended
            && !shown.trim_start().starts_with(':')
            && session.language().conversation().is_partial(&shown);
        if partial {
            continue;
        }
        let entry = std::mem::take(&mut text);
        if !first_comment {
            let end = entry
                .iter()
                .rposition(|byte| *byte != b'\n')
                .map_or(0, |last| last + 1);
            match session.take(&entry[..end]) {
                After::Continue => {}
                After::Failed if is_prompt => {}
                after => return after,
            }
        }
        if ended {
            return After::Continue;
        }
    }
}

/// A line with its end; nothing at the end of the input. What follows the line stays there: a script may read it.
fn read_line(session: &Session) -> Result<Vec<u8>> {
    let line = session.net().sched().off_thread(None, || {
        let mut line = Vec::new();
        let mut byte = [0];
        loop {
            match file::read(0, &mut byte) {
                Ok(0) => return Ok(line),
                Ok(_) => line.push(byte[0]),
                Err(Errno::INTR) => continue,
                Err(errno) => return Err(errno),
            }
            if byte[0] == b'\n' {
                return Ok(line);
            }
        }
    })?;
    Ok(line.unwrap_or_else(|| Ok(Vec::new()))?)
}
