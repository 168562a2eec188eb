use super::*;

fn document(text: &str) -> Document {
    Document::parse(text).unwrap()
}

/// The tree as nested names: `rss(channel(title(x)))`.
fn shape(text: &str) -> String {
    fn write(document: &Document, range: Range<usize>, out: &mut String) {
        let mut id = range.start;
        while id < range.end {
            let element = Element { document, id };
            out.push_str(if id > range.start { " " } else { "" });
            match element.text_of(id) {
                Some(text) => out.push_str(text.trim()),
                None => out.push_str(element.name()),
            }
            let end = element.node().end as usize;
            if end > id + 1 {
                out.push('(');
                write(document, id + 1..end, out);
                out.push(')');
            }
            id = end;
        }
    }
    let (document, mut out) = (document(text), String::new());
    write(&document, 1..document.nodes.len(), &mut out);
    out
}

#[test]
fn elements_have_one_name_whatever_their_prefix() {
    for (text, expected) in [
        (
            "<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:title>x</a:title></a:feed>",
            "atom:feed(atom:title(x))",
        ),
        ("<feed><entry/></feed>", "atom:feed(atom:entry)"),
        ("<feed xmlns='urn:of-nobody'><title/></feed>", "atom:feed(atom:title)"),
        ("<rss><dc:date/><o:x/></rss>", "rss(dc:date ?:x)"),
        ("<rss xmlns:dc='urn:of-nobody'><dc:date/></rss>", "rss(?:date)"),
        ("<rss><link xmlns='http://www.w3.org/2005/Atom'/><link/></rss>", "rss(atom:link link)"),
        (
            "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'><item/></rdf:RDF>",
            "rdf:rdf(item)",
        ),
        ("<rss><pubDate/><PubDate/></rss>", "rss(pubdate pubdate)"),
    ] {
        assert_eq!(shape(text), expected, "{text}");
    }
}

#[test]
fn end_tags_that_were_forgotten_are_implied_where_fields_begin() {
    for (text, expected) in [
        ("<rss><item><title>a<link>b</link></item></rss>", "rss(item(title(a) link(b)))"),
        (
            "<rss><item><title>a</title><item><title>b</title></item></rss>",
            "rss(item(title(a)) item(title(b)))",
        ),
        ("<rss><item><title>a</item><x/></rss>", "rss(item(title(a)) x)"),
        ("<rss><item><description>a<p>b<p>c</description></item>", "rss(item(description(a p(b) p(c))))"),
        ("<rss><item>a</p></b>b<br>c</item></rss>", "rss(item(ab br c))"),
        ("<rss><item><a>b</a>c<![CDATA[<d>]]>&amp;</item></rss>", "rss(item(a(b) c<d>&))"),
    ] {
        assert_eq!(shape(text), expected, "{text}");
    }
}

#[test]
fn references_stand_for_characters_and_all_else_stays_as_it_is() {
    for (text, expected) in [
        ("&amp;&lt;&#233;&#xE9;&#x2019;&nbsp;&eacute;", "&<éé’\u{a0}é"),
        ("a & b &c; &region=1;&#0;&#99999999;", "a & b &c; &region=1;\u{0}&#99999999;"),
        ("&#146;", "’"),
    ] {
        assert_eq!(document(&format!("<a>{text}</a>")).root().unwrap().text(), expected, "{text}");
    }
    let own = "<!DOCTYPE a [<!ENTITY port 'Port &#38; quay'>]><a>&port;!</a>";
    assert_eq!(document(own).root().unwrap().text(), "Port & quay!");
}

#[test]
fn bombs_are_refused_by_name() {
    let many = |count: usize, one: &dyn Fn(usize) -> String| (0..count).map(one).collect::<String>();
    let laughs = many(9, &|n| format!("<!ENTITY l{} '&l{n};&l{n};&l{n};&l{n};'>", n + 1));
    for (text, why) in [
        (format!("<!DOCTYPE a [<!ENTITY l0 'ha'>{laughs}]><a>&l9;</a>"), "made of others"),
        ("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hosts'>]><a>&x;</a>".into(), "lies elsewhere"),
        (
            format!("<!DOCTYPE a [<!ENTITY x '{}'>]><a>{}</a>", "x".repeat(1_000), "&x;".repeat(100_000)),
            "stand for more",
        ),
        (format!("<a {}>", many(80_000, &|n| format!("b{n}='' "))), "attributes"),
        (format!("<a {}>", many(100_000, &|n| format!("xmlns:b{n}='urn:x' "))), "namespaces"),
        (many(100_000, &|n| format!("<a xmlns:b{n}='urn:x'>")), "namespaces"),
        ("<a>".repeat(100_000), "deep"),
        ("<a/>".repeat(1_000_001), "elements"),
        (many(10_001, &|n| format!("<a{n}/>")), "names"),
    ] {
        let refusal = Document::parse(&text).err().unwrap_or_else(|| panic!("{why}"));
        assert!(refusal.why.contains(why), "{refusal}");
    }
}

