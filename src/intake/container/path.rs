//! Names of members as paths: none leads out of its archive, none of what nobody wrote is taken.

use crate::bulletin::clip;
use crate::intake::{Refusal, RefusalKind};

/// The longest path of a member, in bytes: as long as file systems allow.
const PATH_BYTES_MAX: usize = 4_096;

/// The path that a member's name is, with `/` between its parts; none for what is left alone: hidden files, and
/// what systems put beside files.
///
/// # Errors
/// The name would lead out of the archive: nothing is written under it here, but whoever made it meant harm
/// or has lost their way, and the path would be a name of another file.
pub fn clean(name: &str) -> Result<Option<String>, Refusal> {
    let refused = |why: &str| {
        let what = format!("member `{}`", clip(name, 200).escape_debug());
        Err(Refusal::new(RefusalKind::Unprocessable, what, why))
    };
    if name.len() > PATH_BYTES_MAX {
        return refused("its name has more than 4,096 bytes");
    }
    if name.chars().any(char::is_control) {
        return refused("there are control characters in its name");
    }
    // Some programs write `\`, against the specification of zip files (4.4.17.1).
    let name = name.replace('\\', "/");
    let drive = name.as_bytes().get(1) == Some(&b':') && name.as_bytes()[0].is_ascii_alphabetic();
    if drive || name.starts_with('/') || name.split('/').any(|part| part == "..") {
        return refused("its name leads out of the archive: pack it again with relative paths");
    }
    let parts: Vec<&str> = name.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    let left_alone = parts.iter().any(|part| part.starts_with('.') || *part == "__MACOSX");
    Ok(Some(parts.join("/")).filter(|path| !left_alone && !path.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_made_plain() {
        for (name, path) in [
            ("./2018/fog.html", Some("2018/fog.html")),
            ("2018\\fog.html", Some("2018/fog.html")),
            ("2018//fog..html", Some("2018/fog..html")),
            ("__MACOSX/2018/._fog.html", None),
            (".git/config", None),
            ("./", None),
        ] {
            assert_eq!(clean(name).unwrap().as_deref(), path, "{name}");
        }
    }

    #[test]
    fn a_name_that_leads_out_is_refused_by_name() {
        for name in
            ["../fog.html", "a/../../fog.html", "/etc/passwd", "C:\\fog.html", "c:fog.html", "..\\fog"]
        {
            let refusal = clean(name).unwrap_err();
            assert!(refusal.why.contains("leads out of the archive"), "{name}: {refusal}");
            assert!(refusal.what.starts_with("member `"), "{refusal}");
        }
        assert!(clean("fog\n.html").is_err() && clean(&"a/".repeat(3_000)).is_err());
    }
}
