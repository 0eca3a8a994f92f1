//! Random bytes of the kernel's for what everybody may see: the names and numbers that a protocol wants to be new each time.
//!
//! A call of getrandom(2) takes longer than the few bytes it is asked for, and a TLS handshake asks seven times. So a thread takes
//! some at once and hands them out in pieces; what was handed out is erased. They lie in a page that the kernel wipes in a forked
//! child (MADV_WIPEONFORK), however it was forked: a parent and its child never hand out the same.

#[cfg(linux)]
pub(crate) use store::hand_out;

/// Fills the piece; false where that cannot be done: nothing is stored on this system.
#[cfg(not(linux))]
pub(crate) fn hand_out(_: &mut [u8]) -> bool {
    false
}

#[cfg(linux)]
mod store {
    use std::cell::Cell;
    use std::ptr::{self, NonNull};

    /// Bytes taken at once: so many the kernel always gives in one piece, signals or not.
    const STORED: usize = 256;
    /// Bytes handed out at once, at most.
    const PIECE: usize = 64;

    /// What lies in the page. Wiped, it holds nothing.
    #[repr(C)]
    struct Page {
        left: Cell<usize>,
        bytes: Cell<[u8; STORED]>,
    }

    /// A thread's store.
    struct Store(NonNull<Page>);

    thread_local! {
        static STORE: Option<Store> = Store::new();
    }

    /// Fills the piece; false where that cannot be done here: it is too large, or the kernel refuses.
    pub(crate) fn hand_out(piece: &mut [u8]) -> bool {
        let filled = STORE.try_with(|store| store.as_ref().is_some_and(|store| store.page().fill(piece)));
        filled.unwrap_or(false)
    }

    impl Store {
        fn new() -> Option<Self> {
            // SAFETY: a new mapping of the kernel's choice touches nothing that is there.
            let page = unsafe {
                libc::mmap(
                    ptr::null_mut(),
                    size_of::<Page>(),
                    libc::PROT_READ | libc::PROT_WRITE,
                    libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                    -1,
                    0,
                )
            };
            if page == libc::MAP_FAILED {
                return None;
            }
            let store = Self(NonNull::new(page)?.cast());
            // SAFETY: the mapping is ours; being wiped, it is still a page of zeros.
            let wiped = unsafe { libc::madvise(page, size_of::<Page>(), libc::MADV_WIPEONFORK) };
            (wiped == 0).then_some(store)
        }

        fn page(&self) -> &Page {
            // SAFETY: the mapping lives as long as the store, belongs to its thread alone, and zeros are a valid page.
            unsafe { self.0.as_ref() }
        }
    }

    impl Drop for Store {
        fn drop(&mut self) {
            // SAFETY: the mapping is ours, and nothing refers to it any more.
            unsafe { libc::munmap(self.0.as_ptr().cast(), size_of::<Page>()) };
        }
    }

    impl Page {
        fn fill(&self, piece: &mut [u8]) -> bool {
            if piece.len() > PIECE {
                return false;
            }
            if self.left.get() < piece.len() {
                // SAFETY: the array is writable for its length, and nobody else has it.
                let count = unsafe { libc::getrandom(self.bytes.as_ptr().cast(), STORED, 0) };
                if usize::try_from(count) != Ok(STORED) {
                    return false;
                }
                self.left.set(STORED);
            }
            let rest = self.left.get() - piece.len();
            let bytes: &Cell<[u8]> = &self.bytes;
            for (to, from) in piece.iter_mut().zip(&bytes.as_slice_of_cells()[rest..]) {
                *to = from.take();
            }
            self.left.set(rest);
            true
        }
    }
}

#[cfg(all(test, linux))]
mod tests {
    use std::collections::HashSet;

    use super::hand_out;
    use crate::sys::fork;

    fn piece() -> [u8; 32] {
        let mut piece = [0; 32];
        assert!(hand_out(&mut piece));
        piece
    }

    #[test]
    fn no_piece_comes_twice() {
        let mut seen: HashSet<[u8; 32]> = (0..100).map(|_| piece()).collect();
        seen.extend(
            std::thread::spawn(|| (0..100).map(|_| piece()).collect::<Vec<_>>())
                .join()
                .expect("no panic"),
        );
        assert_eq!(seen.len(), 200);
        assert!(!hand_out(&mut [0; 1000]), "what is large is somebody else's");
    }

    /// A fork duplicates the memory of a process: not what lies in store.
    #[test]
    fn a_forked_child_hands_out_others() {
        use std::io::Read as _;
        use std::os::fd::AsRawFd as _;

        piece();
        let (mut reader, writer) = std::io::pipe().expect("a pipe");
        let Some(child) = fork::fork().expect("a child") else {
            let bytes = piece();
            let fd = writer.as_raw_fd();
            // SAFETY: the bytes are readable for their length.
            unsafe { libc::write(fd, bytes.as_ptr().cast(), bytes.len()) };
            fork::exit_now(0);
        };
        drop(writer);
        let mut of_child = [0; 32];
        reader.read_exact(&mut of_child).expect("the child's piece");
        while !fork::has_ended(child).expect("our child") {
            std::thread::yield_now();
        }
        assert_ne!(of_child, piece());
        assert_ne!(of_child, [0; 32]);
    }
}
