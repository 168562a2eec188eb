//! What the styles of a message say of how its text is seen.
//!
//! Owns the few declarations that newsletters put on every element: size, weight, and what hides. It must
//! never read a style sheet: many mail programs do not, so no newsletter relies on one.

use crate::intake::markup::{NodeId, Tree, is_heading};

/// Pixels where nothing is said.
const SIZE: f32 = 16.0;

/// The size and weight of the text of every element.
pub struct Styles {
    sizes: Vec<f32>,
    bold: Vec<bool>,
}

impl Styles {
    pub fn read(tree: &Tree) -> Styles {
        let mut styles = Styles { sizes: vec![SIZE; tree.len()], bold: vec![false; tree.len()] };
        for id in 1..tree.len() {
            let parent = tree.parent(id);
            let (mut size, mut bold) = (styles.sizes[parent], styles.bold[parent]);
            if tree.is_element(id) {
                let name = tree.name(id);
                bold |= matches!(name, "b" | "strong" | "th") || is_heading(name);
                if let Some(style) = tree.attribute(id, "style") {
                    size = declared(style, "font-size").and_then(|value| pixels(value, size)).unwrap_or(size);
                    bold = declared(style, "font-weight").map_or(bold, is_bold);
                }
                if name == "font" {
                    size = tree.attribute(id, "size").and_then(of_font).unwrap_or(size);
                }
            }
            (styles.sizes[id], styles.bold[id]) = (size, bold);
        }
        styles
    }

    pub fn size(&self, id: NodeId) -> f32 {
        self.sizes[id]
    }

    pub fn bold(&self, id: NodeId) -> bool {
        self.bold[id]
    }
}

/// The value of a declaration in a `style`.
fn declared<'a>(style: &'a str, property: &str) -> Option<&'a str> {
    style.split(';').rev().find_map(|declaration| {
        let (name, value) = declaration.split_once(':')?;
        name.trim().eq_ignore_ascii_case(property).then(|| value.trim().trim_end_matches("!important").trim())
    })
}

fn pixels(value: &str, around: f32) -> Option<f32> {
    let lower = value.to_ascii_lowercase();
    let number = |unit: &str| lower.strip_suffix(unit).and_then(|text| text.trim().parse::<f32>().ok());
    let size = match lower.as_str() {
        "small" => 13.0,
        "medium" => SIZE,
        "large" => 18.0,
        "x-large" => 24.0,
        "xx-large" => 32.0,
        _ => number("px")
            .or_else(|| number("pt").map(|points| points * 4.0 / 3.0))
            .or_else(|| number("rem").map(|times| times * SIZE))
            .or_else(|| number("em").map(|times| times * around))
            .or_else(|| number("%").map(|hundredths| hundredths * around / 100.0))
            .or_else(|| number(""))?,
    };
    Some(size)
}

fn is_bold(value: &str) -> bool {
    value.starts_with("bold") || value.parse::<u32>().is_ok_and(|weight| weight >= 600)
}

/// Of the seven sizes of `font`.
fn of_font(size: &str) -> Option<f32> {
    let sizes = [10.0, 13.0, 16.0, 18.0, 24.0, 32.0, 48.0];
    let at = match size.trim().as_bytes() {
        [b'+', digit @ b'0'..=b'4'] => 2 + usize::from(digit - b'0'),
        [digit @ b'1'..=b'7'] => usize::from(digit - b'1'),
        _ => return None,
    };
    sizes.get(at).copied()
}

/// Whether nobody sees what is in the element: preview texts, and what is for other programs or for none.
pub fn is_hidden(tree: &Tree, id: NodeId) -> bool {
    if tree.attribute(id, "hidden").is_some() {
        return true;
    }
    let preview = |names: &str| {
        let names = names.to_ascii_lowercase();
        names.contains("preheader") || names.contains("preview-text") || names.contains("previewtext")
    };
    // A template's visible line above the masthead often has that name as well; it is as little text.
    if ["class", "id"].iter().filter_map(|name| tree.attribute(id, name)).any(preview)
        && tree.line(id).chars().count() <= 400
    {
        return true;
    }
    let Some(style) = tree.attribute(id, "style") else { return false };
    let is = |property: &str, values: &[&str]| {
        declared(style, property).is_some_and(|value| {
            let value: String = value.chars().filter(|c| !c.is_whitespace()).collect();
            values.contains(&value.to_ascii_lowercase().as_str())
        })
    };
    let none = ["0", "0px", "0pt", "0em", "0%"];
    is("display", &["none"])
        || is("visibility", &["hidden"])
        || is("mso-hide", &["all"])
        || is("opacity", &["0", "0.0"])
        || is("max-height", &none)
        // Cells of no size are how tables are spaced; hidden text says so of its letters.
        || is("font-size", &[&none[..], &["1px", "0.1px"]].concat()) && !has_own_size(tree, id)
}

/// Whether something within sets a size of its own, as in tables that are set to none against gaps.
fn has_own_size(tree: &Tree, id: NodeId) -> bool {
    let sized = |style: &str| {
        declared(style, "font-size").and_then(|value| pixels(value, 0.0)).is_some_and(|size| size > 4.0)
    };
    tree.subtree(id)
        .skip(1)
        .any(|id| tree.attribute(id, "style").is_some_and(sized) || is_heading(tree.name(id)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_is_told_from_what_spaces() {
        for (html, hidden) in [
            ("<div style='display:none'>x</div>", true),
            ("<div style='Display: None !important'>x</div>", true),
            ("<div style='max-height:0;overflow:hidden'>x</div>", true),
            ("<span class='mcnPreviewText'>x</span>", true),
            ("<div style='font-size:0'>x</div>", true),
            ("<td style='font-size:0px'><p style='font-size:16px'>x</p></td>", false),
            ("<div style='line-height:0'>x</div>", false),
            ("<p style='display:block'>x</p>", false),
        ] {
            let tree = Tree::parse(html);
            assert_eq!(is_hidden(&tree, 1), hidden, "{html}");
        }
    }

    #[test]
    fn sizes_and_weights_are_inherited() {
        let tree = Tree::parse(
            "<div style='font-size:20px'><span style='font-size:1.5em;font-weight:700'>x</span></div>",
        );
        let styles = Styles::read(&tree);
        assert_eq!(
            (styles.size(1), styles.size(2), styles.bold(1), styles.bold(2)),
            (20.0, 30.0, false, true)
        );
    }
}
