//! A terminal for a program under test: what it writes becomes a screen, and keys are typed at it.

use std::io::{Read, Write};
use std::num::NonZero;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};

/// How long anything may take to appear.
const LIMIT: Duration = Duration::from_secs(30);
/// Size of the terminal.
const ROWS: u16 = 40;
const COLUMNS: u16 = 80;

pub(crate) const ENTER: &str = "\r";
pub(crate) const TAB: &str = "\t";
pub(crate) const CTRL_C: &str = "\x03";
pub(crate) const CTRL_D: &str = "\x04";
pub(crate) const CTRL_R: &str = "\x12";
pub(crate) const UP: &str = "\x1b[A";

/// A program at a terminal. Dropping it ends the program.
pub(crate) struct Terminal {
    keys: Pty,
    child: std::process::Child,
    output: Receiver<Vec<u8>>,
    screen: vt100::Parser,
    /// Everything that was written.
    pub(crate) raw: Vec<u8>,
}

impl Terminal {
    /// Starts `wirescript` with these arguments; its state is kept in `state`.
    pub(crate) fn start(arguments: &[&str], state: &Path) -> Self {
        Self::start_with(arguments, state, &[("TERM", "xterm-256color")])
    }

    /// As [`Self::start`], in another environment.
    pub(crate) fn start_with(arguments: &[&str], state: &Path, environment: &[(&str, &str)]) -> Self {
        let (keys, terminal) = open().expect("a terminal");
        keys.resize(Size::new(ROWS, COLUMNS)).expect("a size");
        let child = Command::new(env!("CARGO_BIN_EXE_wirescript"))
            .args(arguments)
            .env_remove("NO_COLOR")
            .env("XDG_STATE_HOME", state)
            .envs(environment.iter().copied())
            .current_dir(state)
            .spawn(terminal)
            .expect("the program starts");
        let fd = std::os::fd::AsFd::as_fd(&keys)
            .try_clone_to_owned()
            .expect("a descriptor");
        let mut reader = std::fs::File::from(fd);
        let (sender, output) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            // At the end of the program reading fails.
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self {
            keys,
            child,
            output,
            screen: vt100::Parser::new(
                NonZero::new(ROWS).expect("rows"),
                NonZero::new(COLUMNS).expect("columns"),
                0,
            ),
            raw: Vec::new(),
        }
    }

    /// Sends a signal and waits for the end; what `stty -a` says of the terminal then.
    #[allow(dead_code, reason = "not every test program needs it")]
    pub(crate) fn end_by(&mut self, signal: &str) -> String {
        let id = self.child.id().to_string();
        let terminal = std::fs::read_link(format!("/proc/{id}/fd/0")).expect("its terminal");
        // Held open, so that the terminal outlives the program.
        let held = std::fs::File::open(&terminal).expect("the terminal");
        let sent = std::process::Command::new("kill")
            .args(["-s", signal, &id])
            .status();
        assert!(sent.expect("kill runs").success());
        self.child.wait().expect("it ends");
        let told = std::process::Command::new("stty").arg("-a").stdin(held).output();
        String::from_utf8(told.expect("stty runs").stdout).expect("text")
    }

    /// Types.
    pub(crate) fn keys(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("keys are taken");
    }

