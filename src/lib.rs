pub mod bulletin;
pub mod digest;
pub mod intake;
