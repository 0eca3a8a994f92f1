//! What the integration tests share: running a program under a time limit, and showing how two texts differ.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

/// How long any one program may take.
pub(crate) const LIMIT: Duration = Duration::from_secs(20);

/// A program that runs while its output is collected. Dropping it ends the program.
pub(crate) struct Running {
    pub(crate) child: Child,
    stdout: Receiver<Vec<u8>>,
    stderr: Receiver<Vec<u8>>,
}

/// What became of a program; no status means that it was ended because its time was up.
pub(crate) struct Finished {
    pub(crate) status: Option<ExitStatus>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Running {
    /// Starts a program with nothing to read.
    pub(crate) fn start(command: &mut Command) -> Self {
        Self::start_with(command, "")
    }

    /// Starts a program with a short text to read.
    pub(crate) fn start_with(command: &mut Command, input: &str) -> Self {
        let mut child = command
            .stdin(if input.is_empty() {
                Stdio::null()
            } else {
                Stdio::piped()
            })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
        if let Some(mut stdin) = child.stdin.take() {
            // A program that ends unread is complained of by what it printed.
            let _ = stdin.write_all(input.as_bytes());
        }
        let stdout = collect(child.stdout.take());
        let stderr = collect(child.stderr.take());
        Self {
            child,
            stdout,
            stderr,
        }
    }

    /// Waits until the program ends, or ends it after `limit`.
    pub(crate) fn finish(mut self, limit: Duration) -> Finished {
        let deadline = Instant::now() + limit;
        let stdout = self.stdout.recv_timeout(limit);
        let stderr = self
            .stderr
            .recv_timeout(deadline.saturating_duration_since(Instant::now()));
        let status = wait_until(deadline, || {
            self.child.try_wait().expect("a child can be waited for")
        });
        if status.is_none() {
            self.end();
        }
        let text = |early: Result<Vec<u8>, _>, late: &Receiver<Vec<u8>>| {
            let bytes = early
                .or_else(|_| late.recv_timeout(Duration::from_secs(1)))
                .unwrap_or_default();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        Finished {
            status,
            stdout: text(stdout, &self.stdout),
            stderr: text(stderr, &self.stderr),
        }
    }

    /// Ends the program at once, if it still runs.
    fn end(&mut self) {
        // Both fail only for a child that has been waited for already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

impl Finished {
    /// Why this is not a program that ended well; nothing if it is.
    pub(crate) fn complaint(&self) -> Option<String> {
        match self.status {
            Some(status) if status.success() => None,
            Some(status) => Some(format!("{status}\n{}", indented(&self.stderr))),
            None => Some(format!(
                "did not end within {LIMIT:?}\n{}",
                indented(&self.stderr)
            )),
        }
    }
}

/// Asks `question` again and again until it has an answer or the deadline is past.
pub(crate) fn wait_until<T>(deadline: Instant, mut question: impl FnMut() -> Option<T>) -> Option<T> {
    loop {
        let answer = question();
        if answer.is_some() || Instant::now() >= deadline {
            return answer;
        }
        thread::park_timeout(Duration::from_millis(2));
    }
}

/// A CPython of 3.11 or later; says so on standard error where there is none.
pub(crate) fn python() -> Option<PathBuf> {
    let question = "import sys; print(sys.executable if sys.version_info >= (3, 11) else '')";
    let answer = Command::new("python3").args(["-c", question]).output();
    let path = answer
        .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
        .unwrap_or_default();
    if path.is_empty() {
        note("no python3 of 3.11 or later here: what CPython prints was NOT compared");
        return None;
    }
    Some(PathBuf::from(path))
}

/// Says something past the test harness, which would swallow it when all goes well.
pub(crate) fn note(text: &str) {
    // A closed standard error is no reason to fail a test.
    let _ = writeln!(io::stderr(), "note: {text}");
}

/// A folder of this package.
pub(crate) fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// What a folder holds, in order of name.
pub(crate) fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = folder
        .read_dir()
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = read
        .map(|entry| entry.expect("a folder's entry").path())
        .collect();
    paths.sort();
    paths
}

/// Two texts line by line: what both have, `-` what was expected, `+` what came.
pub(crate) fn diff(expected: &str, got: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), got.lines().collect());
    // common[i][j]: the most lines that old[i..] and new[j..] have in common.
    let mut common = vec![vec![0_usize; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i][j] = if old[i] == new[j] {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    let (mut i, mut j, mut text) = (0, 0, String::new());
    let mut line = |mark: char, line: &str| text.push_str(&format!("    {mark} {line}\n"));
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            line(' ', old[i]);
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || (i < old.len() && common[i + 1][j] >= common[i][j + 1]) {
            line('-', old[i]);
            i += 1;
        } else {
            line('+', new[j]);
            j += 1;
        }
    }
    text
}

/// A text set off from what stands around it.
fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    | {line}\n")).collect()
}

/// Reads a pipe to its end on a thread of its own.
fn collect(pipe: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // What was read before an error is still worth showing.
            let _ = pipe.read_to_end(&mut bytes);
        }
        // The receiver is gone when the program was dropped unread.
        let _ = sender.send(bytes);
    });
    receiver
}
