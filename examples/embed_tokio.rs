//! Scripts inside a tokio program: tokio accepts connections, a script answers each, and neither waits for the other.
//!
//! The loop in `serve` is all it takes: take a turn, then wait for tokio's own events, for the runtime's descriptor, and
//! for its next deadline.
//!
//! Prints:
//! ```text
//! client 1: HELLO 1
//! client 2: HELLO 2
//! client 3: HELLO 3
//! a script that calculates let tokio's clock tick: true
//! requests served by scripts: 3
//! ```

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncReadExt, AsyncWriteExt, Interest};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, interval, sleep_until};
use wirescript::{Descriptor, Policy, Runtime, Turn};

const SCRIPT: &str = "
    served = 0
    function serve(conn)
        local line = conn:recv(100)
        task.sleep(0.01)                              -- as if it asked somebody
        conn:sendall(line:upper())
        conn:close()
        served = served + 1
    end
    function calculate()
        local start = time.monotonic()
        while time.monotonic() - start < 0.2 do end
    end
";

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Serves until the clients are done: never longer than a moment at a time in the scripts.
async fn serve(
    runtime: &mut Runtime,
    listener: TcpListener,
    clients: impl Future<Output = ()>,
) -> Outcome<()> {
    #[allow(
        deprecated,
        reason = "its successor is unsafe; a descriptor of our own, as here, is what it asks for"
    )]
    let events = AsyncFd::with_interest(runtime.as_fd()?.try_clone_to_owned()?, Interest::READABLE)?;
    tokio::pin!(clients);
    loop {
        let turn = runtime.turn(Duration::from_millis(2))?;
        let deadline = match turn {
            Turn::Busy => Some(Instant::now()),
            _ => runtime.next_deadline().map(Instant::from_std),
        };
        tokio::select! {
            () = &mut clients => return Ok(()),
            accepted = listener.accept() => {
                let (stream, _) = accepted?;
                runtime.spawn_call("serve", (Descriptor::new(stream.into_std()?),))?;
            }
            // Cleared before the next turn, which takes everything there is.
            ready = events.readable() => ready?.clear_ready(),
            () = sleep_until(deadline.unwrap_or_else(Instant::now)), if deadline.is_some() => {}
        }
    }
}

async fn ask(port: u16, number: u32) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.write_all(format!("hello {number}\n").as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer.trim_end().to_owned())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<()> {
    let mut runtime = Runtime::builder().lua().policy(Policy::deny_all()).build()?;
    runtime.run("setup", SCRIPT)?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();

    let ticks = Arc::new(AtomicU32::new(0));
    let clock = ticks.clone();
    tokio::spawn(async move {
        let mut clock_ticks = interval(Duration::from_millis(5));
        loop {
            clock_ticks.tick().await;
            clock.fetch_add(1, Ordering::Relaxed);
        }
    });

    let busy = runtime.spawn_call("calculate", ())?;
    serve(&mut runtime, listener, async {
        let answers = tokio::join!(ask(port, 1), ask(port, 2), ask(port, 3));
        for (number, answer) in [(1, answers.0), (2, answers.1), (3, answers.2)] {
            println!(
                "client {number}: {}",
                answer.unwrap_or_else(|error| error.to_string())
            );
        }
    })
    .await?;
    runtime.wait::<()>(&busy)?;
    // Of forty ticks that fall into the calculation some must have come through.
    println!(
        "a script that calculates let tokio's clock tick: {}",
        ticks.load(Ordering::Relaxed) >= 3
    );
    println!("requests served by scripts: {}", runtime.eval::<i64>("served")?);
    Ok(())
}
