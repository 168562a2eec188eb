//! Syndication: a feed is a view of the log.
//!
//! Owns what a feed shows and how every format spells it. It must never know HTTP.

pub mod crawlers;
pub mod directory;
pub mod document;
pub mod feed;
pub mod format;
pub mod opensearch;
pub mod opml;
mod question;
