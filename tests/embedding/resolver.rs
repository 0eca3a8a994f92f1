//! Names that the host answers for.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, Mutex};

use wirescript::{Builder, Class, Policy, Result, VirtualNetwork};

use crate::tongues::said;

/// Notes what it is asked, and knows some names.
fn answering(builder: Builder) -> (Builder, Arc<Mutex<Vec<String>>>) {
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let noted = asked.clone();
    let builder = builder.resolver(move |name| {
        noted.lock().expect("no panic").push(name.to_owned());
        match name {
            "db.cluster" => Some(vec![
                IpAddr::from(Ipv6Addr::LOCALHOST),
                Ipv4Addr::new(127, 0, 0, 9).into(),
            ]),
            "gone.cluster" => Some(Vec::new()),
            "odd.cluster" => panic!("no such luck"),
            _ => None,
        }
    });
    (builder, asked)
}

#[test]
fn every_question_is_put_to_the_host_first() -> Result<()> {
    let lua = "local names = {}
        for _, ask in ipairs({function() return socket.gethostbyname('gone.cluster') end, function() return socket.gethostbyname('odd.cluster') end}) do
          local ok, e = pcall(ask) names[#names + 1] = e.name end
        local infos = socket.getaddrinfo('db.cluster', 80, {type = socket.SOCK_STREAM, flags = socket.AI_CANONNAME})
        local ex = table.pack(socket.gethostbyname_ex('db.cluster'))
        return {infos[1][5][1], infos[2][5][1], #infos, infos[1][4], socket.gethostbyname('db.cluster'), ex[3][1], names[1], names[2], (socket.gethostbyname_ex('127.0.0.3'))}";
    let rhai = "let names = [];
        try { socket::gethostbyname(\"gone.cluster\") } catch (e) { names.push(e.name) }
        try { socket::gethostbyname(\"odd.cluster\") } catch (e) { names.push(e.name) }
        let infos = socket::getaddrinfo(\"db.cluster\", 80, #{type: socket::SOCK_STREAM, flags: socket::AI_CANONNAME});
        let ex = socket::gethostbyname_ex(\"db.cluster\");
        [infos[0][4][0], infos[1][4][0], infos.len(), infos[0][3], socket::gethostbyname(\"db.cluster\"), ex[2][0], names[0], names[1], socket::gethostbyname_ex(\"127.0.0.3\")[0]]";
    for virtually in [false, true] {
        for (builder, text) in said(lua, rhai) {
            let (mut builder, asked) = answering(builder.policy(Policy::allow_all()));
            if virtually {
                builder = builder.virtual_network(VirtualNetwork::new());
            }
            let mut runtime = builder.build()?;
            type Seen = (
                String,
                String,
                i64,
                String,
                String,
                String,
                String,
                String,
                String,
            );
            let seen: Seen = runtime.eval(text)?;
            let (first, second, count, canonical, one, ex, gone, odd, number) = seen;
            assert_eq!(
                (&*first, &*second, count, &*canonical),
                ("::1", "127.0.0.9", 2, "db.cluster")
            );
            assert_eq!((&*one, &*ex, &*number), ("127.0.0.9", "127.0.0.9", "127.0.0.3"));
            assert_eq!((&*gone, &*odd), ("gaierror", "RuntimeError"), "{text}");
            let heard = asked.lock().expect("no panic").clone();
            assert!(
                !heard.iter().any(|name| name == "127.0.0.3"),
                "a number is no question"
            );
            let local = runtime.eval::<String>(if text.starts_with("local") {
                "socket.gethostbyname('localhost')"
            } else {
                "socket::gethostbyname(\"localhost\")"
            });
            assert_eq!(local?, "127.0.0.1", "what it does not know the system does");
        }
    }
    Ok(())
}

#[test]
fn the_policy_judges_the_name_and_then_the_addresses() -> Result<()> {
    for (builder, text) in said(
        "local server <close> = socket.create_server({'127.0.0.9', 0})
         local port = server:getsockname()[2]
         local s <close> = socket.create_connection({'db.cluster', port}, 10)
         local name = s:getpeername()[1]
         local ok, e = pcall(socket.create_connection, {'localhost', port}, 10)
         return {name, e.denied}",
        "let server = socket::create_server([\"127.0.0.9\", 0]);
         let port = server.getsockname()[1];
         let s = socket::create_connection([\"db.cluster\", port], 10);
         let name = s.getpeername()[0];
         let denied = false; try { socket::create_connection([\"localhost\", port], 10) } catch (e) { denied = e.denied }
         [name, denied]",
    ) {
        let policy = Policy::deny_all()
            .allow_listen("127.0.0.9:*")?
            .allow_net("db.cluster:*")?;
        let (builder, _) = answering(builder.policy(policy));
        let mut runtime = builder.build()?;
        let (name, denied): (String, bool) = runtime.eval(text)?;
        assert_eq!((&*name, denied), ("127.0.0.9", true), "{text}");
        let (builder, asked) = answering(wirescript::Runtime::builder());
        let mut runtime = builder.build()?;
        let call = if cfg!(feature = "lua") { "socket.gethostbyname('db.cluster')" } else { "socket::gethostbyname(\"db.cluster\")" };
        let error = runtime.eval::<()>(call).expect_err("no policy");
        assert!(error.denied() && error.class() == Class::PermissionError);
        assert!(asked.lock().expect("no panic").is_empty(), "what is refused is not asked");
    }
    Ok(())
}

#[test]
fn workers_ask_the_same() -> Result<()> {
    for (builder, text) in said(
        "return worker.spawn('return socket.gethostbyname(\"db.cluster\")'):join()",
        "worker::spawn(\"socket::gethostbyname(`db.cluster`)\").join()",
    ) {
        let (builder, _) = answering(builder.policy(Policy::allow_all()));
        assert_eq!(builder.build()?.eval::<String>(text)?, "127.0.0.9");
    }
    Ok(())
}
