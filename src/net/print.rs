//! How a socket prints: as CPython 3.11 prints one.

use std::fmt;

use crate::address::{Address, BluetoothName, UnixName};

use super::socket::Socket;

/// The address Python shows as the number 0.
const NO_CONTROLLER: Address = Address::Bluetooth(BluetoothName::Hci {
    controller: 0,
    channel: 0,
});

impl fmt::Display for Socket {
    /// As CPython 3.11 prints a socket.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fd = self.fd();
        let (family, kind, protocol) = (self.family(), self.kind(), self.protocol());
        let closed = if fd < 0 || self.is_shut() { " [closed]" } else { "" };
        write!(
            f,
            "<{}{closed} fd={fd}, family={family}, type={kind}, proto={protocol}",
            self.transport().class()
        )?;
        if let Ok(fd) = self.open_fd() {
            let ends = [
                ("laddr", self.lower().local_address(fd)),
                ("raddr", self.lower().peer_address(fd)),
            ];
            for (end, address) in ends {
                // What Python takes for false does not show; texts show without quotes.
                match address.map(|address| self.read_by_protocol(fd, address)) {
                    Err(_) | Ok(Address::Unix(UnixName::Unnamed)) | Ok(NO_CONTROLLER) => {}
                    Ok(Address::Unix(UnixName::Path(path))) => {
                        write!(f, ", {end}={}", String::from_utf8_lossy(&path))?;
                    }
                    Ok(Address::Bluetooth(BluetoothName::Sco { device })) => write!(f, ", {end}={device}")?,
                    Ok(address) => write!(f, ", {end}={address}")?,
                }
            }
        }
        f.write_str(">")
    }
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
