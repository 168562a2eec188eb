//! The server and the commands as other people's software meets them.

#[path = "../served/mod.rs"]
mod served;

mod admitting;
mod commands;
mod reading;
mod subscribing;
mod withdrawing;
