use super::*;
use crate::bulletin::visible_text;
use crate::intake::{Hints, Settings, Submission, read};

fn try_read(path: &str, text: &str, hints: Hints) -> Result<Submission, Refusal> {
    let arrival = Arrival { source: "site".into(), path: Some(path.into()), hints, ..Arrival::default() };
    read(text.as_bytes(), &arrival, &Settings::default()).and_then(|mut document| document.parts.remove(0))
}

fn submission(path: &str, text: &str) -> Submission {
    try_read(path, text, Hints::default()).unwrap_or_else(|refusal| panic!("{refusal}\n{text}"))
}

fn refusal(path: &str, text: &str) -> String {
    try_read(path, text, Hints::default()).unwrap_err().to_string()
}

fn labels(submission: &Submission) -> Vec<&str> {
    submission.categories.iter().map(|category| category.label.as_str()).collect()
}

fn published(text: &str) -> Option<String> {
    let published = submission("a.md", text).content.published;
    published.map(|published| published.date.to_string())
}

#[test]
fn what_hugo_says_is_taken() {
    let text = "+++\ntitle = \"The *late* ferry\"\ndate = 2018-04-04T09:30:00+02:00\nlastmod = 2019-01-01\n\
        expiryDate = 2030-01-01\ndescription = \"Late again\"\ncategories = [\"Press release\"]\ntags = [\"ferry\"]\n\
        images = [\"https://ferry.example.org/a.jpg\", \"b.png\"]\naliases = [\"/old/\", \"https://ferry.example.org/older\"]\n\
        [[authors]]\nname = \"Ada Weir\"\nemail = \"ada@ferry.example.org\"\n+++\nThe ferry is late.\n";
    let found = submission("posts/late.md", text);
    let content = &found.content;
    assert_eq!((content.title.as_str(), content.summary.as_deref()), ("The late ferry", Some("Late again")));
    assert_eq!(content.published.as_ref().unwrap().date.to_string(), "2018-04-04T09:30:00+02:00");
    assert_eq!(labels(&found), ["Press release", "ferry"]);
    assert_eq!(content.authors[0].email.as_deref(), Some("ada@ferry.example.org"));
    let images: Vec<_> =
        content.enclosures.iter().map(|image| (&*image.url, image.media_type.as_deref())).collect();
    assert_eq!(
        images,
        [("https://ferry.example.org/a.jpg", Some("image/jpeg"))],
        "a path alone belongs to no host"
    );
    let aliases: Vec<_> = found.aliases.iter().map(ToString::to_string).collect();
    assert_eq!(aliases, ["url:https://ferry.example.org/older", "path:site posts/late.md"]);
}

#[test]
fn what_jekyll_says_is_taken_with_the_name_of_the_file() {
    let text = "---\nlayout: post\nauthor: Ada Weir <ada@ferry.example.org>\ncategories: news ferries\ntags: [tide, Fog Bank]\n\
        guid: https://old.example.org/?p=12\npermalink: /2018/late.html\n---\nThe ferry is late.\n";
    let found = submission("_posts/2018-04-04-the-late-ferry.markdown", text);
    assert_eq!(found.content.title, "The late ferry");
    assert_eq!(found.content.published.as_ref().unwrap().date.to_string(), "2018-04-04");
    assert_eq!(labels(&found), ["news", "ferries", "tide", "Fog Bank"]);
    assert_eq!(found.content.authors[0].name, "Ada Weir");
    assert_eq!(found.entry_id.as_deref(), Some("https://old.example.org/?p=12"));
    assert!(
        !found.aliases.iter().any(|alias| alias.to_string().contains("2018/late")),
        "{:?}",
        found.aliases
    );
}

#[test]
fn what_zola_says_is_taken_from_its_groups_as_well() {
    let text = "+++\ntitle = \"Fog\"\nupdated = 2020-01-01\nauthors = [\"Ada Weir\", \"Bo Quay\"]\n[taxonomies]\ntags = [\"fog\"]\n\
        categories = [\"Notices\"]\n[extra]\ndate = 2018-04-04\n+++\nThere is fog.\n";
    let found = submission("blog/2018-04-05_fog/index.md", text);
    assert_eq!(labels(&found), ["Notices", "fog"]);
    assert_eq!(found.content.authors.len(), 2);
    assert_eq!(found.content.published.as_ref().unwrap().date.to_string(), "2018-04-04");
}

#[test]
fn addresses_are_whole_or_resolved_against_the_one_that_the_sender_gives() {
    let text = "---\ntitle: Fog\nredirect_from: [/old/fog.html]\nimage: /fog.png\n---\nThere is fog.\n";
    let hints = Hints { url: Some("https://ferry.example.org/2018/fog/".into()), ..Hints::default() };
    let found = try_read("fog.md", text, hints).unwrap();
    let aliases: Vec<_> = found.aliases.iter().map(ToString::to_string).collect();
    assert_eq!(
        aliases[..2],
        ["url:https://ferry.example.org/2018/fog/", "url:https://ferry.example.org/old/fog.html"]
    );
    assert_eq!(found.content.enclosures[0].url, "https://ferry.example.org/fog.png");
    let own = submission("fog.md", "---\ncanonicalURL: https://ferry.example.org/fog\n---\nThere is fog.\n");
    assert!(own.aliases[0].to_string().ends_with("ferry.example.org/fog"), "{:?}", own.aliases);
}

