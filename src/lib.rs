//! Annals: the permanent record, year by year.
//!
//! Bulletins come in as their senders write them, and go out as permanent addresses and as feeds. There is
//! one way through the house, and nothing points backwards:
//!
//! ```text
//! bytes ─ intake ─▶ Submission ─ journal ─▶ Event ─ catalogue ─▶ Bulletin ─ syndication, pages ─▶ document ─ web ─▶ response
//! ```
//!
//! - [`intake`] judges: what the title is, which date counts, where the article ends. What it concludes is
//!   written down, so that everything after it is deterministic.
//! - [`journal`] keeps: WARC files, synced before anything is acknowledged, each event chained to the last.
//! - [`catalogue`] decides and remembers: which bulletin this is, whether it says anything new, and where in
//!   the journal everything lies. It can be deleted at any time and is made anew from the journal.
//! - [`archive`] is the one door to both.
//! - [`syndication`] shows a selection of the journal's events as a feed; [`pages`] show it to people.
//! - [`web`] answers requests, and [`cli`] commands.
//!
//! [`bulletin`], [`digest`] and [`permalink`] are the words that all of them speak. [`config`] is read at the
//! end that faces the world, and never below [`archive`].
//!
//! One bulletin, from its bytes to its entry in a feed:
//!
//! ```
//! use annals::{
//!     archive::Archive, bulletin::Selection, config::Config, intake, permalink::Document,
//!     syndication::{document::Publisher, format::by_extension},
//! };
//! # let runtime = tokio::runtime::Runtime::new()?;
//! # runtime.block_on(async {
//! # let folder = tempfile::tempdir()?;
//! let mut config = Config::load(None, [])?;
//! config.archive.path = folder.path().into();
//! let archive = Archive::open(&config.archive, &|_done, _total| {})?;
//! let now = jiff::Timestamp::now();
//!
//! let bytes = br#"{"id": "tag:harbour.example,2018:7", "title": "High tide", "published": "2018-04",
//!                  "body_html": "<p>No ferry leaves before ten.</p>", "categories": ["Service notice"]}"#;
//! let arrival = intake::Arrival { source: "harbour".into(), ..Default::default() };
//! let document = intake::read(bytes, &arrival, &config.intake)?;
//! let offer = archive.offer(document, bytes[..].into(), now);
//! let receipts = archive.admit(offer, "desk", now).await?; // durable from here on
//! assert_eq!(receipts[0].as_ref().unwrap().entry_id, "tag:harbour.example,2018:7");
//!
//! let publisher = Publisher { archive: &archive, site: &config.site };
//! let of_2018 = publisher.feed(&Selection::Year(2018), Document::Subscription, "atom")?.unwrap();
//! let atom = (by_extension("atom").unwrap().encode)(&of_2018);
//! assert!(String::from_utf8(atom)?.contains("<id>tag:harbour.example,2018:7</id>"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![forbid(unsafe_code)]
#![warn(clippy::unwrap_used)]

pub mod archive;
pub mod bulletin;
pub mod catalogue;
pub mod cli;
pub mod config;
pub mod digest;
pub mod egress;
pub mod intake;
pub mod journal;
pub mod pages;
pub mod permalink;
pub mod search;
pub mod sources;
pub mod syndication;
pub mod web;
