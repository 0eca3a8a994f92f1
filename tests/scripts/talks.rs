//! Conversations: a mail to aiosmtpd, in plain text and over TLS; Redis, one command after the other and in pipelines.

use super::peer::{Peer, python_peer};
use super::{Server, certificate, run, run_with};

#[test]
fn a_mail_is_taken_by_aiosmtpd() {
    let Some(mut command) = python_peer("smtp", "aiosmtpd.smtp") else {
        return;
    };
    let mut server = Peer::start(command.arg(certificate("localhost")).arg("tls"), "");
    let place = format!("127.0.0.1:{}", server.port);
    let mail = "Subject: a test\n\nA line.\n.a line with a dot\n";
    let ends = [
        "--from",
        "a@example.test",
        "--to",
        "b@example.test",
        "--to",
        "c@example.test",
        &place,
    ];
    let authority = certificate("ca");
    let secured = [&["--starttls", "--cafile", &authority][..], &ends].concat();
    let talk = run_with(mail, "smtp_talk", &secured).ended(0);
    for line in [
        "> STARTTLS",
        "= TLSv1.3, ",
        "> RCPT TO:<c@example.test>",
        "< 250 kept",
        "> QUIT",
    ] {
        assert!(talk.contains(line), "{line} is not in {talk}");
    }
    // Four lines with CR LF; the dot that was doubled on the way is one again.
    assert_eq!(
        server.line(),
        format!(
            "a@example.test ['b@example.test', 'c@example.test'] {} TLS",
            mail.len() + 4
        )
    );
    // This server takes nothing in plain text.
    let plain = run_with(mail, "smtp_talk", &ends);
    assert!(plain.stderr.contains("was answered with 530"), "{}", plain.stderr);
    plain.ended(1);
    let stranger = certificate("other");
    let doubtful = [&["--starttls", "--cafile", &stranger][..], &ends].concat();
    let doubtful = run_with(mail, "smtp_talk", &doubtful);
    assert!(
        doubtful.stderr.contains("CERTIFICATE_VERIFY_FAILED"),
        "{}",
        doubtful.stderr
    );
    doubtful.ended(1);
    let smuggled = ["--from", "a>\r\nRCPT TO:<x", "--to", "b", &place];
    run_with(mail, "smtp_talk", &smuggled).ended(2);
}

#[test]
fn redis_answers_pings_and_pipelines() {
    let server = Server::start("redis-server", |command, port| {
        command.args([
            "--port",
            &port.to_string(),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
        ]);
    });
    let Some(server) = server else { return };
    let place = server.place();
    let ask = |words: &[&str]| run("redis", &[&["--server", &place], words].concat());
    let pings = ask(&["ping", "3"]).ended(0);
    assert!(pings.starts_with(&format!("{place}: 3 pings, ")), "{pings}");
    let all = "SET k a\u{20}b , GET k , RPUSH l 1 2 , LRANGE l 0 -1 , HGETALL none , GET none , STRLEN k";
    // Words, but for the one with a space in it.
    let words: Vec<String> = all.split(' ').map(str::to_owned).collect();
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    words.splice(2..4, ["a b"]);
    let told = ask(&words).ended(0);
    assert_eq!(
        told,
        "OK\n\"a b\"\n(integer) 2\n1) \"1\"\n2) \"2\"\n(empty array)\n(nil)\n(integer) 3\n"
    );
    let wrong = ask(&["INCR", "k", ",", "GET", "k"]).ended(1);
    assert!(
        wrong.starts_with("(error) ERR value is not an integer"),
        "{wrong}"
    );
    assert!(wrong.ends_with("\"a b\"\n"), "{wrong}");
    // Many more than fit into the buffers between the two.
    let value = "x".repeat(2000);
    let commands: String = (0..3000)
        .map(|n| format!("SET k{n} {value}\nGET k{n}\n"))
        .collect();
    let told = run_with(&commands, "redis", &["--server", &place, "-"]).ended(0);
    assert_eq!(told, format!("OK\n\"{value}\"\n").repeat(3000));
    drop(server);
    run("redis", &["--server", &place, "ping"]).ended(1);
}
