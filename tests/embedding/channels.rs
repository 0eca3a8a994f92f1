//! Channels between the host's threads and scripts.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use wirescript::{Channel, Class, Error, Policy, Result, Runtime, Turn, Value};

use crate::tongues::said;

/// Longer than anything here takes.
const LONG: Option<Duration> = Some(Duration::from_secs(60));

#[test]
fn values_go_both_ways_between_threads() -> Result<()> {
    for (builder, text) in said(
        "while true do local order = orders:recv() if order == nil then break end answers:send(order) end answers:close()",
        "loop { let order = orders.recv(); if order == () { break; } answers.send(order); } answers.close();",
    ) {
        let (orders, answers) = (Channel::new(), Channel::new());
        let (to, from) = (orders.clone(), answers.clone());
        let other = std::thread::spawn(move || -> Result<()> {
            let value = Value::from(BTreeMap::from([
                (
                    "list".to_owned(),
                    Value::from(vec![Value::None, 1.into(), 2.5.into(), true.into()]),
                ),
                ("text".to_owned(), "ä".into()),
                ("bytes".to_owned(), vec![0_u8, 255].as_slice().into()),
            ]));
            for _ in 0..100 {
                to.send(&value)?;
                assert_eq!(from.recv::<Value>(LONG)?, value);
            }
            let within = Channel::new();
            to.send((1, &within))?;
            let (_, back): (i64, Channel) = from.recv(LONG)?;
            within.send("through")?;
            assert_eq!(back.recv::<String>(LONG)?, "through");
            to.send(())?;
            assert_eq!(
                from.recv::<Value>(LONG).expect_err("closed").class(),
                Class::ShutDown
            );
            Ok(())
        });
        let mut runtime = builder.build()?;
        runtime.set("orders", &orders)?;
        runtime.set("answers", &answers)?;
        runtime.run("serve", text)?;
        other.join().expect("no panic")?;
    }
    Ok(())
}

#[test]
fn a_value_makes_a_turn_due() -> Result<()> {
    for (builder, text) in said("return orders:recv()", "orders.recv()") {
        let orders = Channel::new();
        let mut runtime = builder.build()?;
        runtime.set("orders", &orders)?;
        let job = runtime.spawn("waits", text)?;
        while runtime.turn(Duration::from_millis(1))? == Turn::Busy {}
        assert!(!job.is_done() && runtime.next_deadline().is_none());
        let mut poll = mio::Poll::new()?;
        let number = std::os::fd::AsRawFd::as_raw_fd(&runtime.as_fd()?);
        let mut source = mio::unix::SourceFd(&number);
        poll.registry()
            .register(&mut source, mio::Token(0), mio::Interest::READABLE)?;
        let sending = std::thread::spawn(move || orders.send(7));
        let mut events = mio::Events::with_capacity(1);
        poll.poll(&mut events, LONG)?;
        assert!(!events.is_empty(), "the descriptor tells of it");
        sending.join().expect("no panic")?;
        while !job.is_done() {
            runtime.turn(Duration::from_millis(1))?;
        }
        assert_eq!(runtime.wait::<i64>(&job)?, 7);
    }
    Ok(())
}

#[test]
fn what_belongs_to_a_thread_stays_there() -> Result<()> {
    for (builder, text) in said(
        "local a, b = socket.socketpair() ch:send(a) ch:send(1)",
        "let p = socket::socketpair(); ch.send(p[0]); ch.send(1);",
    ) {
        let channel = Channel::new();
        let mut runtime = builder.policy(Policy::allow_all()).build()?;
        let error = channel.send(Error::value("x").to_string()).and_then(|()| {
            let function = wirescript::Function::new("f", || -> Result<()> { Ok(()) });
            channel.send(function)
        });
        assert_eq!(error.expect_err("a function").class(), Class::TypeError);
        assert_eq!(channel.recv::<String>(LONG)?, "ValueError: x");
        runtime.set("ch", &channel)?;
        runtime.run("send", text)?;
        assert_eq!(
            channel.recv::<Value>(LONG).expect_err("a socket").class(),
            Class::TypeError
        );
        assert_eq!(channel.recv::<i64>(LONG)?, 1, "and the next is there");
        assert!(runtime.stats().sockets <= 1, "the one that was sent is closed");
    }
    Ok(())
}

#[test]
fn a_thread_waits_no_longer_than_it_says() -> Result<()> {
    let channel = Channel::new();
    let begun = Instant::now();
    let error = channel
        .recv::<()>(Some(Duration::from_millis(30)))
        .expect_err("nothing comes");
    assert_eq!(error.class(), Class::TimeoutError);
    assert!(begun.elapsed() >= Duration::from_millis(30));
    let other = channel.clone();
    let waiting = std::thread::spawn(move || other.recv::<()>(None).map_err(|error| error.class()));
    channel.close();
    assert_eq!(waiting.join().expect("no panic"), Err(Class::ShutDown));
    // A script that waits for one that nobody has any more is stopped as any.
    let mut runtime = Runtime::builder().timeout(Duration::from_millis(50)).build()?;
    runtime.set("ch", Channel::new())?;
    let call = if cfg!(feature = "lua") {
        "ch:recv()"
    } else {
        "ch.recv()"
    };
    assert_eq!(
        runtime.eval::<()>(call).expect_err("its time is over").class(),
        Class::LimitError
    );
    Ok(())
}
