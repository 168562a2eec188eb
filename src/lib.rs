pub mod archive;
pub mod bulletin;
pub mod catalogue;
pub mod digest;
pub mod intake;
pub mod journal;
pub mod permalink;
pub mod syndication;
