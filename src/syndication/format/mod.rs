//! The formats in which feeds are served: one constant table of encoders of the one feed model.
//!
//! A format owns its spelling of the model and nothing else: it must never know which entries belong in
//! a document, nor how the document travels. Each is a pure function: the same feed, the same bytes, so
//! that a sealed document keeps its validators through restarts, rebuilds and upgrades.

mod atom;
mod gaps;
mod json;
mod rss;

pub use atom::entry_document;
pub(super) use gaps::xml;

use super::feed::Feed;

/// One way to write a feed.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// As people know it.
    pub name: &'static str,
    /// What ends the path of a document in this format.
    pub extension: &'static str,
    /// Without parameters, as links to a document give it (RFC 8288 section 3.4.1).
    pub media_type: &'static str,
    pub encode: fn(&Feed) -> Vec<u8>,
}

/// Every format, in the order in which they are offered. Routes, negotiation, autodiscovery, pages and
/// golden files follow this table.
pub const FORMATS: [Format; 3] = [rss::FORMAT, atom::FORMAT, json::FORMAT];

/// The format whose documents end in `.{extension}`.
pub fn by_extension(extension: &str) -> Option<&'static Format> {
    const TABLE: &[Format] = &FORMATS;
    TABLE.iter().find(|format| format.extension == extension)
}

/// What made the document. It names no version: a sealed document must not change with an upgrade.
const GENERATOR: &str = "Annals";

/// What a file is whose media type nobody stated (RFC 2046 section 4.5.1), where a format demands one.
const UNKNOWN_MEDIA_TYPE: &str = "application/octet-stream";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_found_by_its_own_extension() {
        for format in &FORMATS {
            assert_eq!(by_extension(format.extension).map(|found| found.name), Some(format.name));
        }
        assert!(by_extension("xml").is_none());
    }
}
