//! Cipher suites by the names OpenSSL and Python give them, and how strong each is.

use rustls::{CipherSuite, SupportedCipherSuite};

/// Suite, OpenSSL's name, the protocol Python tells with it, bits of its key.
const NAMES: &[(CipherSuite, &str, &str, i64)] = &[
    (
        CipherSuite::TLS13_AES_256_GCM_SHA384,
        "TLS_AES_256_GCM_SHA384",
        "TLSv1.3",
        256,
    ),
    (
        CipherSuite::TLS13_CHACHA20_POLY1305_SHA256,
        "TLS_CHACHA20_POLY1305_SHA256",
        "TLSv1.3",
        256,
    ),
    (
        CipherSuite::TLS13_AES_128_GCM_SHA256,
        "TLS_AES_128_GCM_SHA256",
        "TLSv1.3",
        128,
    ),
    (
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "TLSv1.2",
        256,
    ),
    (
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "TLSv1.2",
        128,
    ),
    (
        CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        "ECDHE-ECDSA-CHACHA20-POLY1305",
        "TLSv1.2",
        256,
    ),
    (
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        "ECDHE-RSA-AES256-GCM-SHA384",
        "TLSv1.2",
        256,
    ),
    (
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        "ECDHE-RSA-AES128-GCM-SHA256",
        "TLSv1.2",
        128,
    ),
    (
        CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        "ECDHE-RSA-CHACHA20-POLY1305",
        "TLSv1.2",
        256,
    ),
];

/// Python's `cipher()`: name, protocol, bits of the key.
pub(crate) type Cipher = (&'static str, &'static str, i64);

/// A suite as Python tells it.
pub(super) fn cipher(suite: SupportedCipherSuite) -> Cipher {
    NAMES
        .iter()
        .find(|(known, ..)| *known == suite.suite())
        .map_or(("unknown", "unknown", 0), |(_, name, version, bits)| {
            (*name, *version, *bits)
        })
}

/// What `set_ciphers` chooses of the suites of TLS 1.2: a list of names, and of words such as `ECDHE+AESGCM`, `!aNULL` and
/// `DEFAULT`, as OpenSSL reads them. The suites of TLS 1.3 are always there.
pub(super) fn choose(list: &str, known: &[SupportedCipherSuite]) -> Option<Vec<SupportedCipherSuite>> {
    let old = |suite: &SupportedCipherSuite| cipher(*suite).1 != "TLSv1.3";
    let mut chosen: Vec<SupportedCipherSuite> = Vec::new();
    for word in list.split([':', ',', ' ']).filter(|word| !word.is_empty()) {
        let (remove, word) = match word.strip_prefix(['!', '-']) {
            Some(word) => (true, word),
            None => (false, word.trim_start_matches('+')),
        };
        if word.starts_with('@') {
            continue;
        }
        let fits = |suite: &SupportedCipherSuite| {
            old(suite) && word.split('+').all(|part| has(cipher(*suite).0, part))
        };
        if remove {
            chosen.retain(|suite| !fits(suite));
        } else {
            let new: Vec<_> = known
                .iter()
                .filter(|suite| fits(suite) && !chosen.contains(suite))
                .copied()
                .collect();
            chosen.extend(new);
        }
    }
    if chosen.is_empty() {
        return None;
    }
    let new = known.iter().filter(|suite| !old(suite)).copied();
    Some(new.chain(chosen).collect())
}

/// Whether a suite of TLS 1.2 is what a word of a cipher list means.
fn has(name: &str, word: &str) -> bool {
    match word {
        "ALL"
        | "DEFAULT"
        | "HIGH"
        | "COMPLEMENTOFDEFAULT"
        | "TLSv1.2"
        | "ECDHE"
        | "EECDH"
        | "kECDHE"
        | "kEECDH"
        | "AEAD" => true,
        "AESGCM" | "AES" => name.contains("AES"),
        "AES128" => name.contains("AES128"),
        "AES256" => name.contains("AES256"),
        "CHACHA20" => name.contains("CHACHA20"),
        "ECDSA" | "aECDSA" => name.contains("ECDSA"),
        "RSA" | "aRSA" => name.contains("-RSA-"),
        "SHA256" => name.ends_with("SHA256"),
        "SHA384" => name.ends_with("SHA384"),
        other => name == other,
    }
}
