//! Lines as HTML that is safe as it is: a handful of elements around escaped text.
//!
//! Owns the only markup that intake writes itself. It must never pass a character of the text on that
//! HTML could read as markup.

/// What a piece of text is to be in HTML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    Heading,
    Paragraph,
    Item { numbered: bool },
    Quote,
}

/// A piece of text; pieces of one `group` had no empty line between them.
pub struct Piece<'a> {
    pub element: Element,
    pub text: &'a str,
    pub group: usize,
}

/// The longest line, in characters, that a writer broke on purpose.
const BROKEN_LINE_CHARS_MAX: usize = 90;

/// `pieces` as HTML: items in lists, short lines of one group in one paragraph.
pub fn html(pieces: &[Piece<'_>]) -> String {
    let mut html = String::new();
    let mut last: Option<&Piece<'_>> = None;
    for piece in pieces {
        let goes_on = last.is_some_and(|last| same_block(last, piece));
        if !goes_on {
            html.push_str(last.map_or("", |last| close(last.element)));
            html.push_str(open(piece.element));
        }
        match piece.element {
            Element::Item { .. } => {
                html.push_str("<li>");
                push_escaped(piece.text, &mut html);
                html.push_str("</li>");
            }
            Element::Quote => {
                html.push_str("<p>");
                push_escaped(piece.text, &mut html);
                html.push_str("</p>");
            }
            Element::Heading | Element::Paragraph => {
                if goes_on {
                    html.push_str("<br>");
                }
                push_escaped(piece.text, &mut html);
            }
        }
        last = Some(piece);
    }
    html.push_str(last.map_or("", |last| close(last.element)));
    html
}

/// Whether two pieces stand in one element.
fn same_block(last: &Piece<'_>, next: &Piece<'_>) -> bool {
    let broken = |piece: &Piece<'_>| piece.text.chars().count() <= BROKEN_LINE_CHARS_MAX;
    match (last.element, next.element) {
        (Element::Paragraph, Element::Paragraph) => last.group == next.group && broken(last) && broken(next),
        (Element::Item { numbered: a }, Element::Item { numbered: b }) => a == b,
        (Element::Quote, Element::Quote) => true,
        _ => false,
    }
}

fn open(element: Element) -> &'static str {
    match element {
        Element::Heading => "<h2>",
        Element::Paragraph => "<p>",
        Element::Item { numbered: false } => "<ul>",
        Element::Item { numbered: true } => "<ol>",
        Element::Quote => "<blockquote>",
    }
}

fn close(element: Element) -> &'static str {
    match element {
        Element::Heading => "</h2>\n",
        Element::Paragraph => "</p>\n",
        Element::Item { numbered: false } => "</ul>\n",
        Element::Item { numbered: true } => "</ol>\n",
        Element::Quote => "</blockquote>\n",
    }
}

/// Appends `text` with the characters escaped that mean something in HTML text.
fn push_escaped(text: &str, html: &mut String) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            _ => html.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_become_blocks() {
        let piece = |element, text, group| Piece { element, text, group };
        let item = Element::Item { numbered: false };
        let pieces = [
            piece(Element::Heading, "A & B", 0),
            piece(Element::Paragraph, "1 < 2", 1),
            piece(Element::Paragraph, "3 > 2", 1),
            piece(Element::Paragraph, "next", 2),
            piece(item, "one", 3),
            piece(item, "two", 4),
            piece(Element::Item { numbered: true }, "first", 5),
            piece(Element::Quote, "said", 6),
        ];
        assert_eq!(
            html(&pieces),
            "<h2>A &amp; B</h2>\n<p>1 &lt; 2<br>3 &gt; 2</p>\n<p>next</p>\n<ul><li>one</li><li>two</li></ul>\n\
             <ol><li>first</li></ol>\n<blockquote><p>said</p></blockquote>\n"
        );
    }
}
