//! What is hostile, against a running server: who has no right, requests that mean two things, scripts in every
//! field, and addresses inside.

#[path = "../battery/mod.rs"]
mod battery;
#[path = "../served/mod.rs"]
mod served;

mod desk;
mod logged;
mod readers;
mod requests;
mod scripts;
mod tokens;
mod vectors;
