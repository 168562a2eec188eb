//! Maildirs: one message a file, whole as soon as it is there.

use std::path::Path;
use std::time::Duration;

use super::folder::{Shape, watch};
use super::taken::Stamp;
use super::{Desk, Source};
use crate::archive::path_text;

/// Watches a mailbox for ever. It takes no message away and marks none as read.
pub async fn run(desk: &Desk, source: &Source, path: &Path) {
    let shape = Shape {
        // A message is written in tmp/ and moved when it is whole; whoever reads it moves it from new/ to cur/.
        folders: ["new", "cur"].map(|folder| path.join(folder)).to_vec(),
        name: unique_name,
        // A message never changes, and neither moving nor flagging makes another of it.
        stamp: |_| Stamp::default(),
        settle: Duration::ZERO,
        media_type: Some("message/rfc822"),
    };
    watch(desk, source, shape).await;
}

/// The name of a message without its flags, which change as it is read: what stands before `:2,` (or `;2,` and `!2,` where
/// a file system takes no colon).
fn unique_name(folder: &Path, path: &Path) -> Option<String> {
    let name = path_text(path.strip_prefix(folder).ok()?);
    let name = Some(name.as_str()).filter(|name| !name.contains('/') && !name.starts_with('.'))?;
    let flags = [":2,", ";2,", "!2,"].into_iter().filter_map(|mark| name.find(mark)).min();
    Some(name[..flags.unwrap_or(name.len())].into()).filter(|name: &String| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_keeps_its_name_whatever_becomes_of_it() {
        let name = |path| unique_name(Path::new("/mail/cur"), Path::new(path));
        for path in [
            "/mail/cur/17.M1P2.host",
            "/mail/cur/17.M1P2.host:2,",
            "/mail/cur/17.M1P2.host:2,FS",
            "/mail/cur/17.M1P2.host;2,S",
        ] {
            assert_eq!(name(path).as_deref(), Some("17.M1P2.host"), "{path}");
        }
        for path in ["/mail/new/17", "/mail/cur", "/mail/cur/.hidden", "/mail/cur/folder/17"] {
            assert_eq!(name(path), None, "{path}");
        }
    }
}
