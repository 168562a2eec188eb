//! How folders are called as sources: by their names, and no two by the same.
//!
//! A site's `news` and another's `news` are two sources, or a file of the one would be taken for a revision of the
//! file of that name in the other. Which folder has a name is remembered beside the archive. A folder that is gone
//! has moved: its name goes to the one that is there now.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::files::FoundFile;
use crate::archive::path_text;

/// So many names are remembered; past it those of folders that are gone are forgotten.
const NAMES_MAX: usize = 10_000;

/// Which folder has which name.
pub struct Folders {
    path: PathBuf,
    known: BTreeMap<String, PathBuf>,
    changed: bool,
}

impl Folders {
    /// What is remembered in the folder of an archive.
    pub fn of(archive: &Path) -> Folders {
        let path = archive.join("resume/folders.json");
        let known = std::fs::read(&path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        Folders { path, known: known.unwrap_or_default(), changed: false }
    }

    /// Gives each file the name of its folder as its source. What is to be said of it, where a name is taken.
    pub fn name(&mut self, files: &mut [FoundFile]) -> Vec<String> {
        let mut said = Vec::new();
        let mut last: Option<(Arc<Path>, String)> = None;
        for file in files {
            let Some(folder) = file.folder.clone() else { continue };
            let named = match last.take().filter(|(known, _)| *known == folder) {
                Some(named) => named,
                None => {
                    let name = self.name_of(&folder);
                    if name != file.source {
                        let folder = folder.display();
                        said.push(format!(
                            "{folder} is the source {name}: another folder is called {} already (--source names it otherwise)",
                            file.source
                        ));
                    }
                    (folder, name)
                }
            };
            file.source.clone_from(&named.1);
            last = Some(named);
        }
        self.keep();
        said
    }

    fn name_of(&mut self, folder: &Path) -> String {
        let names = names(folder);
        if let Some(name) = names.iter().find(|name| self.known.get(*name).is_some_and(|it| it == folder)) {
            return name.clone();
        }
        let free = |name: &&String| self.known.get(*name).is_none_or(|other| !other.is_dir());
        let name = names.iter().find(free).or(names.last()).cloned().unwrap_or_else(|| "files".into());
        self.known.insert(name.clone(), folder.into());
        self.changed = true;
        name
    }

    /// Advice only: without it, names are given anew.
    fn keep(&mut self) {
        if !self.changed {
            return;
        }
        if self.known.len() > NAMES_MAX {
            self.known.retain(|_, folder| folder.is_dir());
        }
        let beside = self.path.with_extension("new");
        let written =
            serde_json::to_vec_pretty(&self.known).map_err(std::io::Error::other).and_then(|json| {
                self.path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
                std::fs::write(&beside, json)?;
                std::fs::rename(&beside, &self.path)
            });
        if let Err(error) = written {
            tracing::warn!(path = %self.path.display(), %error, "how folders are called cannot be written down");
        }
    }
}

/// What a folder may be called: by its own name, and with ever more of the path that leads to it.
fn names(folder: &Path) -> Vec<String> {
    let parts: Vec<String> = folder
        .components()
        .filter(|part| matches!(part, Component::Normal(_)))
        .map(|part| path_text(Path::new(part.as_os_str())))
        .collect();
    (0..parts.len()).rev().map(|from| parts[from..].join("-")).collect()
}
