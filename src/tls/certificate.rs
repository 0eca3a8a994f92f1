//! What a certificate says: Python's `getpeercert()` in full, and the few facts that judging one needs.

use std::net::IpAddr;

use rustls::pki_types::UnixTime;
use rustls::{CertificateError, Error as Refusal};
use x509_parser::extensions::{DistributionPointName, GeneralName, ParsedExtension};
use x509_parser::prelude::{FromDer as _, X509Certificate, X509Name};
use x509_parser::time::ASN1Time;

/// A distinguished name: parts, each of one attribute or several, each a name and a value.
pub(crate) type Names = Vec<Vec<(String, String)>>;

/// What `getpeercert` tells.
#[derive(Debug, Default)]
pub(crate) struct Description {
    pub(crate) subject: Names,
    pub(crate) issuer: Names,
    pub(crate) version: i64,
    /// In hexadecimal digits.
    pub(crate) serial_number: String,
    /// As OpenSSL prints times: `Jan  5 09:34:43 2018 GMT`.
    pub(crate) not_before: String,
    pub(crate) not_after: String,
    /// Kind and value: `DNS`, `IP Address`, `email`, `URI`, `DirName`, `Registered ID`.
    pub(crate) alternative_names: Vec<(String, AlternativeName)>,
    pub(crate) ocsp: Vec<String>,
    pub(crate) ca_issuers: Vec<String>,
    pub(crate) crl_distribution_points: Vec<String>,
}

/// The value of an alternative name.
#[derive(Debug)]
pub(crate) enum AlternativeName {
    Text(String),
    Directory(Names),
}

/// What judging needs to know.
pub(super) struct Facts {
    pub(super) is_self_issued: bool,
    pub(super) common_names: Vec<String>,
    /// No alternative name is a host's: the common name counts then.
    pub(super) has_no_dns_names: bool,
    pub(super) not_before: String,
    pub(super) not_after: String,
    dates: (i64, i64),
    alternative_names: Vec<String>,
}

impl Facts {
    /// Whether `now` is within the certificate's dates.
    pub(super) fn check_dates(&self, now: UnixTime) -> Result<(), Refusal> {
        let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        if now < self.dates.0 {
            Err(CertificateError::NotValidYet.into())
        } else if now > self.dates.1 {
            Err(CertificateError::Expired.into())
        } else {
            Ok(())
        }
    }

    /// The names it is for, to be told.
    pub(super) fn names(&self) -> String {
        let names = if self.alternative_names.is_empty() {
            &self.common_names
        } else {
            &self.alternative_names
        };
        if names.is_empty() {
            "no name at all".to_owned()
        } else {
            names.join(", ")
        }
    }
}

/// The facts of a certificate; none where it cannot be read.
pub(super) fn facts(der: &[u8]) -> Option<Facts> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let description = described(&certificate);
    let common_names = description
        .subject
        .iter()
        .flatten()
        .filter(|(name, _)| name == "commonName")
        .map(|(_, value)| value.clone())
        .collect();
    let validity = certificate.validity();
    Some(Facts {
        is_self_issued: certificate.subject() == certificate.issuer(),
        common_names,
        has_no_dns_names: !description
            .alternative_names
            .iter()
            .any(|(kind, _)| kind == "DNS"),
        not_before: description.not_before,
        not_after: description.not_after,
        dates: (validity.not_before.timestamp(), validity.not_after.timestamp()),
        alternative_names: description
            .alternative_names
            .into_iter()
            .filter_map(|(_, value)| match value {
                AlternativeName::Text(text) => Some(text),
                AlternativeName::Directory(_) => None,
            })
            .collect(),
    })
}

/// Whether a certificate is an authority's: one whose basic constraints say so, or an old one that is its own issuer.
pub(super) fn is_authority(der: &[u8]) -> bool {
    X509Certificate::from_der(der).is_ok_and(|(_, certificate)| match certificate.basic_constraints() {
        Ok(Some(constraints)) => constraints.value.ca,
        _ => certificate.version().0 == 0 && certificate.subject() == certificate.issuer(),
    })
}

