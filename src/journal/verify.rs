//! Checking a whole journal: every byte, every digest, every link of the chain.

use std::ops::ControlFlow;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::event::Event;
use super::record::{self, RecordType};
use super::recovery::read_head;
use super::segment::{self, Scan};
use super::{JournalError, Position};
use crate::digest::Digest;

/// What a full pass over a journal found.
#[derive(Debug, Default)]
pub struct Report {
    pub segments: u32,
    pub records: u64,
    pub events: u64,
    pub originals: u64,
    /// On disk.
    pub bytes: u64,
    /// The digest of the last event: who holds it can prove the whole archive.
    pub head: Option<Digest>,
    pub problems: Vec<Problem>,
}

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    pub segment: String,
    pub offset: u64,
    pub what: String,
}

/// Reads the journal in `dir` from its first byte to `until`, its durable end; to the end of its files where
/// nobody has it open. `progress` is told the bytes of each record that is done.
pub fn verify(
    dir: &Path,
    until: Option<Position>,
    mut progress: impl FnMut(u64),
) -> Result<Report, JournalError> {
    let report = verify_gently(dir, until, |bytes| {
        progress(bytes);
        ControlFlow::Continue(())
    });
    Ok(report?.expect("nobody broke it off"))
}

/// As [`verify`], but `go_on` is asked behind each record; where it breaks off there is no report.
pub fn verify_gently(
    dir: &Path,
    until: Option<Position>,
    mut go_on: impl FnMut(u64) -> ControlFlow<()>,
) -> Result<Option<Report>, JournalError> {
    let mut pass = Pass { report: Report::default(), position: Position::START, linked: true };
    let acknowledged = until.or_else(|| read_head(dir));
    let segments = segment::list(dir).map_err(JournalError::io("list", dir))?;
    for segment in segments {
        if until.is_some_and(|until| segment > until.segment) {
            break;
        }
        pass.missing(segment);
        pass.report.segments += 1;
        pass.position.segment = segment;
        let path = segment::path(dir, segment);
        let until = until.filter(|until| until.segment == segment).map(|until| until.offset);
        let scan = Scan::open_until(&path, 0, until.unwrap_or(u64::MAX));
        let mut scan = scan.map_err(JournalError::io("open", &path))?;
        let end = until.unwrap_or(scan.file_bytes());
        pass.report.bytes += end;
        if pass.segment(&mut scan, end, &mut go_on).map_err(JournalError::io("read", &path))?.is_break() {
            return Ok(None);
        }
    }
    if let Some(acknowledged) = acknowledged {
        pass.end(acknowledged);
    }
    Ok(Some(pass.report))
}

struct Pass {
    report: Report,
    position: Position,
    /// Whether the chain is known up to here; behind a gap it begins anew.
    linked: bool,
}

impl Pass {
    /// Notes the segments that should stand between the last one and `next`.
    fn missing(&mut self, next: u32) {
        for segment in self.position.segment + 1..next {
            self.problem(segment, 0, "the segment is missing");
            self.linked = false;
        }
    }

    /// The journal should reach this far. Damage that was found says as much already.
    fn end(&mut self, acknowledged: Position) {
        self.missing(acknowledged.segment + 1);
        let Position { seq, digest, segment, .. } = self.position;
        let what = match () {
            () if !self.report.problems.is_empty() || seq > acknowledged.seq => return,
            () if seq < acknowledged.seq => {
                format!("events {} to {} had been acknowledged, and are missing", seq + 1, acknowledged.seq)
            }
            () if digest != acknowledged.digest => format!("another event {seq} had been acknowledged"),
            () => return,
        };
        self.problem(segment, acknowledged.offset, &what);
    }

    fn segment(
        &mut self,
        scan: &mut Scan,
        end: u64,
        go_on: &mut impl FnMut(u64) -> ControlFlow<()>,
    ) -> std::io::Result<ControlFlow<()>> {
        let segment = self.position.segment;
        // Stand-in for the original before the event: what follows must be an event that speaks of it.
        let mut original = None;
        while scan.offset() < end {
            let offset = scan.offset();
            let checked = match scan.peek()? {
                Ok(lengths) => record::decode(scan.member(lengths)?).map(|record| (lengths, record)),
                Err(error) => Err(error),
            };
            match checked {
                Ok((lengths, record)) => {
                    scan.advance(lengths);
                    self.report.records += 1;
                    match record.record_type {
                        RecordType::Metadata => self.event(offset, record.block(), original.take()),
                        RecordType::Resource => {
                            self.report.originals += 1;
                            let spoken_for = Digest::of(record.block());
                            if original.replace(spoken_for).is_some() {
                                self.problem(segment, offset, "no event speaks of the original before");
                            }
                        }
                        RecordType::WarcInfo | RecordType::Revisit => {}
                    }
                    if go_on(lengths.compressed_bytes as u64).is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
                Err(error) => {
                    self.problem(segment, offset, &error.to_string());
                    (self.linked, original) = (false, None);
                    if !scan.resynchronise()? {
                        break;
                    }
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn event(&mut self, offset: u64, json: &[u8], original: Option<Digest>) {
        let segment = self.position.segment;
        self.report.events += 1;
        let digest = Digest::of(json);
        self.report.head = Some(digest);
        let event = match Event::parse(json) {
            Ok(event) => event,
            Err(error) => {
                self.linked = false;
                return self.problem(segment, offset, &format!("the event cannot be read: {error}"));
            }
        };
        // Behind damage that took no event the chain goes on.
        self.linked |= event.seq == self.position.seq + 1;
        if self.linked && event.seq != self.position.seq + 1 {
            self.problem(
                segment,
                offset,
                &format!("event {} follows event {}", event.seq, self.position.seq),
            );
        } else if self.linked && event.prev != self.position.digest {
            self.problem(segment, offset, &format!("event {} names another predecessor", event.seq));
        }
        if let (Some(spoken_of), Some(original)) = (event.original(), original)
            && spoken_of != original
        {
            self.problem(segment, offset, &format!("event {} speaks of another original", event.seq));
        }
        self.position = Position { seq: event.seq, digest, ..self.position };
        self.linked = true;
    }

    fn problem(&mut self, segment: u32, offset: u64, what: &str) {
        self.report.problems.push(Problem {
            segment: segment::file_name(segment),
            offset,
            what: what.into(),
        });
    }
}
