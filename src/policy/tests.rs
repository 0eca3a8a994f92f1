//! Judging, kind by kind of request.

use std::net::IpAddr;
use std::path::Path;

use super::*;
use crate::address::{Address, UnixName};
use crate::sys::flag::{
    AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_UNIX, SOCK_DGRAM, SOCK_RAW, SOCK_STREAM,
};

fn at(host: &str, port: u16) -> Address {
    let ip: IpAddr = host.parse().expect("an address");
    std::net::SocketAddr::new(ip, port).into()
}

fn allows(policy: &Policy, request: &Request<'_>) -> bool {
    policy.judge(request) == Decision::Allow
}

fn connects(policy: &Policy, host: &str, port: u16) -> bool {
    allows(policy, &Request::Connect(&at(host, port)))
}

fn through(policy: &Policy, name: &str, host: &str, port: u16) -> bool {
    policy.judge_reached(&Request::Connect(&at(host, port)), Some(name)) == Decision::Allow
}

fn resolves(policy: &Policy, host: &str) -> bool {
    allows(
        policy,
        &Request::Resolve {
            host: Some(host),
            service: "80",
        },
    )
}

fn must(policy: Result<Policy>) -> Policy {
    policy.unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_refusal_says_what_was_asked() {
    let request = Request::Resolve {
        host: Some("example.org"),
        service: "80",
    };
    assert_eq!(Policy::allow_all().judge(&request), Decision::Allow);
    assert_eq!(
        Policy::deny_all().judge(&request),
        Decision::Deny("the policy does not allow resolving 'example.org'".into())
    );
    let policy = must(Policy::allow_all().deny_net("10.0.0.0/8"));
    let address = at("10.1.1.1", 80);
    assert_eq!(
        policy.judge(&Request::Connect(&address)),
        Decision::Deny("the policy denies connecting to ('10.1.1.1', 80) (net 10.0.0.0/8)".into())
    );
    assert_eq!(
        policy.explain(&Request::Connect(&address), None),
        "deny net 10.0.0.0/8"
    );
    assert_eq!(
        policy.explain(&Request::Connect(&at("9.0.0.1", 80)), None),
        "no rule denies it"
    );
}

#[test]
fn deny_wins_however_the_address_is_written() {
    let policy = must(
        Policy::deny_all()
            .allow_net("*")
            .and_then(|policy| policy.deny_net("127.0.0.0/8")),
    );
    assert!(connects(&policy, "10.0.0.1", 80) && connects(&policy, "::1", 80));
    for alias in [
        "127.0.0.1",
        "127.255.0.1",
        "::ffff:127.0.0.1",
        "0.0.0.0",
        "::ffff:0.0.0.0",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "::127.0.0.1",
    ] {
        assert!(!connects(&policy, alias, 80), "{alias}");
    }
    let six = must(Policy::allow_all().deny_net("[::1]:*"));
    assert!(!connects(&six, "::1", 1) && !connects(&six, "::", 1) && connects(&six, "::2", 1));
}

#[test]
fn a_name_does_not_cover_its_address_nor_the_reverse() {
    let named = must(Policy::deny_all().allow_net("localhost:80"));
    assert!(
        resolves(&named, "localhost") && resolves(&named, "LOCALHOST.") && !resolves(&named, "example.org")
    );
    assert!(through(&named, "localhost", "127.0.0.1", 80) && through(&named, "LocalHost.", "::1", 80));
    assert!(!through(&named, "localhost", "127.0.0.1", 81) && !through(&named, "other", "127.0.0.1", 80));
    assert!(!connects(&named, "127.0.0.1", 80) && !through(&named, "127.0.0.1", "127.0.0.1", 80));
    let numbered = must(Policy::deny_all().allow_net("127.0.0.1:80"));
    assert!(connects(&numbered, "127.0.0.1", 80) && !resolves(&numbered, "localhost"));
    assert!(resolves(&numbered, "127.1"), "what is a number asks nobody");
    assert!(
        !resolves(&numbered, "1.2.3.4.5"),
        "and what only looks like one does"
    );
}

#[test]
fn a_resolved_address_is_judged_again() {
    let policy = must(
        Policy::deny_all()
            .allow_net("*.example.com")
            .and_then(|policy| policy.deny_net("10.0.0.0/8")),
    );
    assert!(
        through(&policy, "a.example.com", "192.0.2.1", 80)
            && !through(&policy, "a.example.com", "10.0.0.1", 80)
    );
    let denied = must(Policy::allow_all().deny_net("example.com"));
    assert!(!resolves(&denied, "example.com") && !through(&denied, "example.com", "192.0.2.1", 80));
}

#[test]
fn binding_everywhere_binds_what_is_denied() {
    let policy = must(
        Policy::deny_all()
            .allow_listen("*:8000-8999")
            .and_then(|policy| policy.deny_listen("127.0.0.1:8080")),
    );
    let binds = |host, port| allows(&policy, &Request::Bind(&at(host, port)));
    assert!(binds("0.0.0.0", 8000) && binds("127.0.0.2", 8080) && !binds("127.0.0.1", 80));
    assert!(!binds("127.0.0.1", 8080) && !binds("0.0.0.0", 8080) && !binds("::", 8080) && binds("::1", 8080));
    let narrow = must(Policy::deny_all().allow_listen("127.0.0.1:*"));
    assert!(
        allows(&narrow, &Request::Bind(&at("127.0.0.1", 0)))
            && !allows(&narrow, &Request::Bind(&at("0.0.0.0", 0)))
    );
}

#[test]
fn sockets_are_judged_by_family_type_and_protocol() {
    let create = |policy: &Policy, family, kind, protocol| {
        allows(
            policy,
            &Request::Create {
                family,
                kind,
                protocol,
            },
        )
    };
    let net = must(Policy::deny_all().allow_net("127.0.0.1:*"));
    assert!(
        create(&net, AF_INET, SOCK_STREAM, 0)
            && create(&net, AF_INET6, SOCK_DGRAM, 17)
            && create(&net, AF_UNIX, SOCK_STREAM, 0)
    );
    for (family, kind, protocol) in [
        (AF_INET, SOCK_RAW, 1),
        (AF_INET6, SOCK_RAW, 58),
        (AF_INET, SOCK_DGRAM, 1),
        (AF_INET, SOCK_STREAM, 132),
        (AF_PACKET, SOCK_DGRAM, 0),
        (AF_PACKET, SOCK_RAW, 0),
        (AF_NETLINK, SOCK_RAW, 0),
    ] {
        assert!(
            !create(&net, family, kind, protocol),
            "{family} {kind} {protocol}"
        );
    }
    let raw = net.clone().allow_raw();
    assert!(
        create(&raw, AF_INET, SOCK_RAW, 1)
            && create(&raw, AF_PACKET, SOCK_RAW, 0)
            && !create(&raw, AF_NETLINK, SOCK_RAW, 0)
    );
    assert!(create(
        &must(net.allow_family("netlink")),
        AF_NETLINK,
        SOCK_RAW,
        0
    ));
    let few = must(
        Policy::allow_all()
            .deny_type("dgram")
            .and_then(|policy| policy.deny_family("inet6")),
    )
    .deny_raw();
    assert!(create(&few, AF_INET, SOCK_STREAM, 0) && !create(&few, AF_INET, SOCK_DGRAM, 0));
    assert!(!create(&few, AF_INET6, SOCK_STREAM, 0) && !create(&few, AF_PACKET, SOCK_RAW, 0));
}

#[test]
fn unix_names_are_judged_by_where_they_lead() {
    let policy = must(
        Policy::deny_all()
            .allow_unix("/nowhere/*.sock")
            .and_then(|policy| policy.allow_unix("@app-*")),
    );
    let connects = |name: &[u8]| allows(&policy, &Request::Connect(&Address::Unix(UnixName::new(name))));
    assert!(connects(b"/nowhere/a.sock") && connects(b"\0app-1"));
    assert!(
        !connects(b"/nowhere/b/a.sock")
            && !connects(b"/nowhere/b/../a.sock")
            && !connects(b"\0other")
            && !connects(b"@app-1")
    );
    assert!(!connects(b""), "an unnamed bind takes any abstract name");
}

#[test]
fn options_that_lead_packets_elsewhere_are_raw() {
    let option = |policy: &Policy, level, name| {
        let number = |name| i32::try_from(crate::constants::number(name).expect(name)).expect("it fits");
        allows(
            policy,
            &Request::SetOption {
                level: number(level),
                name: number(name),
            },
        )
    };
    let net = must(Policy::deny_all().allow_net("*"));
    assert!(option(&net, "SOL_SOCKET", "SO_KEEPALIVE") && !option(&net, "IPPROTO_IP", "IP_OPTIONS"));
    assert!(option(&net.allow_raw(), "IPPROTO_IP", "IP_OPTIONS"));
    let open = must(Policy::allow_all().deny_net("10.0.0.0/8"));
    assert!(!option(&open, "IPPROTO_IP", "IP_OPTIONS"), "it would lead there");
    assert!(option(
        &Policy::allow_all().deny_fork(),
        "IPPROTO_IP",
        "IP_OPTIONS"
    ));
}

/// Gives one grant.
type Give = fn(Policy) -> Result<Policy>;

#[test]
fn every_grant_is_its_own() {
    let requests: &[(&str, Request<'_>)] = &[
        ("fd", Request::Adopt { fd: 3 }),
        ("fd", Request::CloseForeign { fd: 3 }),
        ("fd", Request::Share { process: 1 }),
        ("fd", Request::FromShare { process: 1 }),
        ("sethostname", Request::SetHostName(b"x")),
        ("info", Request::HostName),
        ("info", Request::Interfaces),
        ("input", Request::Input),
        ("fork", Request::Fork),
        ("worker", Request::Worker { script: "a.lua" }),
        ("run", Request::Spawn { program: "git" }),
        (
            "read",
            Request::Open {
                path: Path::new("/nowhere/x"),
                write: false,
            },
        ),
        (
            "write",
            Request::Open {
                path: Path::new("/nowhere/x"),
                write: true,
            },
        ),
    ];
    let grants: [(&str, Give); 9] = [
        ("fd", |policy| Ok(policy.allow_fd())),
        ("sethostname", |policy| Ok(policy.allow_sethostname())),
        ("info", |policy| Ok(policy.allow_info())),
        ("input", |policy| Ok(policy.allow_input())),
        ("fork", |policy| Ok(policy.allow_fork())),
        ("worker", |policy| Ok(policy.allow_worker())),
        ("run", |policy| policy.allow_run("git")),
        ("read", |policy| policy.allow_read("/nowhere")),
        ("write", |policy| policy.allow_write("/nowhere")),
    ];
    for (grant, give) in grants {
        let policy = must(give(Policy::deny_all()));
        for (kind, request) in requests {
            assert_eq!(allows(&policy, request), *kind == grant, "{grant}: {request}");
        }
    }
}
