//! What was expected beside what came: the text that a failed comparison shows a person.
//!
//! `octets` compares bytes, as two hexadecimal dumps whose columns are aligned: what is missing on one side leaves a gap
//! there, so that what follows stands below its twin again. `lines` compares texts, `passage` two long ones of one line. All are plain text without colours,
//! each line with `-`, `+` or a blank in front: whoever prints it on a terminal may colour by that.

mod lines;
mod octets;
mod passage;

pub(crate) use lines::lines;
pub(crate) use octets::octets;
pub(crate) use passage::passage;
