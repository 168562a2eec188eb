//! Syndication: a feed is a view of the log.

pub mod document;
pub mod feed;
pub mod format;
