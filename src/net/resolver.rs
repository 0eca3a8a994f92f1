//! Names that the program knows by itself, before anybody else is asked, and what getaddrinfo says of a name whose addresses
//! are known.

use std::ffi::{CStr, CString};
use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::constants;
use crate::error::{Error, Result};
use crate::sys::flag::SOCK_DGRAM;
use crate::sys::resolve::{self, AddrInfo, Hints, ResolveError};

use super::context::Net;
use super::resolve::is_number;

/// Says the addresses of a name; none where others are to be asked.
pub(crate) type Resolver = Arc<dyn Fn(&str) -> Option<Vec<IpAddr>> + Send + Sync>;

impl Net {
    /// Has the program asked for names first; the first who is asked stays.
    pub(crate) fn set_resolver(&self, resolver: Resolver) {
        // The builder says so once.
        let _ = self.answers.resolver.set(resolver);
    }

    /// Who is asked for names first.
    pub(crate) fn resolver(&self) -> Option<&Resolver> {
        self.answers.resolver.get()
    }

    /// The addresses of a family that the program says a name has; of a number nobody is asked.
    ///
    /// # Errors
    /// `gaierror` where it says that there are none.
    pub(super) fn own_addresses(
        &self,
        op: &'static str,
        name: &str,
        family: i32,
    ) -> Result<Option<Vec<IpAddr>>> {
        let Some(resolver) = self.resolver().filter(|_| !is_number(name)).cloned() else {
            return Ok(None);
        };
        let hints = Hints {
            family,
            kind: SOCK_DGRAM,
            ..Hints::default()
        };
        let asked = name.to_owned();
        let answer = self.sched().off_thread(None, move || {
            let Some(addresses) = consult(&resolver, &asked)? else {
                return Ok(None);
            };
            Ok(Some(found_at(&asked, &addresses, None, hints)?))
        })?;
        let answer = answer.ok_or_else(Error::timed_out)?;
        let Some(found) = answer.map_err(|error: Error| error.during(op))? else {
            return Ok(None);
        };
        let addresses: Vec<_> = found.iter().filter_map(|found| found.address.ip()).collect();
        self.note_answer(Some(name), addresses.iter().copied());
        Ok(Some(addresses))
    }
}

/// Asks the program. A panic of it is an error.
pub(super) fn consult(resolver: &Resolver, name: &str) -> Result<Option<Vec<IpAddr>>> {
    let answer = catch_unwind(AssertUnwindSafe(|| resolver(name)));
    answer.map_err(|panic| Error::panicked("resolver", &*panic))
}

/// As getaddrinfo, of a name that has these addresses.
///
/// # Errors
/// `EAI_NONAME` where there are none that would do.
pub(super) fn found_at(
    name: &str,
    addresses: &[IpAddr],
    service: Option<&CStr>,
    hints: Hints,
) -> Result<Vec<AddrInfo>, ResolveError> {
    // What is wrong with the question itself comes first.
    let mut question = hints;
    // Where no host is named this would be wrong.
    question.flags &= !code("AI_CANONNAME");
    let numeric = resolve::lookup(None, Some(service.unwrap_or(c"0")), question);
    if let Err(error @ ResolveError::Code(number)) = numeric
        && number != code("EAI_NONAME")
    {
        return Err(error);
    }
    let mut found = Vec::new();
    let mut missing = ResolveError::Code(code("EAI_NONAME"));
    for address in addresses {
        let Ok(text) = CString::new(address.to_string()) else {
            continue;
        };
        match resolve::lookup(Some(&text), service, hints) {
            Ok(more) => found.extend(more),
            // It has no address of this family.
            Err(ResolveError::Code(number))
                if number == code("EAI_ADDRFAMILY") || number == code("EAI_NONAME") => {}
            Err(error) => missing = error,
        }
    }
    if let Some(first) = found.first_mut() {
        if first.canonical_name.is_some() {
            first.canonical_name = Some(name.to_owned());
        }
        return Ok(found);
    }
    Err(missing)
}

/// The number of a failure or flag.
pub(super) fn code(name: &str) -> i32 {
    let number = constants::number(name).and_then(|number| i32::try_from(number).ok());
    number.unwrap_or(-2)
}
