//! The recording proxy: it stands between a client and a server and passes on what both say. What is recorded is what sockets do,
//! by the recorder that watches the network, so a recording is a trace like any other.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::net::{Net, Socket};
use crate::sched::Task;

use super::dial::{Dial, Listener};
use super::errand;
use super::url::Scheme;

/// What the proxy does.
pub(crate) struct Proxy {
    pub(crate) listener: Rc<Listener>,
    pub(crate) to: Dial,
    /// After so many conversations it ends; without a number it goes on.
    pub(crate) most: Option<usize>,
    /// Told of a conversation that failed.
    pub(crate) tell: Rc<dyn Fn(&Error)>,
}

impl Proxy {
    /// Begins to listen.
    ///
    /// # Errors
    /// `ValueError` for UDP; as [`Dial::listen`].
    pub(crate) fn listen(net: &Rc<Net>, at: Dial, to: &Dial) -> Result<Rc<Listener>> {
        for dial in [&at, to] {
            if dial.url.scheme() == Scheme::Udp {
                let text = format!("{}: only streams can be relayed: tcp, tls and unix", dial.url);
                return Err(Error::value(text));
            }
        }
        at.listen(net, None)
    }

    /// Starts it, as a task that ends when it does.
    ///
    /// # Errors
    /// As [`errand::start`].
    pub(crate) fn start(self, net: &Rc<Net>) -> Result<Rc<Task>> {
        let sched = net.sched().clone();
        let net = net.clone();
        errand::start(&sched, "record", move || self.run(&net))
    }

    fn run(&self, net: &Rc<Net>) -> Result<()> {
        let conversations = RefCell::new(Vec::new());
        let mut begun = 0;
        while self.most.is_none_or(|most| begun < most) {
            let client = self.listener.accept(Some(Duration::MAX))?;
            begun += 1;
            let (to, tell, inner) = (self.to.clone(), self.tell.clone(), net.clone());
            let task = errand::start(net.sched(), "conversation", move || {
                if let (Err(error), Some(client)) = (converse(&inner, client.socket(), &to), client.socket())
                {
                    // A client that had gone is one whose conversation is over.
                    let _ = client.close();
                    tell(&error);
                }
                Ok(())
            })?;
            let mut all = conversations.borrow_mut();
            all.retain(|task: &Rc<Task>| !task.is_done());
            all.push(task);
        }
        self.listener.close()?;
        for task in conversations.take() {
            net.sched().join(&task, None)?;
        }
        Ok(())
    }
}

/// One client's conversation, with a connection of its own to the server.
fn converse(net: &Rc<Net>, client: Option<&Rc<Socket>>, to: &Dial) -> Result<()> {
    let server = to.connect(net)?;
    if let (Some(client), Some(server)) = (client, server.socket()) {
        // Nothing may be said for as long as both like.
        for socket in [client, server] {
            socket.set_timeout(crate::net::Timeout::Blocking)?;
        }
        Socket::relay(client, server, None)?;
        client.close()?;
    }
    server.close(None)
}