/// Whether a name in a certificate, perhaps with a `*` for its first label, is this host's.
pub(super) fn name_fits(pattern: &str, host: &str) -> bool {
    let host = host.trim_end_matches('.');
    if let Some(rest) = pattern.strip_prefix("*.") {
        return rest.contains('.')
            && host
                .split_once('.')
                .is_some_and(|(first, tail)| !first.is_empty() && tail.eq_ignore_ascii_case(rest));
    }
    pattern.eq_ignore_ascii_case(host)
}

/// What a certificate says; none where it cannot be read.
pub(crate) fn describe(der: &[u8]) -> Option<Description> {
    X509Certificate::from_der(der)
        .ok()
        .map(|(_, certificate)| described(&certificate))
}

fn described(certificate: &X509Certificate<'_>) -> Description {
    let mut description = Description {
        subject: names(certificate.subject()),
        issuer: names(certificate.issuer()),
        version: i64::from(certificate.version().0) + 1,
        serial_number: serial(certificate.raw_serial()),
        not_before: time(&certificate.validity().not_before),
        not_after: time(&certificate.validity().not_after),
        ..Description::default()
    };
    for extension in certificate.extensions() {
        match extension.parsed_extension() {
            ParsedExtension::SubjectAlternativeName(found) => {
                description.alternative_names = found.general_names.iter().filter_map(alternative).collect();
            }
            ParsedExtension::AuthorityInfoAccess(access) => {
                for entry in &access.accessdescs {
                    let GeneralName::URI(uri) = entry.access_location else {
                        continue;
                    };
                    match entry.access_method.to_id_string().as_str() {
                        "1.3.6.1.5.5.7.48.1" => description.ocsp.push(uri.to_owned()),
                        "1.3.6.1.5.5.7.48.2" => description.ca_issuers.push(uri.to_owned()),
                        _ => {}
                    }
                }
            }
            ParsedExtension::CRLDistributionPoints(points) => {
                for point in points.iter() {
                    let Some(DistributionPointName::FullName(full)) = &point.distribution_point else {
                        continue;
                    };
                    description
                        .crl_distribution_points
                        .extend(full.iter().filter_map(|name| match name {
                            GeneralName::URI(uri) => Some((*uri).to_owned()),
                            _ => None,
                        }));
                }
            }
            _ => {}
        }
    }
    description
}

fn alternative(name: &GeneralName<'_>) -> Option<(String, AlternativeName)> {
    let text = |kind: &str, value: &str| Some((kind.to_owned(), AlternativeName::Text(value.to_owned())));
    match name {
        GeneralName::DNSName(name) => text("DNS", name),
        GeneralName::RFC822Name(name) => text("email", name),
        GeneralName::URI(uri) => text("URI", uri),
        GeneralName::IPAddress(bytes) => text("IP Address", &address(bytes)),
        GeneralName::RegisteredID(oid) => text("Registered ID", &oid.to_id_string()),
        GeneralName::DirectoryName(name) => {
            Some(("DirName".to_owned(), AlternativeName::Directory(names(name))))
        }
        _ => None,
    }
}

/// As OpenSSL prints addresses: IPv6 in full, in capitals.
fn address(bytes: &[u8]) -> String {
    if let Ok(four) = <[u8; 4]>::try_from(bytes) {
        return IpAddr::from(four).to_string();
    }
    if bytes.len() == 16 {
        let groups: Vec<String> = bytes
            .chunks_exact(2)
            .map(|pair| format!("{:X}", u16::from_be_bytes([pair[0], pair[1]])))
            .collect();
        return groups.join(":");
    }
    "<invalid>".to_owned()
}

fn names(name: &X509Name<'_>) -> Names {
    name.iter()
        .map(|part| {
            part.iter()
                .map(|attribute| {
                    let value = attribute.as_str().map_or_else(
                        |_| String::from_utf8_lossy(attribute.as_slice()).into_owned(),
                        str::to_owned,
                    );
                    (attribute_name(&attribute.attr_type().to_id_string()), value)
                })
                .collect()
        })
        .collect()
}

