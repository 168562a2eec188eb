//! A browser, driven by the DevTools protocol (<https://chromedevtools.github.io/devtools-protocol/>).

use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use data_encoding::BASE64;
use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};

/// What has not happened by now will not happen.
const PATIENCE: Duration = Duration::from_secs(60);

/// The names under which systems have it.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// One browser with one tab. Ends when it goes out of scope.
pub struct Browser {
    child: Child,
    socket: WebSocket<TcpStream>,
    /// Of the tab.
    session: String,
    calls: u64,
    /// What happened since it was last looked at.
    events: Vec<Value>,
    /// Every address that was asked for.
    pub requests: Vec<String>,
    _profile: tempfile::TempDir,
}

/// The program, if it is here.
pub fn find() -> Option<&'static str> {
    let here = |name: &&str| {
        Command::new(name).arg("--version").output().is_ok_and(|output| output.status.success())
    };
    NAMES.into_iter().find(here)
}

impl Browser {
    pub fn start(program: &str) -> Browser {
        let profile = tempfile::tempdir().unwrap();
        let mut child = Command::new(program)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .args(["--disable-dev-shm-usage", "--remote-debugging-port=0", "--lang=en"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let url = lines
            .find_map(|line| line.strip_prefix("DevTools listening on ").map(String::from))
            .expect("it says where it listens");
        std::thread::spawn(move || lines.for_each(drop));
        let authority = url.strip_prefix("ws://").unwrap().split('/').next().unwrap();
        let stream = TcpStream::connect(authority).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let (socket, _) = tungstenite::client(url.as_str(), stream).unwrap();
        let mut browser = Browser {
            child,
            socket,
            session: String::new(),
            calls: 0,
            events: Vec::new(),
            requests: Vec::new(),
            _profile: profile,
        };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }))["targetId"].clone();
        let attached = browser.call("Target.attachToTarget", json!({ "targetId": target, "flatten": true }));
        browser.session = attached["sessionId"].as_str().unwrap().into();
        for domain in ["Page.enable", "Network.enable", "Runtime.enable"] {
            browser.call(domain, json!({}));
        }
        browser
    }

    /// Asks for something, and waits for the answer.
    pub fn call(&mut self, method: &str, params: Value) -> Value {
        self.calls += 1;
        let mut message = json!({ "id": self.calls, "method": method, "params": params });
        if !self.session.is_empty() {
            message["sessionId"] = self.session.clone().into();
        }
        self.socket.send(Message::text(message.to_string())).unwrap();
        loop {
            let mut answer = self.read();
            if answer["id"] == self.calls {
                assert!(answer.get("error").is_none(), "{method} {params}: {answer}");
                return answer["result"].take();
            }
        }
    }

    /// One message; what tells of an event is kept.
    fn read(&mut self) -> Value {
        let message = loop {
            if let Message::Text(text) = self.socket.read().expect("the browser answers") {
                break serde_json::from_str::<Value>(&text).unwrap();
            }
        };
        if message["method"] == "Network.requestWillBeSent" {
            self.requests.push(message["params"]["request"]["url"].as_str().unwrap().into());
        }
        if message.get("method").is_some() {
            self.events.push(message.clone());
        }
        message
    }

    /// Does something that leads to another page, and waits until that has been loaded.
    fn load(&mut self, act: impl FnOnce(&mut Browser)) {
        self.events.clear();
        act(self);
        let begin = Instant::now();
        while !self.events.iter().any(|event| event["method"] == "Page.loadEventFired") {
            assert!(begin.elapsed() < PATIENCE, "no page was loaded");
            self.read();
        }
    }

    pub fn open(&mut self, url: &str) {
        let url = url.to_string();
        self.load(|browser| drop(browser.call("Page.navigate", json!({ "url": url }))));
    }

    /// The value of an expression in the page.
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let params = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let mut result = self.call("Runtime.evaluate", params);
        assert!(result.get("exceptionDetails").is_none(), "{expression}: {result}");
        result["result"]["value"].take()
    }

    /// Presses the first element that `selector` finds and that has `text` in it, which leads to another page.
    pub fn press(&mut self, selector: &str, text: &str) {
        let (selector, text) = (json!(selector), json!(text));
        self.load(|browser| {
            let found = browser.evaluate(&format!(
                "(() => {{ const it = [...document.querySelectorAll({selector})].find(it => it.textContent.includes({text})); \
                 if (it) it.click(); return !!it }})()"
            ));
            assert_eq!(found, true, "{selector} with {text} at {}", browser.address());
        });
    }

    /// Writes into a field.
    pub fn fill(&mut self, selector: &str, text: &str) {
        let (selector, text) = (json!(selector), json!(text));
        self.evaluate(&format!("document.querySelector({selector}).value = {text}"));
    }

    pub fn address(&mut self) -> String {
        self.evaluate("location.href").as_str().unwrap().into()
    }

    /// What a reader sees of the page.
    pub fn text(&mut self) -> String {
        self.evaluate("document.body.innerText").as_str().unwrap().into()
    }

    /// How wide the window is, and whether the reader wants it dark.
    pub fn look(&mut self, width: u32, dark: bool) {
        let metrics = json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", metrics);
        let scheme = if dark { "dark" } else { "light" };
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.call("Emulation.setEmulatedMedia", json!({ "features": features }));
    }

    /// Keeps a cookie as if the site had set it: `name=value`.
    pub fn keep(&mut self, site: &str, cookie: &str) {
        let (name, value) = cookie.split_once('=').unwrap();
        self.call("Network.setCookie", json!({ "name": name, "value": value, "url": site }));
    }

    pub fn scripts(&mut self, run: bool) {
        self.call("Emulation.setScriptExecutionDisabled", json!({ "value": !run }));
    }

    /// A picture of the page, at most `height` pixels of it.
    pub fn picture(&mut self, file: &Path, height: u32, scale: f64) {
        let size =
            self.evaluate("[document.documentElement.clientWidth, document.documentElement.scrollHeight]");
        let height = size[1].as_f64().unwrap().min(height.into());
        let clip = json!({ "x": 0, "y": 0, "width": size[0], "height": height, "scale": scale });
        let params = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let data = self.call("Page.captureScreenshot", params);
        let png = BASE64.decode(data["data"].as_str().unwrap().as_bytes()).unwrap();
        std::fs::write(file, png).unwrap();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
