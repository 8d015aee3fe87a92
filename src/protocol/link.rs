//! Links: a spec, and on wish a summary of results, in a page's fragment.
//!
//! `#<version><payload>`: the version is one character, the payload is base64url of
//! (deflate of postcard of that version's frozen struct, then a CRC-32 of the deflated
//! bytes). A struct that has been released never changes: a new version gets a new
//! character and a new struct, and the decoders of all old ones stay.
//!
//! Links come from strangers: their length and what they unpack to are bounded before
//! anything is allocated, and nothing in them is trusted to be in range.

mod v1;
mod v2;
mod v3;

use crate::{Experiment, Report, RunSpec};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use crc::{CRC_32_ISO_HDLC, Crc, NoTable};
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};

/// Longest fragment that is read, in characters; chat programs cut links far earlier.
pub const LONGEST_LINK: usize = 32_768;
/// Most bytes that a payload may unpack to.
pub const MOST_UNPACKED: usize = 262_144;

/// Deflate's usual effort.
const EFFORT: u8 = 6;
/// Without a table: links are short, and the page's program should be.
const CHECKSUM: Crc<u32, NoTable> = Crc::<u32, NoTable>::new(&CRC_32_ISO_HDLC);
const CHECKSUM_BYTES: usize = 4;

/// What a link carries.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// What to ask. Never with a fault to provoke: that is for tests, not for links.
    pub spec: RunSpec,
    /// The sender's figures, without samples.
    pub results: Option<Report>,
}

/// Why a link is not taken. The page stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Longer than any of ours.
    #[error("the link is too long: {length} characters, at most {LONGEST_LINK} are read")]
    TooLong {
        /// In characters.
        length: usize,
    },
    /// Of a version that this page does not know.
    #[error(
        "the link was made by a newer version of Parallax (its format is '{version}', this page knows up to '3'): open it there, or reload this page"
    )]
    Newer {
        /// Its first character.
        version: char,
    },
    /// Not a link of ours at all.
    #[error("what follows the # in the address is no link of Parallax")]
    Foreign,
    /// A character that no link holds.
    #[error("the link is damaged: it holds characters that no link has. Copy it again as a whole")]
    Characters,
    /// The checksum does not agree: cut off or changed.
    #[error("the link is damaged: it was cut off or changed on its way. Copy it again as a whole")]
    Damaged,
    /// It unpacks to more than anybody needs.
    #[error("the link unpacks to more than {} kB, and is not opened", MOST_UNPACKED / 1024)]
    Bomb,
    /// A kernel of one's own that is too long for a link.
    #[error(
        "the kernel does not fit into a link: it would have {length} characters, and at most {LONGEST_LINK} are read. Share it as a file: Save .py"
    )]
    Kernel {
        /// Of the link, in characters.
        length: usize,
    },
    /// The bytes arrived as they were sent, but make no sense.
    #[error("the link was not made by Parallax: {what}")]
    Content {
        /// What makes no sense.
        what: &'static str,
    },
}

/// Writes a link's fragment, without the `#`.
///
/// # Errors
/// [`LinkError::TooLong`] or [`LinkError::Kernel`] if it would not be read again.
pub fn encode_link(spec: &RunSpec, results: Option<&Report>) -> Result<String, LinkError> {
    let experiment = results.filter(|report| report.spec.experiment != Experiment::Race);
    // The oldest version that holds it, so that older pages open it too.
    let (version, bytes) = match (&spec.kernel, experiment) {
        (Some(kernel), _) => {
            let link = v3::Link::of(spec, kernel, results);
            (v3::VERSION, postcard::to_stdvec(&link))
        }
        (None, None) => (v1::VERSION, postcard::to_stdvec(&v1::Link::of(spec, results))),
        (None, some) => (v2::VERSION, postcard::to_stdvec(&v2::Link::of(spec, some))),
    };
    let bytes = bytes.map_err(|_| LinkError::Content {
        what: "it cannot be written",
    })?;
    let mut packed = compress_to_vec(&bytes, EFFORT);
    packed.extend_from_slice(&CHECKSUM.checksum(&packed).to_le_bytes());
    let link = format!("{version}{}", URL_SAFE_NO_PAD.encode(&packed));
    let length = link.len();
    match length > LONGEST_LINK || bytes.len() > MOST_UNPACKED {
        true if spec.kernel.is_some() => Err(LinkError::Kernel { length }),
        true => Err(LinkError::TooLong { length }),
        false => Ok(link),
    }
}

/// Reads a link: a fragment, with or without its `#`, or a whole address that ends in one.
///
/// # Errors
/// What is wrong with it, in words for the person who opened it.
pub fn decode_link(text: &str) -> Result<Link, LinkError> {
    let text = text.trim();
    let fragment = text.split_once('#').map_or(text, |(_, fragment)| fragment);
    if fragment.len() > LONGEST_LINK {
        return Err(LinkError::TooLong {
            length: fragment.len(),
        });
    }
    let version = fragment.chars().next().ok_or(LinkError::Foreign)?;
    let payload = &fragment[version.len_utf8()..];
    if ![v1::VERSION, v2::VERSION, v3::VERSION].contains(&version) {
        // Versions count on through digits and letters; anything else was never one.
        let could_be = version.is_ascii_alphanumeric() && version != '0' && unpack(payload).is_ok();
        return Err(match could_be {
            true => LinkError::Newer { version },
            false => LinkError::Foreign,
        });
    }
    let bytes = unpack(payload)?;
    match version {
        v1::VERSION => v1::Link::read(&bytes)?.into_link(),
        v2::VERSION => v2::Link::read(&bytes)?.into_link(),
        _ => v3::Link::read(&bytes)?.into_link(),
    }
}

fn unpack(payload: &str) -> Result<Vec<u8>, LinkError> {
    let bytes = URL_SAFE_NO_PAD.decode(payload).map_err(|error| match error {
        base64::DecodeError::InvalidByte(..) => LinkError::Characters,
        _ => LinkError::Damaged,
    })?;
    let split = bytes
        .len()
        .checked_sub(CHECKSUM_BYTES)
        .ok_or(LinkError::Damaged)?;
    let (packed, checksum) = bytes.split_at(split);
    if CHECKSUM.checksum(packed).to_le_bytes() != checksum {
        return Err(LinkError::Damaged);
    }
    decompress_to_vec_with_limit(packed, MOST_UNPACKED).map_err(|error| match error.status {
        TINFLStatus::HasMoreOutput => LinkError::Bomb,
        _ => LinkError::Damaged,
    })
}

#[cfg(test)]
mod tests;