/// OpenSSL's long name of an attribute; its number where it has none.
fn attribute_name(oid: &str) -> String {
    let name = match oid {
        "2.5.4.3" => "commonName",
        "2.5.4.4" => "surname",
        "2.5.4.5" => "serialNumber",
        "2.5.4.6" => "countryName",
        "2.5.4.7" => "localityName",
        "2.5.4.8" => "stateOrProvinceName",
        "2.5.4.9" => "streetAddress",
        "2.5.4.10" => "organizationName",
        "2.5.4.11" => "organizationalUnitName",
        "2.5.4.12" => "title",
        "2.5.4.13" => "description",
        "2.5.4.15" => "businessCategory",
        "2.5.4.17" => "postalCode",
        "2.5.4.41" => "name",
        "2.5.4.42" => "givenName",
        "2.5.4.43" => "initials",
        "2.5.4.44" => "generationQualifier",
        "2.5.4.46" => "dnQualifier",
        "2.5.4.65" => "pseudonym",
        "2.5.4.97" => "organizationIdentifier",
        "1.2.840.113549.1.9.1" => "emailAddress",
        "0.9.2342.19200300.100.1.1" => "userId",
        "0.9.2342.19200300.100.1.25" => "domainComponent",
        "1.3.6.1.4.1.311.60.2.1.1" => "jurisdictionLocalityName",
        "1.3.6.1.4.1.311.60.2.1.2" => "jurisdictionStateOrProvinceName",
        "1.3.6.1.4.1.311.60.2.1.3" => "jurisdictionCountryName",
        other => other,
    };
    name.to_owned()
}

/// The number's digits, without the byte that only says it is positive.
fn serial(bytes: &[u8]) -> String {
    let digits = match bytes {
        [0, rest @ ..] if !rest.is_empty() => rest,
        all => all,
    };
    digits.iter().map(|byte| format!("{byte:02X}")).collect()
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// A time as certificates tell it, in seconds since 1970; none for another form.
pub(crate) fn seconds_of(text: &str) -> Option<i64> {
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let [month, day, clock, year, zone] = words[..] else {
        return None;
    };
    if !zone.eq_ignore_ascii_case("GMT") {
        return None;
    }
    let month = MONTHS
        .iter()
        .position(|known| known.eq_ignore_ascii_case(month))?;
    let month = i64::try_from(month).ok()? + 1;
    let (day, year) = (day.parse::<i64>().ok()?, year.parse::<i64>().ok()?);
    let clock: Vec<i64> = clock
        .split(':')
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    let [hour, minute, second] = clock[..] else {
        return None;
    };
    let fits =
        (1..=31).contains(&day) && hour < 24 && minute < 60 && second < 62 && (1..=9999).contains(&year);
    if !fits || [hour, minute, second].iter().any(|part| *part < 0) {
        return None;
    }
    // Days from 1970 on, counted in years that begin in March.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let days =
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + (153 * month + 2) / 5 + day - 1 - 719_468;
    Some(((days * 24 + hour) * 60 + minute) * 60 + second)
}

/// `Jan  5 09:34:43 2018 GMT`.
fn time(time: &ASN1Time) -> String {
    let time = time.to_datetime();
    format!(
        "{} {:>2} {:02}:{:02}:{:02} {} GMT",
        MONTHS[usize::from(u8::from(time.month())) - 1],
        time.day(),
        time.hour(),
        time.minute(),
        time.second(),
        time.year()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_as_openssl_says() {
        assert!(name_fits("Example.org", "example.ORG"));
        assert!(name_fits("*.example.org", "www.example.org"));
        assert!(!name_fits("*.example.org", "a.b.example.org"));
        assert!(!name_fits("*.org", "example.org"));
        assert!(!name_fits("example.org", "www.example.org"));
        assert_eq!(
            address(&[0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
            "2001:DB8:0:0:0:0:0:1"
        );
        assert_eq!(seconds_of("Jan  5 09:34:43 2018 GMT"), Some(1_515_144_883));
        assert_eq!(seconds_of("Feb 29 00:00:00 2000 GMT"), Some(951_782_400));
        assert_eq!(seconds_of("Feb 29 00:00:00 2000"), None);
        assert_eq!(serial(&[0, 0xff, 1]), "FF01");
    }
}
