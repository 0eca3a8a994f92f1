//! Names that resolve to what is denied, that change, and that stand for the same as an address.

use super::*;

attempts! { a_name_and_an_address, built(Policy::deny_all().allow_net("localhost:9")),
    the_address_of_a_granted_name: TCP, "s:connect({'127.0.0.1', 9})"; TCP_RHAI, "s.connect([\"127.0.0.1\", 9])";
    what_the_name_resolved_to_at_another_port: "local r = socket.getaddrinfo('localhost', 10, {type = socket.SOCK_STREAM, family = socket.AF_INET}) local s = socket.socket()", "s:connect(r[1][5])";
        "let r = socket::getaddrinfo(\"localhost\", 10, #{type: socket::SOCK_STREAM, family: socket::AF_INET}); let s = socket::socket();", "s.connect(r[0][4])";
    binding_what_the_name_resolved_to: "local r = socket.getaddrinfo('localhost', 9, {type = socket.SOCK_STREAM, family = socket.AF_INET}) local s = socket.socket()", "s:bind(r[1][5])";
        "let r = socket::getaddrinfo(\"localhost\", 9, #{type: socket::SOCK_STREAM, family: socket::AF_INET}); let s = socket::socket();", "s.bind(r[0][4])";
    another_port: TCP, "s:connect({'localhost', 10})"; TCP_RHAI, "s.connect([\"localhost\", 10])";
    another_name: "", "socket.getaddrinfo('localhost.example', 9)"; "", "socket::getaddrinfo(\"localhost.example\", 9)";
    a_name_before_it: "", "socket.getaddrinfo('a.localhost', 9)"; "", "socket::getaddrinfo(\"a.localhost\", 9)";
    a_name_hidden_in_digits: "", "socket.getaddrinfo('1.2.3.4.5', 9)"; "", "socket::getaddrinfo(\"1.2.3.4.5\", 9)";
    create_connection: "", "socket.create_connection({'example.org', 9})"; "", "socket::create_connection([\"example.org\", 9])";
    a_tube: "", "tube.connect('tcp://example.org:9')"; "", "tube::connect(\"tcp://example.org:9\")";
    gethostbyname_ex: "", "socket.gethostbyname_ex('example.org')"; "", "socket::gethostbyname_ex(\"example.org\")";
    gethostbyname: "", "socket.gethostbyname('example.org')"; "", "socket::gethostbyname(\"example.org\")";
    gethostbyaddr: "", "socket.gethostbyaddr('127.0.0.1')"; "", "socket::gethostbyaddr(\"127.0.0.1\")";
    getnameinfo: "", "socket.getnameinfo({'127.0.0.1', 9}, 0)"; "", "socket::getnameinfo([\"127.0.0.1\", 9], 0)";
    getfqdn: "", "socket.getfqdn('example.org')"; "", "socket::getfqdn(\"example.org\")";
}

attempts! { the_name_of_a_granted_address, built(Policy::deny_all().allow_net("127.0.0.1:9")),
    by_connect: TCP, "s:connect({'localhost', 9})"; TCP_RHAI, "s.connect([\"localhost\", 9])";
    by_sendto: UDP, "s:sendto('x', {'localhost', 9})"; UDP_RHAI, "s.sendto(\"x\", [\"localhost\", 9])";
    by_bind: UDP, "s:bind({'localhost', 0})"; UDP_RHAI, "s.bind([\"localhost\", 0])";
}

/// Rules for a name hold for what the resolver gave for it, as in the loop over `getaddrinfo` of Python's documents.
#[test]
fn what_a_name_resolved_to_is_reached_by_its_rules() {
    let granted = built(Policy::deny_all().allow_net("localhost:9"));
    let denied = built(Policy::allow_all().deny_net("localhost:9"));
    #[cfg(feature = "lua")]
    {
        let ask = "local s, a = socket.socket(), socket.getaddrinfo('localhost', 9, {family = socket.AF_INET})[1][5]";
        let code = format!(
            "{ask} local ok, e = pcall(s.connect, s, a) assert(e.code == 'ECONNREFUSED', tostring(e))"
        );
        let runtime = Runtime::builder().lua().policy(granted.clone());
        let outcome = runtime.build().expect("a runtime").run("granted", code);
        outcome.unwrap_or_else(|error| panic!("{error}"));
        refused(Speech::Lua, denied.clone(), ask, "s:connect(a)");
    }
    #[cfg(feature = "rhai")]
    {
        let ask = "let s = socket::socket(); let a = socket::getaddrinfo(\"localhost\", 9, #{family: socket::AF_INET})[0][4];";
        let code = format!(
            "{ask} try {{ s.connect(a); }} catch (e) {{ if e.code != \"ECONNREFUSED\" {{ throw e; }} }}"
        );
        let runtime = Runtime::builder().rhai().policy(granted);
        let outcome = runtime.build().expect("a runtime").run("granted", code);
        outcome.unwrap_or_else(|error| panic!("{error}"));
        refused(Speech::Rhai, denied, ask, "s.connect(a)");
    }
}

/// What passes before whoever watches: what is asked for, and what is connected to in the end.
#[derive(Default)]
struct Asked(Mutex<Vec<String>>);

impl Observer for Asked {
    fn observe(&self, event: &Event<'_>, _: &Scene<'_>) {
        let told = match event {
            Event::Asked { request, .. } => request.to_string(),
            Event::Named { op, address, .. } => format!("{op} {address}"),
            _ => return,
        };
        self.0.lock().expect("nobody panicked").push(told);
    }
}

/// Between the judging of a name and its use nobody is asked again: what is connected to is what was judged.
fn a_name_that_changes(builder: wirescript::Builder, code: &str) {
    let policy = built(Policy::deny_all().allow_net("localhost:9"));
    let mut runtime = builder.policy(policy).build().expect("a runtime");
    let asked = Arc::new(Asked::default());
    runtime.net().set_observer(Some(asked.clone()));
    runtime.run("script", code).expect("it is granted");
    let asked = std::mem::take(&mut *asked.0.lock().expect("nobody panicked"));
    assert_eq!(
        asked[1..],
        [
            "resolving 'localhost'",
            "connecting to ('127.0.0.1', 9)",
            "connect ('127.0.0.1', 9)"
        ]
        .map(str::to_owned),
        "one question, and its answer is what is used"
    );
}

#[cfg(feature = "lua")]
#[test]
fn a_name_that_changes_in_lua() {
    let code = format!("{UDP} s:connect({{'localhost', 9}})");
    a_name_that_changes(Runtime::builder().lua(), &code);
}

#[cfg(feature = "rhai")]
#[test]
fn a_name_that_changes_in_rhai() {
    let code = format!("{UDP_RHAI} s.connect([\"localhost\", 9]);");
    a_name_that_changes(Runtime::builder().rhai(), &code);
}