#[test]
fn dates_are_no_more_precise_than_they_are_written() {
    for (date, read) in [
        ("2018-04-04", Some("2018-04-04")),
        ("2018-04-04 09:30:00 +0200", Some("2018-04-04T09:30:00+02:00")),
        ("2018-04-04 09:30 -05:00", Some("2018-04-04T09:30:00-05:00")),
        ("2018-04-04T09:30:00Z", Some("2018-04-04T09:30:00Z")),
        ("2018-04-04T09:30:00", Some("2018-04-04")),
        ("4 April 2018", Some("2018-04-04")),
        ("2018-04", Some("2018-04")),
        ("soon", None),
    ] {
        assert_eq!(published(&format!("---\ndate: {date}\n---\nFog.\n")).as_deref(), read, "{date}");
    }
    assert_eq!(published("---\nlastmod: 2018-04-04\n---\nFog.\n"), None);
    assert_eq!(published("+++\npublishDate = 2018-04-04\n+++\nFog.\n").as_deref(), Some("2018-04-04"));
}

#[test]
fn the_first_heading_is_the_title_unless_front_matter_has_another() {
    let found = submission("a.md", "# The late *ferry*\n\nIt is late.\n");
    assert_eq!(
        (found.content.title.as_str(), found.content.body.as_str()),
        ("The late ferry", "<p>It is late.</p>")
    );
    let same = submission("a.md", "---\ntitle: The late ferry\n---\nThe late ferry\n===\n\nIt is late.\n");
    assert_eq!(same.content.body, "<p>It is late.</p>");
    let other = submission("a.md", "---\ntitle: Fog\n---\n# The late ferry\n\nIt is late.\n");
    assert!(
        other.content.title == "Fog" && other.content.body.contains("The late ferry"),
        "{}",
        other.content.body
    );
}

#[test]
fn the_language_is_said_by_a_field_or_by_the_name() {
    let language = |path, text| submission(path, text).content.language;
    assert_eq!(language("fog.fr.md", "Brouillard.\n").as_deref(), Some("fr"));
    assert_eq!(language("fog.pt-br.md", "Neblina.\n").as_deref(), Some("pt-BR"));
    assert_eq!(language("fog.fr.md", "---\nlang: nl\n---\nMist.\n").as_deref(), Some("nl"));
    assert_eq!(language("v1.final.md", "Fog.\n"), None);
}

#[test]
fn tables_notes_and_html_become_html_and_pass_the_gate() {
    let text = "A ~~late~~ ferry[^1].\n\n| tide | at |\n|---|---|\n| high | noon |\n\n<script>alert(1)</script>\n\n\
        <b onclick=x>Bold</b>\n\n[^1]: As ever.\n";
    let body = submission("a.md", text).content.body;
    for part in ["<del>late</del>", "<td>noon</td>", "<b>Bold</b>", "As ever."] {
        assert!(body.contains(part) || body.contains(&part.replace("del>", "s>")), "{part}: {body}");
    }
    assert!(!body.contains("script") && !body.contains("onclick"), "{body}");
}

#[test]
fn what_stands_before_the_mark_is_the_summary() {
    let found = submission("a.md", "The ferry is *late*.\n\n<!--more-->\n\nIt was early once.\n");
    assert_eq!(found.content.summary.as_deref(), Some("The ferry is late."));
    assert_eq!(visible_text(&found.content.body), "The ferry is late.\nIt was early once.");
}

