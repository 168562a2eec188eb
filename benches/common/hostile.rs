//! Pages that are made to take long, or to take much room.

/// What a reader would find in each page that does not bury it.
pub const STORY: &str = "<p>The ferry to Saltmarsh will not sail on three mornings, because the tide will \
    stand over the landing, the harbour office says, and no bus will run instead of it.</p>";

const HEAD: &str = "<!doctype html><html lang=en><head><title>Spring tides ahead</title></head><body>\
    <h1>Spring tides ahead</h1>";

/// The pages by name, each about half a megabyte to five megabytes divided by `share`.
pub fn pages(share: usize) -> Vec<(&'static str, String)> {
    let many = |unit: &str, times: usize| unit.repeat(times / share + 1);
    let numbered =
        |times: usize, unit: &dyn Fn(usize) -> String| (0..times / share).map(unit).collect::<String>();
    let body = |rest: String| format!("{HEAD}{STORY}{rest}");
    let before = |rest: String| format!("{HEAD}{rest}{STORY}");
    let head = |rest: String| format!("{rest}{HEAD}{STORY}");
    vec![
        // Nesting.
        ("elements within elements", before(many("<div>", 100_000))),
        ("lists within lists", before(many("<ul><li>", 62_500))),
        ("lists within lists, with text", before(many("<ul><li>a", 62_500))),
        ("tables within tables", before(many("<table><tr><td>", 33_000))),
        ("paragraphs as deep as can be", before(many("<div>", 240) + &many("<p>a", 125_000))),
        ("drawings within drawings", before(many("<svg>", 100_000))),
        ("what is shown without scripts", before(many("<noscript>", 50_000))),
        // Tags without end.
        ("unclosed bold", body(many("<b>x", 200_000))),
        ("end tags of nothing", body(many("<div>", 250) + &many("</b>", 120_000))),
        ("marks that open no tag", body(many("<", 500_000))),
        ("comments without end", body(many("<!-- x", 80_000))),
        // Much of one thing.
        ("links", body(many("<a href=/x>tide</a> ", 100_000))),
        ("links in paragraphs", body(many("<p><a href=/x>tide</a></p>", 50_000))),
        ("links to tags", body(many("<a rel=tag href=/x>tide</a> ", 50_000))),
        ("links to authors", body(many("<a rel=author href=/x>Ada Fenwick 4</a> ", 50_000))),
        ("headings", body(many("<h2>Spring tides</h2>", 30_000))),
        ("line breaks", body(many("tide<br>", 60_000))),
        (
            "items",
            format!(
                "{HEAD}{}",
                many(&format!("<article><h2>Tides</h2><p>4 April 2018</p>{STORY}</article>"), 3_000)
            ),
        ),
        ("parts", before(many(&format!("<div><div><h2>Tides</h2>{STORY}</div></div>"), 3_000))),
        // Attributes.
        ("attributes", before(format!("<p {}>", numbered(80_000, &|n| format!("a{n}=x "))))),
        ("one attribute again and again", before(format!("<p {}>", many("class=x ", 80_000)))),
        ("a long class", before(format!("<p class='{}'>", many("date author related ", 40_000)))),
        // Text.
        ("one line", format!("{HEAD}<p>{}", many("The ferry sails at ten, the tide permitting. ", 110_000))),
        ("one word", format!("{HEAD}<p>{}", many("a", 5_000_000))),
        ("escaped characters", body(many("&amp;", 200_000))),
        ("characters that combine", body(many("\u{301}", 400_000))),
        ("nothing but direction marks", body(many("\u{202e}", 300_000))),
        // Dates.
        ("digits", body(many("1", 1_000_000))),
        ("slashes", body(many("/", 1_000_000))),
        ("digits and slashes", body(many("1/", 500_000))),
        ("dates", body(many("4/5/2018 ", 110_000))),
        ("dates in lines", body(many("<p class=date>4/5/2018", 40_000))),
        ("times", body(many("<time datetime=2018-04-04>4 April 2018</time>", 15_000))),
        ("days of the week", body(many("Monday, ", 125_000))),
        ("days without years", body(many("4 April ", 125_000))),
        ("numbers side by side", body(format!("<div class=date>{}</div>", many("<i>1</i>", 50_000)))),
        (
            "an address of years",
            head(format!("<link rel=canonical href='https://a.example.org/{}'>", many("2018/", 150_000))),
        ),
        // What is said for machines.
        (
            "brackets in linked data",
            head(format!("<script type=application/ld+json>{}</script>", many("[", 500_000))),
        ),
        (
            "graphs in linked data",
            head(format!("<script type=application/ld+json>{}</script>", many("{\"@graph\":", 60_000))),
        ),
        (
            "blocks of linked data",
            head(many("<script type=application/ld+json>{\"@type\":\"Article\"}</script>", 9_000)),
        ),
        ("members of scripts", body(format!("<script>{}</script>", many("\"datePublished\":", 40_000)))),
        ("calls of scripts", body(many("<script>f('x')</script>", 30_000))),
        ("labels", head(numbered(20_000, &|n| format!("<meta property=article:tag content='tide {n}'>")))),
        (
            "a byline without end",
            head(format!("<meta name=author content='{}'>", many("Ada Fenwick, ", 40_000))),
        ),
        (
            "a title of many words, and headings",
            format!(
                "<title>{}</title>{}{STORY}",
                numbered(100_000, &|n| format!("w{n} ")),
                numbered(20_000, &|n| format!("<h2>w{n} tide</h2>"))
            ),
        ),
    ]
}

