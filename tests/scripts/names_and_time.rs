//! Names and moments: dnsmasq is asked for records of every type, over UDP and TCP; chrony for the time; a responder of mDNS and
//! a device of SSDP for what they offer.

use std::fs;

use super::peer::{Peer, python_peer};
use super::{Server, room, run};

fn dnsmasq() -> Option<Server> {
    Server::start("dnsmasq", |command, port| {
        // So many that an answer over UDP is cut.
        let many = (1..=60).map(|n| format!("--txt-record=many.test,a text of some length, number {n}"));
        command
            .args([
                "--no-daemon",
                "--conf-file=/dev/null",
                "--pid-file=",
                "--no-resolv",
                "--no-hosts",
                "--bind-interfaces",
            ])
            .args([
                "--user=root",
                "--listen-address=127.0.0.1",
                &format!("--port={port}"),
            ])
            .args([
                "--address=/a.test/10.1.2.3",
                "--address=/a.test/fd00::1",
                "--txt-record=t.test,hello,world",
            ])
            .args([
                "--mx-host=m.test,mail.test,5",
                "--srv-host=_x._tcp.test,s.test,99",
                "--cname=c.test,h.test",
            ])
            .args([
                "--host-record=h.test,10.1.2.4",
                "--ptr-record=4.2.1.10.in-addr.arpa,h.test",
            ])
            .args(many);
    })
}

#[test]
fn records_come_from_dnsmasq() {
    let Some(server) = dnsmasq() else { return };
    let place = server.place();
    for (name, kind, expected) in [
        ("a.test", "A", "a.test\t0\tA\t10.1.2.3\n"),
        ("a.test", "aaaa", "a.test\t0\tAAAA\tfd00::1\n"),
        ("t.test", "TXT", "t.test\t0\tTXT\t\"hello\" \"world\"\n"),
        ("m.test", "MX", "m.test\t0\tMX\t5 mail.test\n"),
        ("_x._tcp.test", "SRV", "_x._tcp.test\t0\tSRV\t0 0 99 s.test\n"),
        (
            "c.test",
            "A",
            "c.test\t0\tCNAME\th.test\nh.test\t0\tA\t10.1.2.4\n",
        ),
        (
            "4.2.1.10.in-addr.arpa",
            "PTR",
            "4.2.1.10.in-addr.arpa\t0\tPTR\th.test\n",
        ),
    ] {
        assert_eq!(run("dns_query", &[name, kind, &place]).ended(0), expected);
        assert_eq!(
            run("dns_query", &["--tcp", name, kind, &place]).ended(0),
            expected
        );
    }
    // Cut over UDP, and asked for again over TCP.
    let many = run("dns_query", &["many.test", "TXT", &place]).ended(0);
    assert_eq!(many.lines().count(), 60, "{many}");
    let none = run("dns_query", &["none.test", "A", &place]);
    assert_eq!(none.stderr, "none.test A: refused\n");
    none.ended(1);
    drop(server);
    let gone = run("dns_query", &["--timeout", "0.2", "a.test", "A", &place]);
    assert!(gone.stderr.contains("ConnectionRefusedError"), "{}", gone.stderr);
    gone.ended(1);
}

/// The script, and its twin where this build has the language.
const NTP: &[&str] = if cfg!(feature = "rhai") {
    &["ntp.lua", "ntp.rhai"]
} else {
    &["ntp.lua"]
};

#[test]
fn the_time_comes_from_chrony() {
    let room = room("chrony");
    let server = Server::start("chronyd", |command, port| {
        let home = room.display();
        let configuration = format!(
            "local stratum 4\nallow 127.0.0.1\nport {port}\nbindaddress 127.0.0.1\ncmdport 0\nbindcmdaddress /\n\
             pidfile {home}/pid\ndriftfile {home}/drift\n"
        );
        fs::write(room.join("chrony.conf"), configuration).expect("a file");
        // Whatever it finds out, this machine's clock is left alone.
        command
            .args(["-x", "-d", "-U", "-u", "root", "-f"])
            .arg(room.join("chrony.conf"));
    });
    let Some(server) = server else { return };
    let place = server.place();
    for name in NTP {
        let told = run(name, &[&place]).ended(0);
        let words: Vec<&str> = told.split_whitespace().collect();
        assert_eq!(words[..3], [&*place, "stratum", "4"], "{name}: {told}");
        let offset: f64 = words[4].parse().expect("an offset");
        assert!(offset.abs() < 1.0, "the server's clock is this machine's: {told}");
    }
    drop(server);
    for name in NTP {
        run(name, &[&place]).ended(1);
    }
}

#[test]
fn a_responder_of_mdns_is_found() {
    let Some(mut command) = python_peer("mdns", "zeroconf") else {
        return;
    };
    let _responder = Peer::start(&mut command, "");
    let ask = |words: &[&str]| {
        let all = [&["--interface", "127.0.0.1", "--wait", "1.5", "mdns"], words].concat();
        run("discover", &all).ended(0)
    };
    let kinds = ask(&[]);
    assert!(
        kinds.contains("127.0.0.1  _services._dns-sd._udp.local  PTR  _wirescript._tcp.local\n"),
        "{kinds}"
    );
    let service = ask(&["_wirescript._tcp.local"]);
    for line in [
        "_wirescript._tcp.local  PTR  tester._wirescript._tcp.local",
        "tester._wirescript._tcp.local  SRV  tester.local port 4711",
        "tester._wirescript._tcp.local  TXT  \"kind=test\"",
        "tester.local  A  127.0.0.1",
    ] {
        assert!(service.contains(&format!("127.0.0.1  {line}\n")), "{service}");
    }
}

#[test]
fn a_device_of_ssdp_is_found() {
    let Some(mut command) = python_peer("ssdp", "socket") else {
        return;
    };
    let _device = Peer::start(&mut command, "");
    let ask = |target: &str| {
        run(
            "discover",
            &["--interface", "127.0.0.1", "--wait", "0.5", "ssdp", target],
        )
    };
    let line =
        "127.0.0.1  upnp:rootdevice  uuid:tester::upnp:rootdevice  http://127.0.0.1:49152/device.xml\n";
    assert_eq!(ask("ssdp:all").ended(0), line);
    ask("urn:nothing").ended(1);
}
