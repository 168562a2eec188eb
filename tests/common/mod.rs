//! What several tests need: an archive in a folder of its own, and other people's tools where they are.
#![allow(dead_code, reason = "each test uses a part of it")]

use std::path::{Path, PathBuf};
use std::process::Command;

use annals::archive::{Archive, ArchiveError, Receipt, Receipts, Settings};
use annals::bulletin::BulletinId;
use annals::intake::{self, Arrival, Document, Hints, Refusal};
use annals::journal::SEGMENT_BYTES_MAX;
use bytes::Bytes;
use jiff::Timestamp;

/// The Python that has `module`; where there is none, the test is to be skipped.
pub fn python_with(module: &str) -> Option<PathBuf> {
    let import = format!("import {module}");
    let here =
        Command::new("python3").args(["-c", &import]).output().is_ok_and(|output| output.status.success());
    if !here {
        skip(&format!("`python3 -c '{import}'` fails here (pip install {module})"));
    }
    here.then(|| "python3".into())
}

/// Says why a test is not run; where all must run, that is a failure.
pub fn skip(why: &str) {
    let all = std::env::var_os("ANNALS_TEST_ALL").is_some_and(|value| value == "1");
    assert!(!all, "ANNALS_TEST_ALL=1, and {why}");
    println!("skipped: {why}");
}

pub fn settings(path: &Path) -> Settings {
    Settings {
        path: path.into(),
        authority: "news.example.org,2026".into(),
        segment_bytes_max: SEGMENT_BYTES_MAX,
        catalogue_cache_bytes: 8 << 20,
        reserve_bytes: 0,
        pace: Default::default(),
    }
}

/// An archive whose clock goes on by a second with each request.
pub struct World {
    pub settings: Settings,
    archive: Option<Archive>,
    runtime: tokio::runtime::Runtime,
    clock: i64,
    /// Removed at the end.
    _folder: Option<tempfile::TempDir>,
}

impl World {
    pub fn new() -> World {
        let folder = tempfile::tempdir().unwrap();
        let mut world = World::at(settings(folder.path()));
        world._folder = Some(folder);
        world
    }

    pub fn at(settings: Settings) -> World {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let archive = Some(open(&settings).unwrap());
        World { settings, archive, runtime, clock: 0, _folder: None }
    }

    pub fn archive(&self) -> &Archive {
        self.archive.as_ref().unwrap()
    }

    /// The file of a segment.
    pub fn segment(&self, number: u32) -> PathBuf {
        self.settings.journal_path().join(format!("annals-{number:08}.warc.gz"))
    }

    pub fn head(&self) -> PathBuf {
        self.settings.journal_path().join("head")
    }

    pub fn close(&mut self) {
        self.archive = None;
    }

    /// Closes the archive, and opens it as a later process does.
    pub fn reopen(&mut self) -> Result<(), ArchiveError> {
        self.close();
        self.archive = Some(open(&self.settings)?);
        Ok(())
    }

    /// Throws the catalogue away and opens the archive again.
    pub fn rebuild(&mut self) {
        self.close();
        self.archive = Some(Archive::rebuild(&self.settings, &|_, _| ()).unwrap());
    }

    pub fn now(&mut self) -> Timestamp {
        self.clock += 1;
        Timestamp::from_second(1_600_000_000 + self.clock).unwrap()
    }

    /// Offers a JSON document, as `source`.
    pub fn try_offer(
        &mut self,
        source: &str,
        json: &str,
        hints: Hints,
        revising: Option<BulletinId>,
    ) -> Result<Receipts, ArchiveError> {
        let arrival = Arrival { source: source.into(), hints, ..Arrival::default() };
        self.try_offer_as(arrival, json, revising)
    }

    fn try_offer_as(
        &mut self,
        arrival: Arrival,
        json: &str,
        revising: Option<BulletinId>,
    ) -> Result<Receipts, ArchiveError> {
        let document = intake::read(json.as_bytes(), &arrival, &intake::Settings::default()).unwrap();
        self.try_offer_read(document, json.as_bytes(), revising)
    }

    /// Offers what intake made of some bytes.
    pub fn try_offer_read(
        &mut self,
        document: Document,
        original: &[u8],
        revising: Option<BulletinId>,
    ) -> Result<Receipts, ArchiveError> {
        let (at, by) = (self.now(), document.source.clone());
        let archive = self.archive.as_ref().unwrap();
        let mut offer = archive.offer(document, Bytes::copy_from_slice(original), at);
        if let Some(id) = revising {
            offer = offer.revising(id);
        }
        self.runtime.block_on(archive.admit(offer, &by, at))
    }

    /// Admits a file of one bulletin.
    pub fn admit_file(&mut self, source: &str, path: &str, json: &str) -> Receipt {
        let arrival = Arrival { source: source.into(), path: Some(path.into()), ..Arrival::default() };
        self.try_offer_as(arrival, json, None).unwrap().remove(0).unwrap()
    }

    /// Admits a document of one bulletin.
    pub fn admit(&mut self, source: &str, json: &str) -> Receipt {
        self.try_admit(source, json).unwrap()
    }

    pub fn try_admit(&mut self, source: &str, json: &str) -> Result<Receipt, ArchiveError> {
        Ok(self.try_offer(source, json, Hints::default(), None)?.remove(0).unwrap())
    }

    pub fn admit_all(&mut self, source: &str, json: &str) -> Vec<Result<Receipt, Refusal>> {
        self.try_offer(source, json, Hints::default(), None).unwrap()
    }

    pub fn revise(&mut self, id: BulletinId, json: &str) -> Receipt {
        self.try_offer("desk", json, Hints::default(), Some(id)).unwrap().remove(0).unwrap()
    }

    pub fn withdraw(&mut self, id: BulletinId, reason: &str) -> Result<Receipt, ArchiveError> {
        let at = self.now();
        let archive = self.archive.as_ref().unwrap();
        Ok(self.runtime.block_on(archive.withdraw(id, reason, "desk", at))?.remove(0).unwrap())
    }

    pub fn restore(&mut self, id: BulletinId) -> Result<Receipt, ArchiveError> {
        let at = self.now();
        let archive = self.archive.as_ref().unwrap();
        Ok(self.runtime.block_on(archive.restore(id, "desk", at))?.remove(0).unwrap())
    }

    /// Events in the journal so far.
    pub fn events(&self) -> u64 {
        use annals::catalogue::state::State as _;
        self.archive().catalogue().position().unwrap().seq
    }
}

pub fn open(settings: &Settings) -> Result<Archive, ArchiveError> {
    Archive::open(settings, &|_, _| ())
}

/// A body of the same words, of at least 200 folded characters.
pub fn long_body(about: &str) -> String {
    format!("Of {about} there is more to say than fits in a line. ").repeat(8)
}