    /// Types what is no text.
    #[allow(dead_code, reason = "not every test program needs it")]
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.keys.write_all(bytes).expect("keys are taken");
    }

    /// Gives the line that is being edited up, and waits for the next prompt.
    pub(crate) fn give_up(&mut self) {
        self.until_next_prompt(CTRL_C);
    }

    fn until_next_prompt(&mut self, keys: &str) {
        let before = self.raw.len();
        self.keys(keys);
        self.until("the next prompt", |terminal| {
            let written = String::from_utf8_lossy(&terminal.raw[before..]);
            written.contains("lua> ") || written.contains("rhai> ")
        });
        self.prompt();
    }

    /// Types a line at a prompt that is waiting, and waits for the next prompt.
    pub(crate) fn enter(&mut self, line: &str) {
        self.prompt();
        self.keys(line);
        self.until_line(line);
        self.until_next_prompt(ENTER);
    }

    /// Waits for a prompt with nothing behind it.
    pub(crate) fn prompt(&mut self) {
        self.until("a prompt", |terminal| {
            let line = terminal.last_line();
            line == "lua>" || line == "rhai>"
        });
    }

    /// Waits until the line that is being edited ends so.
    pub(crate) fn until_line(&mut self, end: &str) {
        let wanted: String = end.split_whitespace().collect();
        self.until(&format!("a line that ends in {end:?}"), |terminal| {
            let text: String = terminal.text().split_whitespace().collect();
            text.ends_with(&wanted)
        });
    }

    /// Waits until a text is on the screen.
    pub(crate) fn until_text(&mut self, text: &str) {
        self.until(&format!("{text:?}"), |terminal| terminal.text().contains(text));
    }

    /// Waits until the screen is as it should be.
    pub(crate) fn until(&mut self, what: &str, is: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + LIMIT;
        while !is(self) {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => {
                    self.screen.process(&bytes);
                    self.raw.extend_from_slice(&bytes);
                }
                Err(RecvTimeoutError::Timeout) => panic!("no sight of {what}:\n{}", self.text()),
                Err(RecvTimeoutError::Disconnected) => panic!("it ended without {what}:\n{}", self.text()),
            }
        }
    }

    /// What is on the screen.
    pub(crate) fn text(&self) -> String {
        let text = self.screen.screen().contents();
        text.lines()
            .map(|line| format!("{}\n", line.trim_end()))
            .collect::<String>()
            .trim_end()
            .to_owned()
    }

    /// The screen as an SVG.
    pub(crate) fn picture(&self) -> String {
        const WIDTH: f64 = 8.4;
        const HEIGHT: usize = 18;
        let screen = self.screen.screen();
        let is_written = |row: &u16| {
            (0..COLUMNS).any(|column| screen.cell(*row, column).is_some_and(vt100::Cell::has_contents))
        };
        let rows = (0..ROWS).rfind(is_written).map_or(0, |last| last + 1);
        let (width, height) = (f64::from(COLUMNS) * WIDTH + 24.0, usize::from(rows) * HEIGHT + 28);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" font-family=\"monospace\" \
             font-size=\"14\">\n<rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"#1e1e24\"/>\n"
        );
        for row in 0..rows {
            let mut pieces: Vec<(u16, String, String)> = Vec::new();
            for column in 0..COLUMNS {
                let Some(cell) = screen.cell(row, column) else {
                    continue;
                };
                let style = style(cell);
                let text = if cell.has_contents() { cell.contents() } else { " " };
                match pieces.last_mut() {
                    Some((_, last, written)) if *last == style => written.push_str(text),
                    _ => pieces.push((column, style, text.to_owned())),
                }
            }
            let y = usize::from(row) * HEIGHT + 26;
            for (column, style, text) in pieces.iter().filter(|(.., text)| !text.trim().is_empty()) {
                let x = f64::from(*column) * WIDTH + 12.0;
                let length = text.trim_end().chars().count();
                let text = text.trim_end().replace('&', "&amp;").replace('<', "&lt;");
                #[allow(clippy::cast_precision_loss, reason = "a row has 80 columns")]
                let wide = length as f64 * WIDTH;
                svg.push_str(&format!(
                    "<text x=\"{x:.1}\" y=\"{y}\" textLength=\"{wide:.1}\" xml:space=\"preserve\" {style}>{text}</text>\n"
                ));
            }
        }
        svg + "</svg>\n"
    }

    /// The last line that is not empty.
    pub(crate) fn last_line(&self) -> String {
        self.text().lines().last().unwrap_or_default().to_owned()
    }

    /// Waits for the end of the program; its status.
    pub(crate) fn end(&mut self) -> Option<i32> {
        let deadline = Instant::now() + LIMIT;
        let status = super::support::wait_until(deadline, || self.child.try_wait().expect("a child"));
        while let Ok(bytes) = self.output.recv_timeout(Duration::from_millis(200)) {
            self.screen.process(&bytes);
            self.raw.extend_from_slice(&bytes);
        }
        status.and_then(|status| status.code())
    }
}

/// A cell's colour and weight.
fn style(cell: &vt100::Cell) -> String {
    const COLOURS: [&str; 8] = [
        "#808080", "#f07178", "#a5d075", "#e6c07b", "#7aa2f7", "#c792ea", "#6fd0d0", "#d8d8d8",
    ];
    let colour = match cell.fgcolor() {
        vt100::Color::Idx(number) => COLOURS[usize::from(number) % COLOURS.len()],
        _ if cell.dim() => "#8a8a94",
        _ => "#d8d8d8",
    };
    let weight = if cell.bold() { " font-weight=\"bold\"" } else { "" };
    format!("fill=\"{colour}\"{weight}")
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Both fail only for a child that has been waited for already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
