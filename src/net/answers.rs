//! What the resolver has answered: which names an address was given for.
//!
//! `connect(getaddrinfo("example.com", 443)[0][4])` is how careful programs connect, and to the policy it is the same as
//! connecting to the name: the rules for `example.com` hold for the addresses that the resolver gave this runtime for it. An
//! address that was not asked for in this way is a number and nothing else, and one that is reached through another name is
//! judged by that name.

use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::net::IpAddr;
use std::rc::Rc;

use crate::policy::{Request, Verdict, destination, faces, name_of};

use super::context::Net;
use super::resolver::Resolver;

/// Addresses that are remembered; of more, the oldest are forgotten.
const MOST: usize = 1024;
/// Names of one address that are remembered: more have been made up.
const MOST_NAMES: usize = 16;

/// The answers one runtime has got.
#[derive(Default)]
pub(super) struct Answers {
    known: RefCell<Known>,
    /// Who is asked before the system is.
    pub(super) resolver: OnceCell<Resolver>,
}

#[derive(Default)]
struct Known {
    names: HashMap<IpAddr, Vec<Rc<str>>>,
    /// The same addresses, the oldest first.
    order: VecDeque<IpAddr>,
}

impl Answers {
    /// The resolver gave these addresses for this name.
    fn note(&self, name: &str, addresses: impl Iterator<Item = IpAddr>) {
        let mut known = self.known.borrow_mut();
        let name: Rc<str> = name.into();
        for address in addresses.map(|address| address.to_canonical()) {
            if !known.names.contains_key(&address) {
                if known.order.len() == MOST
                    && let Some(oldest) = known.order.pop_front()
                {
                    known.names.remove(&oldest);
                }
                known.order.push_back(address);
            }
            let names = known.names.entry(address).or_default();
            if names.len() < MOST_NAMES && !names.contains(&name) {
                names.push(name.clone());
            }
        }
    }

    fn names(&self, address: IpAddr) -> Vec<Rc<str>> {
        let known = self.known.borrow();
        known
            .names
            .get(&address.to_canonical())
            .cloned()
            .unwrap_or_default()
    }
}

impl Net {
    /// The resolver has answered: the addresses stand for the name from here on.
    pub(super) fn note_answer(&self, name: Option<&str>, addresses: impl Iterator<Item = IpAddr>) {
        if let Some(name) = name
            && !self.policy().allows_everything()
            && name_of(name).is_some()
        {
            self.answers.note(name, addresses);
        }
    }

    /// Judges a request: for an address that is a number, by itself and by the names that it was the answer for, or an address
    /// that is reached by it. A rule that denies one of them wins. Returns the name that decided as well.
    pub(super) fn verdict<'a>(
        &'a self,
        request: &Request<'_>,
        name: Option<&str>,
    ) -> (Verdict<'a>, Option<Rc<str>>) {
        let verdict = self.policy().verdict(request, name);
        let own = name.map(Rc::from);
        let is_name = name.and_then(name_of).is_some();
        let (Some(address), false) = (target(request), is_name) else {
            return (verdict, own);
        };
        if matches!(verdict, Verdict::Denied(_)) {
            return (verdict, own);
        }
        let mut found = (verdict, own);
        // What a name grants is the address itself; to connect to none in particular is to connect to this machine.
        let reached = match request {
            Request::Bind(_) => address.to_canonical(),
            _ => destination(address),
        };
        for face in faces(address) {
            for name in self.answers.names(face) {
                match self.policy().verdict(request, Some(&name)) {
                    denied @ Verdict::Denied(_) => return (denied, Some(name)),
                    allowed if allowed.is_allowed() && !found.0.is_allowed() && face == reached => {
                        found = (allowed, Some(name));
                    }
                    _ => {}
                }
            }
        }
        found
    }
}

/// The host a request goes to, or stands at.
fn target(request: &Request<'_>) -> Option<IpAddr> {
    match request {
        Request::Connect(address)
        | Request::SendTo(address)
        | Request::SendMessage(address)
        | Request::Bind(address) => address.ip(),
        _ => None,
    }
}

impl fmt::Debug for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answers({})", self.known.borrow().order.len())
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn the_oldest_answers_are_forgotten() {
        let answers = Answers::default();
        let address = |number: usize| IpAddr::from(Ipv4Addr::from(u32::try_from(number).unwrap_or(0)));
        for number in 0..=MOST {
            answers.note("one.example", std::iter::once(address(number)));
        }
        assert!(answers.names(address(0)).is_empty());
        assert_eq!(answers.names(address(MOST)).len(), 1);
        for number in 0..2 * MOST_NAMES {
            answers.note(&format!("{number}.example"), std::iter::once(address(MOST)));
        }
        assert_eq!(answers.names(address(MOST)).len(), MOST_NAMES);
    }
}
