//! Containers within containers: a zip file of mailboxes, a tar file of captures.

use std::io::{Cursor, SeekFrom};

use super::bounds::{too_dense, unpacked_max};
use super::gzip::{self, MAGIC};
use super::{Container, HEAD_BYTES, Input, Member, Members, find};
use crate::intake::{Refusal, RefusalKind};

/// How deep containers are unpacked, the outermost counted: what lies deeper was packed by mistake, or to harm.
const DEPTH_MAX: usize = 2;

/// The documents in a container and in the containers in it, in their order, each with the path that leads to it.
/// In all they have no more bytes than [`unpacked_max`] allows.
pub fn unpack(container: &'static Container, mut input: Box<dyn Input>, bytes_max: usize) -> Members {
    let size = input.seek(SeekFrom::End(0)).and_then(|size| input.rewind().map(|()| size));
    let size = match size {
        Ok(size) => size,
        Err(error) => {
            let refusal =
                Refusal::new(RefusalKind::Unprocessable, "the file", format!("it cannot be read: {error}"));
            return Box::new(std::iter::once(Err(refusal)));
        }
    };
    let mut nested = Nested { levels: Vec::new(), bytes_max, bytes_left: 0 };
    nested.bytes_left = unpacked_max(size);
    nested.enter(container, input, Level::default());
    Box::new(nested)
}

struct Nested {
    levels: Vec<(Level, Members)>,
    bytes_max: usize,
    bytes_left: u64,
}

/// What leads to the members of one container.
#[derive(Default)]
struct Level {
    /// Before their names.
    name: String,
    /// Before their paths; none where the container itself has no path.
    path: Option<String>,
}

impl Nested {
    fn enter(&mut self, container: &'static Container, mut input: Box<dyn Input>, level: Level) {
        // A mailbox by its media type or name may have been compressed on the way all the same.
        let mut magic = [0; MAGIC.len()];
        let compressed = input.read_exact(&mut magic).is_ok() && magic == MAGIC;
        let container = if compressed { &gzip::CONTAINER } else { container };
        let members = match input.rewind() {
            Ok(()) => (container.members)(input, self.bytes_max),
            Err(_) => Box::new(std::iter::empty()),
        };
        self.levels.push((level, members));
    }

    /// A member as it is known from outside, unless it is a container itself, which is entered.
    fn found(&mut self, mut member: Member) -> Option<Result<Member, Refusal>> {
        let (level, _) = self.levels.last().expect("a member comes from a container");
        let root = self.levels.len() == 1;
        member.name = format!("{}{}", level.name, member.name);
        let before = level.path.clone().or(root.then(String::new));
        member.path = member.path.and_then(|path| before.map(|before| before + &path));
        let head = &member.bytes[..member.bytes.len().min(HEAD_BYTES)];
        let Some(container) = find(member.media_type.as_deref(), member.path.as_deref(), head) else {
            return Some(Ok(member));
        };
        if self.levels.len() == DEPTH_MAX {
            let why = format!("containers are unpacked {DEPTH_MAX} deep: unpack the outer ones first");
            return Some(Err(Refusal::new(RefusalKind::Unprocessable, member.name, why)));
        }
        let path = member.path.map(|path| path + "/");
        let level = Level { name: member.name + "/", path };
        self.enter(container, Box::new(Cursor::new(member.bytes)), level);
        None
    }
}

impl Iterator for Nested {
    type Item = Result<Member, Refusal>;

    fn next(&mut self) -> Option<Result<Member, Refusal>> {
        loop {
            let (level, members) = self.levels.last_mut()?;
            let Some(next) = members.next() else {
                self.levels.pop();
                continue;
            };
            let unpacked = match &next {
                Ok(member) => member.bytes.len(),
                Err(refusal) if refusal.kind == RefusalKind::TooLarge => self.bytes_max,
                Err(_) => 0,
            };
            match self.bytes_left.checked_sub(unpacked as u64) {
                Some(left) => self.bytes_left = left,
                None => {
                    self.levels.clear();
                    let why = format!("{}: what follows is not unpacked", too_dense());
                    return Some(Err(Refusal::new(RefusalKind::TooLarge, "the file", why)));
                }
            }
            match next {
                Ok(member) => {
                    if let Some(found) = self.found(member) {
                        return Some(found);
                    }
                }
                Err(refusal) => {
                    let what = format!("{}{}", level.name, refusal.what);
                    return Some(Err(Refusal { what, ..refusal }));
                }
            }
        }
    }
}
