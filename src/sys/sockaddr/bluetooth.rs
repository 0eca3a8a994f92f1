//! `AF_BLUETOOTH` on Linux. The kernel's headers for it are not the C library's; each layout is given with the offset
//! of every field. Numbers are little-endian where the air interface has them so, and a device's address is stored from
//! its last byte to its first.

use super::super::errno::Result;
use super::super::flag;
use super::draft::{Draft, field};
use crate::address::{Address, BluetoothName, DeviceAddress};

// struct sockaddr_l2: 2 psm, 4 bdaddr, 10 cid, 12 bdaddr_type. struct sockaddr_rc: 2 bdaddr, 8 channel. struct
// sockaddr_hci: 2 dev, 4 channel. struct sockaddr_sco: 2 bdaddr.
pub(super) fn encode(name: &BluetoothName) -> Result<Draft> {
    match *name {
        BluetoothName::L2cap {
            device,
            psm,
            cid,
            kind,
        } => Draft::fields(
            14,
            [
                (2, &psm.to_le_bytes()),
                (4, &stored(device)),
                (10, &cid.to_le_bytes()),
                (12, &[kind]),
            ],
        ),
        BluetoothName::Rfcomm { device, channel } => {
            Draft::fields(10, [(2, &stored(device)), (8, &[channel])])
        }
        BluetoothName::Hci { controller, channel } => {
            Draft::fields(6, [(2, &controller.to_ne_bytes()), (4, &channel.to_ne_bytes())])
        }
        BluetoothName::Sco { device } => Draft::fields(8, [(2, &stored(device))]),
    }
}

/// An address in the form of the socket's protocol; none for one that is not known.
pub(super) fn decode(bytes: &[u8], protocol: i32) -> Option<Address> {
    let device = |offset| stored(DeviceAddress(field(bytes, offset)));
    let name = match protocol {
        flag::BTPROTO_L2CAP => {
            let [kind] = field(bytes, 12);
            BluetoothName::L2cap {
                device: DeviceAddress(device(4)),
                psm: u16::from_le_bytes(field(bytes, 2)),
                cid: u16::from_le_bytes(field(bytes, 10)),
                kind,
            }
        }
        flag::BTPROTO_HCI => BluetoothName::Hci {
            controller: u16::from_ne_bytes(field(bytes, 2)),
            channel: u16::from_ne_bytes(field(bytes, 4)),
        },
        flag::BTPROTO_SCO => BluetoothName::Sco {
            device: DeviceAddress(device(2)),
        },
        flag::BTPROTO_RFCOMM => {
            let [channel] = field(bytes, 8);
            BluetoothName::Rfcomm {
                device: DeviceAddress(device(2)),
                channel,
            }
        }
        _ => return None,
    };
    Some(Address::Bluetooth(name))
}

/// A device's address the other way round.
fn stored(DeviceAddress(mut bytes): DeviceAddress) -> [u8; 6] {
    bytes.reverse();
    bytes
}
