//! The network inside the process that a runtime may have instead of the kernel's, and the clock that goes with it.

use std::rc::Rc;
use std::sync::Arc;

use crate::net::{Net, VirtualNetwork, World};
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

    /// It is a worker's of a runtime in this network.
    pub(super) fn network(mut self, network: Network) -> Self {
        self.network = Some(network);
        self
    }
}
