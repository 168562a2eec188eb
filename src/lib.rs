pub mod bulletin;
pub mod digest;
pub mod intake;
pub mod pages;
pub mod permalink;
pub mod syndication;
