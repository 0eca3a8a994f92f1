//! A loopback whose rates hold still.
//!
//! BBR paces what a connection sends, over loopback too: now and then a timer stands between two segments, which costs more than
//! the segments do, for as long as the connection falls into step with it. Rates of the same program then differ by four. So
//! where BBR is the system's congestion control, a bench moves to a network namespace of its own, with what other systems have.

/// Leaves pacing behind, this process and what it starts; says so where it could not. Wants to be called before there are threads.
pub(crate) fn settle() {
    let Some(found) = paces() else { return };
    match system::leave() {
        Ok(taken) => println!("In a network namespace of its own, with {taken}: the system's {found} paces."),
        Err(error) => println!(
            "The system's congestion control is {found}, which paces: rates of much data say little. A network \
             namespace of its own could not be made ready ({error}); `sysctl -w net.ipv4.tcp_congestion_control=cubic` helps, too."
        ),
    }
}

/// The congestion control in use, where it paces.
fn paces() -> Option<String> {
    let found = std::fs::read_to_string(system::CONTROL).ok()?;
    let found = found.trim();
    found.starts_with("bbr").then(|| found.to_owned())
}

#[cfg(linux)]
#[allow(unsafe_code, reason = "std cannot enter a namespace")]
mod system {
    use std::io;
    use std::mem;
    use std::os::fd::AsRawFd;

    /// Where the system says which congestion control new connections have.
    pub(super) const CONTROL: &str = "/proc/sys/net/ipv4/tcp_congestion_control";

    /// Enters a new namespace, brings its loopback up, and returns the congestion control it has now.
    pub(super) fn leave() -> io::Result<&'static str> {
        // SAFETY: no pointer is passed; what is left behind are sockets, of which there are none yet.
        let alone = |flags| match unsafe { libc::unshare(flags) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        };
        alone(libc::CLONE_NEWNET).or_else(|_| alone(libc::CLONE_NEWNET | libc::CLONE_NEWUSER))?;
        bring_up()?;
        let takes = |name: &&str| std::fs::write(CONTROL, name).is_ok();
        let taken = ["cubic", "reno"].into_iter().find(takes);
        taken.ok_or_else(|| io::Error::other("no other congestion control is allowed there"))
    }

    fn bring_up() -> io::Result<()> {
        let socket = std::net::UdpSocket::bind(("0.0.0.0", 0))?;
        // SAFETY: all zeroes is an interface request with an empty name.
        let mut request: libc::ifreq = unsafe { mem::zeroed() };
        for (to, from) in request.ifr_name.iter_mut().zip(b"lo") {
            *to = from.cast_signed();
        }
        request.ifr_ifru.ifru_flags = libc::c_short::try_from(libc::IFF_UP).map_err(io::Error::other)?;
        // SAFETY: the descriptor is open and the request lives through the call, which reads it only.
        match unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS, &raw const request) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        }
    }
}

#[cfg(not(linux))]
mod system {
    use std::io;

    pub(super) const CONTROL: &str = "/nonexistent";

    pub(super) fn leave() -> io::Result<&'static str> {
        Err(io::Error::from(io::ErrorKind::Unsupported))
    }
}
