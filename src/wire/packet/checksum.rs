//! Checksums of packets.

use crc::{CRC_16_IBM_3740, CRC_16_MODBUS, CRC_32_ISCSI, CRC_32_ISO_HDLC, Crc};

/// A way to sum bytes up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sum {
    /// The complement of the ones' complement sum of 16-bit words (RFC 1071): IP, ICMP, UDP, TCP.
    Internet,
    /// CRC-32 of Ethernet, zip, PNG.
    Crc32,
    /// CRC-32C (Castagnoli): SCTP, iSCSI.
    Crc32c,
    /// CRC-16/CCITT-FALSE.
    Crc16,
    /// CRC-16 of Modbus.
    Modbus,
    /// Adler-32 of zlib.
    Adler32,
    /// The sum of all bytes.
    Sum8,
    /// The exclusive or of all bytes.
    Xor8,
}

impl Sum {
    /// Names in declarations.
    pub(super) const NAMES: [(&str, Self); 8] = [
        ("internet", Self::Internet),
        ("crc32", Self::Crc32),
        ("crc32c", Self::Crc32c),
        ("crc16", Self::Crc16),
        ("modbus", Self::Modbus),
        ("adler32", Self::Adler32),
        ("sum8", Self::Sum8),
        ("xor8", Self::Xor8),
    ];

    /// Bits of its result.
    pub(super) const fn bits(self) -> u32 {
        match self {
            Self::Sum8 | Self::Xor8 => 8,
            Self::Internet | Self::Crc16 | Self::Modbus => 16,
            Self::Crc32 | Self::Crc32c | Self::Adler32 => 32,
        }
    }

    /// The checksum of these bytes.
    pub(super) fn of(self, bytes: &[u8]) -> u32 {
        match self {
            Self::Internet => internet(bytes).into(),
            Self::Crc32 => Crc::<u32>::new(&CRC_32_ISO_HDLC).checksum(bytes),
            Self::Crc32c => Crc::<u32>::new(&CRC_32_ISCSI).checksum(bytes),
            Self::Crc16 => Crc::<u16>::new(&CRC_16_IBM_3740).checksum(bytes).into(),
            Self::Modbus => Crc::<u16>::new(&CRC_16_MODBUS).checksum(bytes).into(),
            Self::Adler32 => adler(bytes),
            Self::Sum8 => bytes
                .iter()
                .fold(0_u8, |sum, byte| sum.wrapping_add(*byte))
                .into(),
            Self::Xor8 => bytes.iter().fold(0_u8, |sum, byte| sum ^ byte).into(),
        }
    }
}

fn internet(bytes: &[u8]) -> u16 {
    let sum: u64 = bytes
        .chunks(2)
        .map(|pair| u64::from(pair[0]) << 8 | u64::from(pair.get(1).copied().unwrap_or(0)))
        .sum();
    let mut sum = sum;
    while sum > 0xffff {
        sum = (sum >> 16) + (sum & 0xffff);
    }
    !u16::try_from(sum).unwrap_or(0)
}

fn adler(bytes: &[u8]) -> u32 {
    let (mut low, mut high) = (1_u32, 0_u32);
    for byte in bytes {
        low = (low + u32::from(*byte)) % 65521;
        high = (high + low) % 65521;
    }
    high << 16 | low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_their_documents() {
        // The catalogue of CRCs and RFC 1950 sum up these digits.
        let digits = b"123456789";
        assert_eq!(Sum::Crc32.of(digits), 0xcbf4_3926);
        assert_eq!(Sum::Crc32c.of(digits), 0xe306_9283);
        assert_eq!(Sum::Crc16.of(digits), 0x29b1);
        assert_eq!(Sum::Modbus.of(digits), 0x4b37);
        assert_eq!(Sum::Adler32.of(b"Wikipedia"), 0x11e6_0398);
        // The example of RFC 1071, and an odd number of bytes.
        assert_eq!(Sum::Internet.of(&[0, 1, 0xf2, 3, 0xf4, 0xf5, 0xf6, 0xf7]), 0x220d);
        assert_eq!(Sum::Internet.of(&[1]), 0xfeff);
        assert_eq!((Sum::Sum8.of(&[255, 2]), Sum::Xor8.of(&[3, 6])), (1, 5));
    }
}
