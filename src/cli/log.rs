//! The log: on standard error, one line an event whatever is in it.

use std::io::{self, IsTerminal as _, Write};

use tracing_subscriber::EnvFilter;

/// Starts the log. `ANNALS_LOG` says how much of it (error, warn, info, debug).
pub fn start() {
    let filter = EnvFilter::try_from_env("ANNALS_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    // It warns of text within a table as often as there is some: one page could fill a disk.
    let filter = filter.add_directive("html5ever=error".parse().expect("it is a directive"));
    // Colours are for terminals: in a file they are in the way.
    let colours = io::stderr().is_terminal();
    let lines = move || Lines { to: io::stderr(), colours };
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(lines);
    log.with_ansi(colours).with_target(false).init();
}

/// Writes each event as one line. A file may be called anything, and a server may answer anything: what either puts
/// into a message must not look like a line of its own, nor steer a terminal.
struct Lines<W> {
    to: W,
    /// Whether the escape character is the log's own; it escapes those of others itself.
    colours: bool,
}

impl<W: Write> Write for Lines<W> {
    /// Takes the whole of an event, as the subscriber gives it.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let line = text.strip_suffix('\n').unwrap_or(&text);
        let mut escaped = String::with_capacity(line.len() + 1);
        for character in line.chars() {
            let plain = !is_control(character) || (character == '\u{1b}' && self.colours);
            if plain { escaped.push(character) } else { escaped.extend(character.escape_default()) }
        }
        escaped.push('\n');
        self.to.write_all(escaped.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// What ends a line somewhere, moves the cursor or turns the direction of what is read.
fn is_control(character: char) -> bool {
    let turns = matches!(character, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    character.is_control() || turns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_a_line_whatever_is_in_it() {
        let written = |event: &str, colours| {
            let mut lines = Lines { to: Vec::new(), colours };
            lines.write_all(event.as_bytes()).unwrap();
            String::from_utf8(lines.to).unwrap()
        };
        let event = "WARN file=a\r\nINFO all is well\u{2028}\u{202e}\u{1b}[2J\u{85} é\n";
        let line = "WARN file=a\\r\\nINFO all is well\\u{2028}\\u{202e}\\u{1b}[2J\\u{85} é\n";
        assert_eq!(written(event, false), line);
        assert_eq!(written("\u{1b}[33mWARN\u{1b}[0m a\n", true), "\u{1b}[33mWARN\u{1b}[0m a\n");
    }
}