/// The messages by name, each with what refuses it; nothing where it is read. Of their full size divided by `share`.
pub fn mails(share: usize) -> Vec<(&'static str, Option<&'static str>, String)> {
    let many = |unit: &str, times: usize| unit.repeat(times / share + 1);
    let numbered =
        |times: usize, unit: &dyn Fn(usize) -> String| (0..times / share).map(unit).collect::<String>();
    let letter = |rest: String| {
        format!(
            "From: Harbour Office <office@harbour.example>\nTo: Jane Doe <jane@reader.example>\n\
             Subject: Spring tides ahead\nMessage-ID: <17@harbour.example>\n{rest}"
        )
    };
    let html = |rest: String| letter(format!("Content-Type: text/html; charset=utf-8\n\n{STORY}{rest}"));
    let mixed = "Content-Type: multipart/mixed; boundary=b\n\n";
    let long = "q4z".repeat(110);
    let nested = |n: usize| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n");
    let endless = |n: usize| format!("--b\nContent-Type: multipart/mixed; boundary=never{n}\n\nx\n");
    vec![
        ("parts within parts", Some("nested deeper than 32"), letter(numbered(100_000, &nested))),
        (
            "messages within messages",
            Some("nested deeper than 32"),
            letter(many("Content-Type: message/rfc822\n\n", 100_000)),
        ),
        ("parts", Some("more than 1000 parts"), letter(format!("{mixed}{}", many("--b\n\nx\n", 100_000)))),
        ("fields", Some("1,000 fields"), letter(format!("{}\nx", many("X: y\n", 100_000)))),
        (
            "boundaries that never come",
            None,
            letter(format!(
                "{mixed}--b\nContent-Type: text/html\n\n{STORY}\n{}--b\n\n{}",
                (0..900).map(endless).collect::<String>(),
                many("text\n", 200_000)
            )),
        ),
        ("elements within elements", None, html(many("<div>", 100_000))),
        ("tables within tables", None, html(many("<table><tr><td>", 33_000))),
        ("attributes", None, html(format!("<p {}>", numbered(80_000, &|n| format!("a{n}=x "))))),
        (
            "headings",
            None,
            html(numbered(20_000, &|n| format!("<h2>Spring tides {n}</h2><p>Text of it.</p>"))),
        ),
        (
            "links",
            None,
            html(numbered(20_000, &|n| format!("<p><a href='https://a.example/?u={n}'>tide</a></p>"))),
        ),
        ("marks that open no tag", None, html(many("<", 500_000))),
        ("names of the reader", None, html(many("Thank you, Jane! ", 50_000))),
        (
            "readers with long addresses",
            None,
            letter(format!("Cc: {}x\n\n{STORY}", numbered(600, &|n| format!("{n}.{long}@reader.example, ")))),
        ),
        (
            "words for the reader that repeat themselves",
            None,
            letter(format!(
                "List-Unsubscribe: {}<mailto:x@y.example>\nContent-Type: text/html\n\n{STORY}",
                numbered(100, &|n| format!("<https://a.example/{n}{}>, ", "=t0m%40k".repeat(300)))
            )),
        ),
        (
            "letters to a reader each",
            None,
            letter(format!(
                "Content-Type: multipart/digest; boundary=b\n\n{}--b--\n",
                numbered(450, &|n| format!(
                    "--b\n\nFrom: a@b.example\nTo: {n}.{long}@c.example\nContent-Type: text/html\n\n{STORY}\
                     <p><a href='https://a.example/{n}x{long}'>Unsubscribe</a></p>\n"
                ))
            )),
        ),
    ]
}
