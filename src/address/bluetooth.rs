//! `AF_BLUETOOTH`: its names, one form a protocol, and the text Python prints for them.

use std::fmt;
use std::str::FromStr;

/// The address of a Bluetooth device, in the order it is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct DeviceAddress(pub [u8; 6]);

/// A Bluetooth address; its form depends on the socket's protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BluetoothName {
    /// `BTPROTO_L2CAP`: Python's `(bdaddr, psm[, cid[, bdaddr_type]])`.
    L2cap {
        /// The device.
        device: DeviceAddress,
        /// The service.
        psm: u16,
        /// The channel, 0 where the service is named.
        cid: u16,
        /// What kind of address the device has, `BDADDR_*`.
        kind: u8,
    },
    /// `BTPROTO_RFCOMM`: Python's `(bdaddr, channel)`.
    Rfcomm {
        /// The device.
        device: DeviceAddress,
        /// The channel.
        channel: u8,
    },
    /// `BTPROTO_HCI`: Python's `device_id` or `(device_id, channel)`.
    Hci {
        /// The controller's number, 0xffff for none.
        controller: u16,
        /// `HCI_CHANNEL_*`.
        channel: u16,
    },
    /// `BTPROTO_SCO`: Python's `bdaddr`.
    Sco {
        /// The device.
        device: DeviceAddress,
    },
}

/// A text that is no Bluetooth address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadDeviceAddress;

impl FromStr for DeviceAddress {
    type Err = BadDeviceAddress;

    /// Six hexadecimal numbers with colons between them, each below 256.
    fn from_str(text: &str) -> Result<Self, BadDeviceAddress> {
        let mut bytes = [0; 6];
        let mut parts = text.split(':');
        for byte in &mut bytes {
            let number = parts.next().map(|part| u32::from_str_radix(part, 16));
            let number = number.and_then(Result::ok).ok_or(BadDeviceAddress)?;
            *byte = number.try_into().map_err(|_| BadDeviceAddress)?;
        }
        match parts.next() {
            None => Ok(Self(bytes)),
            Some(_) => Err(BadDeviceAddress),
        }
    }
}

impl fmt::Display for DeviceAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02X}:{b:02X}:{c:02X}:{d:02X}:{e:02X}:{g:02X}")
    }
}

impl fmt::Display for BluetoothName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::L2cap {
                device,
                psm,
                cid: 0,
                kind: 0,
            } => write!(f, "('{device}', {psm})"),
            Self::L2cap {
                device,
                psm,
                cid,
                kind: 0,
            } => write!(f, "('{device}', {psm}, {cid})"),
            Self::L2cap {
                device,
                psm,
                cid,
                kind,
            } => write!(f, "('{device}', {psm}, {cid}, {kind})"),
            Self::Rfcomm { device, channel } => write!(f, "('{device}', {channel})"),
            Self::Hci {
                controller,
                channel: 0,
            } => write!(f, "{controller}"),
            Self::Hci { controller, channel } => write!(f, "({controller}, {channel})"),
            Self::Sco { device } => write!(f, "'{device}'"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn device_addresses_are_read_and_written() {
        let device = DeviceAddress([0, 0x1a, 0x7d, 0xda, 0x71, 0x13]);
        assert_eq!("00:1A:7D:DA:71:13".parse(), Ok(device));
        assert_eq!("0:1a:7d:DA:71:13".parse(), Ok(device));
        assert_eq!(device.to_string(), "00:1A:7D:DA:71:13");
        for bad in [
            "",
            "00:1A:7D:DA:71",
            "00:1A:7D:DA:71:13:00",
            "00:1A:7D:DA:71:100",
            "00:1A:7D:DA:71:G0",
            "00:1A:7D:DA:71:",
            "001A7DDA7113",
        ] {
            assert_eq!(bad.parse::<DeviceAddress>(), Err(BadDeviceAddress), "{bad}");
        }
    }
}