#[test]
fn where_a_document_was_cut_off_is_known() {
    for (text, cut, within) in [
        ("<rss><item>a</item></rss>", false, None),
        ("<rss><item>a</item>", false, None),
        ("<rss><item><title>a", true, Some(true)),
        ("<rss><item>a</item><it", true, Some(false)),
        ("<rss><item><![CDATA[a", true, Some(true)),
    ] {
        let document = document(text);
        assert_eq!(document.is_cut(), cut, "{text}");
        let within_item = document.root().unwrap().find("item").any(Element::is_cut);
        assert_eq!(within_item, within == Some(true), "{text}");
    }
}

#[test]
fn markup_is_written_as_html() {
    for (text, html, xhtml) in [
        ("a &amp;lt; &lt;b&gt;c&lt;/b&gt;", "a &lt; <b>c</b>", "a &amp;lt; &lt;b&gt;c&lt;/b&gt;"),
        ("<p>a &lt; b<br/>c</p>", "<p>a &lt; b<br>c</p>", "<p>a &lt; b<br>c</p>"),
        ("&lt;p&gt;a&lt;/p&gt;<br>b", "<p>a</p><br>b", "&lt;p&gt;a&lt;/p&gt;<br>b"),
        ("<o:p>a</o:p><i lang='\"x'/>b", "a<i lang=\"&quot;x\"></i>b", "a<i lang=\"&quot;x\"></i>b"),
    ] {
        let document = document(&format!("<description>{text}</description>"));
        assert_eq!(
            (document.root().unwrap().html(), document.root().unwrap().xhtml()),
            (html.into(), xhtml.into())
        );
    }
}

#[test]
fn bytes_become_text_by_mark_declaration_and_habit() {
    let utf16: Vec<u8> = "<a>é</a>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (bytes, expected) in [
        (&b"\n <?xml version='1.0' encoding='iso-8859-1'?><a>\xe9</a>"[..], "é"),
        (b"<b>Warning</b><?xml version='1.0' encoding='windows-1251'?><a>\xe9</a>", "й"),
        (b"<a>caf\xe9</a>", "café"),
        (b"<?xml version='1.0' encoding='utf-8'?><a>\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xff</a>", "ééééééééééé\u{fffd}"),
        (b"<?xml version='1.0' encoding='utf-8'?><a>\xe9t\xe9</a>", "été"),
        (&utf16, "é"),
        (b"<rss><a>\xcf\xe0\xf0\xee\xec \xe8\xe4\xb8\xf2 \xe2 \xef\xee\xf0\xf2 \xe7\xe0\xe2\xf2\xf0\xe0</a></rss>", "Паром идёт в порт завтра"),
        (b"<rss><a>\xf0\xc1\xd2\xcf\xcd \xc9\xc4\xa3\xd4 \xd7 \xd0\xcf\xd2\xd4 \xda\xc1\xd7\xd4\xd2\xc1</a></rss>", "Паром идёт в порт завтра"),
        (b"<?xml version='1.0'?><rss><a>\x83t\x83F\x83\x8a\x81[\x82\xcd\x8d`\x82\xc9\x8c\xfc\x82\xa9\x82\xc1\x82\xc4\x82\xa2\x82\xdc\x82\xb7</a></rss>", "フェリーは港に向かっています"),
        (b"<?xml version='1.0' encoding='utf-8'?><rss><a>\xcf\xe0\xf0\xee\xec \xe8\xe4\xb8\xf2 \xe2 \xef\xee\xf0\xf2 \xe7\xe0\xe2\xf2\xf0\xe0</a></rss>", "Паром идёт в порт завтра"),
    ] {
        assert_eq!(document(&decode(bytes, None)).root().unwrap().text(), expected);
    }
}
