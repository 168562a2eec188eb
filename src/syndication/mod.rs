//! Syndication: a feed is a view of the log.

pub mod crawlers;
pub mod directory;
pub mod feed;
pub mod format;
pub mod opml;
