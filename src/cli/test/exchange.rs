//! What a test's sockets said last: kept while it runs, shown when it fails. A run that is recorded to a file as well has
//! two observers in the one slot.

use std::sync::Arc;

use crate::net::{Event, Net, Observer, Scene};
use crate::tools::trace::{Recorder, Tail};

/// Events that are kept.
const LAST: usize = 20;

/// The last events of one test.
pub(super) struct Exchange {
    tail: Tail,
    /// What hears them; it forgets all when it goes.
    _recorder: Recorder,
}

impl Exchange {
    /// Begins to listen; `files` is what watches the whole run.
    pub(super) fn begin(net: &Net, files: Option<&Arc<dyn Observer>>) -> Self {
        let plaintext = files.is_none_or(|files| files.wants_plaintext());
        let recorder = Recorder::of_part(plaintext, net.sched().simulated());
        let tail = recorder.keep_last(LAST);
        net.set_observer(Some(match files {
            Some(files) => Arc::new(Both(files.clone(), recorder.observer())),
            None => recorder.observer(),
        }));
        Self {
            tail,
            _recorder: recorder,
        }
    }

    /// The events of this test, a line each.
    pub(super) fn lines(&self, test: &str) -> Vec<String> {
        // Its own task is called as it is.
        let own = format!("  named {test}");
        let is_news = |line: &&str| !line.ends_with(&own);
        let text = self.tail.text();
        text.lines().filter(is_news).map(str::to_owned).collect()
    }
}

/// Two that watch.
struct Both(Arc<dyn Observer>, Arc<dyn Observer>);

impl Observer for Both {
    fn observe(&self, event: &Event<'_>, scene: &Scene<'_>) {
        self.0.observe(event, scene);
        self.1.observe(event, scene);
    }

    fn wants_plaintext(&self) -> bool {
        self.0.wants_plaintext()
    }

    fn before_fork(&self) {
        self.0.before_fork();
        self.1.before_fork();
    }

    fn after_fork(&self, child: bool) {
        self.0.after_fork(child);
        self.1.after_fork(child);
    }

    fn before_exit(&self) {
        self.0.before_exit();
        self.1.before_exit();
    }
}
