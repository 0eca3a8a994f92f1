//! The adapter with a scheduler and a network, and nothing else around it.

use std::rc::Rc;

use crate::api::Environment;
use crate::net::Net;
use crate::policy::Policy;
use crate::sched::{Scheduler, Task};
use crate::script::{Chunk, Language};

use super::{RhaiScript, STACK_SIZE};

fn run(source: &str) -> (Rc<Task>, RhaiScript) {
    let sched = Scheduler::new(STACK_SIZE);
    let net = Net::new(sched.clone(), Policy::allow_all());
    let rhai = RhaiScript::new(&net, Rc::new(Environment::default())).expect("an engine");
    let chunk = Chunk {
        name: "=test.rhai",
        source: source.as_bytes(),
        path: None,
    };
    let main = rhai.start(&chunk).expect("it compiles");
    sched.run_until(|| false).expect("it runs");
    (main, rhai)
}

fn works(source: &str) {
    let (main, rhai) = run(source);
    assert!(main.failure().is_none(), "{}", rhai.report(&main));
}

#[test]
fn a_byte_goes_round() {
    works(
        r#"
        let p = socket::socketpair();
        let a = p[0]; let b = p[1];
        if a.send(bytes("\xff")) != 1 { throw "sent"; }
        if b.recv(10) != bytes("\xff") { throw "received"; }
        "#,
    );
}
