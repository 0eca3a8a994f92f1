//! Limits of time that were outlived.

use super::*;

/// A child's alarm is another than its parent's.
#[test]
fn a_forked_child_that_calculates_ends_in_time() {
    let room = folder("loopholes_forked");
    for (is_there, flag, code) in [
        (
            cfg!(feature = "lua"),
            "--lang=lua",
            "require('_socketserver').fork(function() while true do end end)",
        ),
        (
            cfg!(feature = "rhai"),
            "--lang=rhai",
            "_socketserver::fork(|| loop {});",
        ),
    ] {
        if !is_there {
            continue;
        }
        // The child holds the pipe that standard output is: it is at its end when the child is.
        let mut child = command(
            &room,
            &["--sandbox", "--allow-fork", "--timeout=0.5", flag, "-e", code],
        );
        let (mut reader, writer) = std::io::pipe().expect("a pipe");
        child.stdout(writer);
        let mut parent = child.spawn().expect("the command");
        drop(child);
        let began = Instant::now();
        let mut told = Vec::new();
        std::io::Read::read_to_end(&mut reader, &mut told).expect("a pipe can be read");
        assert!(began.elapsed() < LIMIT / 2, "{flag}");
        parent.wait().expect("it was started");
    }
}
