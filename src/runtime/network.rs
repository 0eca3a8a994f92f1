//! The network inside the process that a runtime may have instead of the kernel's, and the clock that goes with it.

use std::net::IpAddr;
use std::rc::Rc;
use std::sync::Arc;

use crate::net::{Net, Resolver, VirtualNetwork, World};
use crate::sched::Member;

use super::builder::Builder;

/// A network inside the process that a runtime's sockets are made in.
pub(super) enum Network {
    Own(VirtualNetwork),
    /// The one of who started this worker, and its place in it.
    Shared(Arc<World>, Arc<Member>),
}

impl Network {
    /// Has a runtime's sockets made in it.
    pub(super) fn join(self, net: &Rc<Net>) {
        let (world, member) = match self {
            Self::Shared(world, member) => (world, member),
            Self::Own(plan) => {
                let world = World::new(&plan);
                let member = Arc::new(world.simulation().enter());
                (world, member)
            }
        };
        net.join_world(world, member.number());
        net.sched().simulate(member);
    }
}

impl Builder {
    /// Has its sockets, and those of its workers, in a network inside the process, with a clock of its own that waits for nothing: the
    /// same scripts, with no kernel socket, and the same run each time. `docs/virtual.md` says what there is in it.
    ///
    /// ```
    /// # #[cfg(feature = "lua")] {
    /// use std::time::{Duration, Instant};
    /// use wirescript::{Policy, Runtime, VirtualNetwork};
    ///
    /// let begun = Instant::now();
    /// let mut runtime = Runtime::builder()
    ///     .policy(Policy::allow_all())
    ///     .virtual_network(VirtualNetwork::new().seed(7))
    ///     .build()?;
    /// runtime.run("hour", "time.sleep(3600)")?;
    /// assert!(begun.elapsed() < Duration::from_secs(60));
    /// # }
    /// # Ok::<(), wirescript::Error>(())
    /// ```
    pub fn virtual_network(mut self, network: VirtualNetwork) -> Self {
        self.network = Some(Network::Own(network));
        self
    }

    /// Who is asked for the addresses of names, before the system is (or a [`Builder::virtual_network`]): a service registry,
    /// a table of a test's. `None` is for the system to answer, an empty list a name that does not exist. It is asked on helper
    /// threads, several at a time, and may block; what scripts and their workers ask for, `getaddrinfo`, `gethostbyname`,
    /// `connect` with a name, is asked of it. The policy is asked as ever: for the name before, for each address after. Names
    /// of addresses (`gethostbyaddr`, `getnameinfo`) are the system's.
    ///
    /// ```
    /// # #[cfg(feature = "lua")] {
    /// use std::net::Ipv4Addr;
    /// use wirescript::{Policy, Runtime};
    ///
    /// let mut runtime = Runtime::builder()
    ///     .policy(Policy::deny_all().allow_resolve("*.cluster")?)
    ///     .resolver(|name| (name == "db.cluster").then(|| vec![Ipv4Addr::new(10, 0, 0, 7).into()]))
    ///     .build()?;
    /// let address: String = runtime.eval("socket.gethostbyname('db.cluster')")?;
    /// assert_eq!(address, "10.0.0.7");
    /// # }
    /// # Ok::<(), wirescript::Error>(())
    /// ```
    pub fn resolver(mut self, ask: impl Fn(&str) -> Option<Vec<IpAddr>> + Send + Sync + 'static) -> Self {
        self.resolver = Some(Arc::new(ask));
        self
    }

    /// It asks whom the one's who started this worker asks.
    pub(super) fn resolver_of(mut self, resolver: Option<Resolver>) -> Self {
        self.resolver = resolver;
        self
    }

    /// It is a worker's of a runtime in this network.
    pub(super) fn network(mut self, network: Network) -> Self {
        self.network = Some(network);
        self
    }
}
