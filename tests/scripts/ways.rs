//! The way to a host, through routers where the machine lets us have some; and what a TLS server shows at its end.

use std::process::{Command, Stdio};

use super::peer::{Peer, is_missing};
use super::support::{LIMIT, Running, folder, note};
use super::{certificate, run};

#[test]
fn the_way_to_this_machine_is_short() {
    let told = run("traceroute", &["--numeric", "--queries", "2", "127.0.0.1"]).ended(0);
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), 2, "{told}");
    assert!(
        lines[1].starts_with(" 1  127.0.0.1  ") && lines[1].ends_with(" ms"),
        "{told}"
    );
    let named = run("traceroute", &["--queries", "1", "127.0.0.1"]).ended(0);
    assert!(named.contains("127.0.0.1") && !named.contains("nil"), "{named}");
    let six = run("traceroute", &["--numeric", "::1"]);
    if super::ports::has_inet6() {
        assert!(
            six.stdout.contains("\n 1  ::1  "),
            "{} {}",
            six.stdout,
            six.stderr
        );
    }
    run("traceroute", &["no.such.host.invalid"]).ended(2);
}

/// Three networks of this machine's own, two routers between the ends.
#[test]
fn routers_on_the_way_are_told() {
    let mut command = Command::new("sh");
    command.arg(folder("tests/peers/routers.sh"));
    command
        .arg(env!("CARGO_BIN_EXE_wirescript"))
        .arg(folder("scripts/traceroute.lua"));
    let done = Running::start(&mut command).finish(LIMIT);
    if done.stderr.contains("cannot be had") {
        note(&format!(
            "no networks of our own here, traceroute past routers was NOT tried: {}",
            done.stderr
        ));
        return;
    }
    let told: Vec<&str> = done.stdout.lines().collect();
    assert_eq!(told.len(), 6, "{}{}", done.stdout, done.stderr);
    for (line, beginning) in told.iter().zip([
        "the way to 10.77.3.2 (10.77.3.2), 30 routers at most",
        " 1  10.77.1.2  ",
        " 2  10.77.2.2  ",
        " 3  10.77.3.2  ",
        "the way to 10.77.9.9 (10.77.9.9), 30 routers at most",
        " 1  10.77.1.2  ",
    ]) {
        assert!(line.starts_with(beginning), "{line}");
    }
    // The first router knows no way to the last.
    assert!(told[5].ends_with("!ENETUNREACH"), "{}", told[5]);
}

#[test]
fn certificates_are_reported() {
    let serve = |name: &str| {
        let mut command = Command::new("openssl");
        command
            .args([
                "s_server",
                "-accept",
                "127.0.0.1:0",
                "-cert",
                &certificate(name),
                "-www",
            ])
            .stderr(Stdio::null());
        Peer::start(&mut command, "ACCEPT ")
    };
    if Command::new("openssl").arg("version").output().is_err() {
        is_missing("openssl", "certificate.lua");
        return;
    }
    let authority = certificate("ca");
    let ask = |server: &Peer, name: &str, more: &[&str]| {
        let place = format!("127.0.0.1:{}", server.port);
        let words = [&["--cafile", &authority, "--name", name], more, &[&place]].concat();
        run("certificate", &words)
    };
    let server = serve("localhost");
    let good = ask(&server, "localhost", &[]).ended(0);
    for line in [
        "connection  TLSv1.3, TLS_AES_256_GCM_SHA384\n",
        "subject     commonName=localhost\n",
        "issuer      commonName=wirescript example authority, organizationName=wirescript\n",
        "names       localhost, *.example.test, 127.0.0.1, 0:0:0:0:0:0:0:1\n",
        "valid until Jan  1 00:00:00 2120 GMT\n",
        "verdict     good, for ",
    ] {
        assert!(good.contains(line), "{line} is not in {good}");
    }
    ask(&server, "localhost", &["--days", "100000"]).ended(1);
    let wrong = ask(&server, "wrong.example", &[]).ended(1);
    assert!(wrong.contains("subject     commonName=localhost\n"), "{wrong}");
    let verdict = "verdict     NOT to be believed: ";
    let says = |told: &str, why: &str| assert!(told.ends_with(&format!("{verdict}{why}\n")), "{told}");
    says(
        &wrong,
        "Hostname mismatch, certificate is not valid for 'wrong.example'.",
    );
    drop(server);
    let expired = ask(&serve("expired"), "localhost", &[]).ended(1);
    says(&expired, "certificate has expired");
    let stranger = ask(&serve("stranger"), "localhost", &[]).ended(1);
    assert!(
        stranger.contains("issuer      commonName=another authority"),
        "{stranger}"
    );
    says(&stranger, "unable to get local issuer certificate");
    run("certificate", &["127.0.0.1:1"]).ended(2);
}