#[test]
fn codes_of_site_generators_leave_only_what_is_to_be_read() {
    for (text, shown) in [
        ("Before {{< ref \"fog.md\" >}}after", "Before after"),
        ("{{% notice info %}}Mind the gap{{% /notice %}}", "Mind the gap"),
        ("{% include nav.html %}Fog {{ page.date | date: \"%Y\" }}today", "Fog today"),
        ("{% if x %}Fog{% endif %}{% comment %}hidden{% endcomment %}.", "Fog."),
        ("{% raw %}Write {{ x }}{% endraw %} here", "Write {{ x }} here"),
        ("{{</* ref */>}} is a code", "{{< ref >}} is a code"),
        ("A ferry{: .wide} with {braces} and {{ an open end", "A ferry with {braces} and {{ an open end"),
        ("```\n{{ kept }}\n```", "{{ kept }}"),
        ("{% highlight sh %}\nannals {{ x }}\n{% endhighlight %}", "annals {{ x }}"),
        ("{{< highlight go >}}\n{{ . }}\n```\n{{< /highlight >}}\n{{ gone }}", "{{ . }} ```"),
        ("Use `{{ . }}` here{{ gone }}.", "Use {{ . }} here."),
        ("As in:\n\n    {{ . }}\n\n{{ gone }}", "As in:\n{{ . }}"),
        ("> ```\n> {{ . }}\n> ```\n{{ gone }}", "{{ . }}"),
        ("```\n{{ . }}\n```sh\n{{ .Site }}\n```\n{{ gone }}", "{{ . }} ```sh {{ .Site }}"),
    ] {
        assert_eq!(visible_text(&submission("a.md", text).content.body).trim(), shown, "{text}");
    }
    let figure =
        "Fog.\n\n{{< figure src=\"https://ferry.example.org/a.png\" caption=\"Fog & foam\" >}}\n\nMore.";
    let body = submission("a.md", figure).content.body;
    assert!(
        body.contains("<img src=\"https://ferry.example.org/a.png\"")
            && body.contains("<figcaption>Fog &amp; foam"),
        "{body}"
    );
    let linked = "Fog. ![Tide]({{ \"https://ferry.example.org/a.png\" | relative_url }})";
    assert!(submission("a.md", linked).content.body.contains("src=\"https://ferry.example.org/a.png\""));
}

#[test]
fn drafts_and_sections_are_refused_by_name() {
    for (path, text, why) in [
        ("a.md", "---\ndraft: true\n---\nFog.\n", "draft"),
        ("a.md", "---\npublished: false\n---\nFog.\n", "draft"),
        ("a.md", "+++\ndraft = true\n+++\nFog.\n", "draft"),
        ("_drafts/a.md", "Fog.\n", "draft"),
        ("posts/_index.md", "---\ntitle: Posts\n---\n", "section page"),
    ] {
        let refusal = refusal(path, text);
        assert!(refusal.contains(why) && refusal.contains(path), "{refusal}");
    }
    assert_eq!(
        submission("posts/_index.md", "---\ntitle: Posts\n---\nAll of them.\n").content.title,
        "Posts"
    );
}

#[test]
fn broken_front_matter_is_refused_with_its_line() {
    for (text, line, why) in [
        ("---\ntitle: Fog\n\nThere is fog.\n", "line 1", "no line of `---`"),
        ("---\ntitle: Fog\ntags: [a\n---\nFog.\n", "line 4", "no YAML"),
        ("+++\ntitle = \"Fog\"\ndate =\n+++\nFog.\n", "line 3", "no TOML"),
        ("{\"title\": \"Fog\",\n \"tags\" ]}\nFog.\n", "line 2", "no JSON"),
        ("---\n- a\n- b\n---\nFog.\n", "line 2", "names and values"),
    ] {
        let refusal = refusal("a.md", text);
        assert!(refusal.contains(line) && refusal.contains(why), "{refusal}");
    }
    assert_eq!(submission("a.md", "{\"title\": \"Fog\"}\nThere is fog.\n").content.title, "Fog");
}

#[test]
fn what_grows_without_end_is_refused() {
    let mut bomb = "---\na: &a [x, x, x, x, x, x, x, x, x]\n".to_string();
    for n in b'b'..=b'z' {
        let (this, before) = (n as char, (n - 1) as char);
        bomb.push_str(&format!("{this}: &{this} [{}]\n", vec![format!("*{before}"); 9].join(", ")));
    }
    bomb.push_str("---\nFog.\n");
    assert!(refusal("a.md", &bomb).contains("the front matter"), "{}", refusal("a.md", &bomb));
    for deep in ["[", "{a: ", "- "] {
        let text = format!("---\na:\n  {}\n---\nFog.\n", deep.repeat(5_000));
        assert!(refusal("a.md", &text).contains("the front matter"));
    }
    assert!(refusal("a.md", &format!("Fog\n\n{}", ">".repeat(1 << 16))).contains("hundred deep"));
    let wide = format!("+++\na = {}1{}\n+++\nFog.\n", "[".repeat(9_000), "]".repeat(9_000));
    assert!(refusal("a.md", &wide).contains("the front matter"));
}

#[test]
fn only_whole_front_matter_is_sniffed() {
    let sniff = FORMAT.sniff;
    assert!(sniff(b"---\ntitle: x\n---\nFog") && sniff(b"+++\r\n+++\r\n"));
    assert!(!sniff(b"---\nFog on the pier\n") && !sniff(b"# Fog\n") && !sniff(b"--- x\n---\n"));
}

#[test]
fn a_day_that_stands_alone_above_the_text_is_its_date() {
    assert_eq!(published("# Late\n\n*4 April 2018*\n\nThe ferry is late.\n").as_deref(), Some("2018-04-04"));
    assert_eq!(published("# Late\n\nThe ferry of 4 April 2018 is late.\n"), None);
    assert_eq!(
        published("---\ndate: 2018-04-05\n---\n4 April 2018\n\nLate.\n").as_deref(),
        Some("2018-04-05")
    );
}
