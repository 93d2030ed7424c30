//! `status --watch`: the screen anew every two seconds, without flicker, cut to the terminal; q or Ctrl-C
//! ends it and gives the terminal back as it was. Without a terminal, one plain screen after the other.

use std::{
    env,
    io::{self, IsTerminal as _, Read as _},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr},
};
use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGTERM, SIGWINCH},
    flag,
};

use super::{look::look, screen::screen};
use crate::cli::{error::CliError, print};

/// Shows it until it is told to stop.
pub(super) fn watch(config: &Path, json: bool) -> Result<(), CliError> {
    if json || !io::stdout().is_terminal() {
        return watch_plainly(config, json);
    }
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        flag::register(signal, Arc::clone(&stop))?;
    }
    // Only so that waiting ends when the window changes.
    flag::register(SIGWINCH, Arc::default())?;
    let terminal = Terminal::take()?;
    while !stop.load(Ordering::Relaxed) {
        let lines = screen(&look(config)?, width());
        print::bytes(frame(&lines, height()).as_bytes())?;
        if terminal.wait() == Asked::Stop {
            break;
        }
    }
    Ok(())
}

fn watch_plainly(config: &Path, json: bool) -> Result<(), CliError> {
    loop {
        let status = look(config)?;
        if json {
            print::json(&status)?;
        } else {
            for line in screen(&status, width()) {
                print::line(line)?;
            }
            print::line("")?;
        }
        thread::sleep(BETWEEN_LOOKS);
    }
}

/// One frame: written over the last one, so that nothing is blank in between.
fn frame(lines: &[String], height: usize) -> String {
    let room = height.max(LEAST_LINES) - 1;
    let (shown, left) = if lines.len() > room {
        (room - 1, lines.len() - (room - 1))
    } else {
        (lines.len(), 0)
    };
    let mut frame = String::from("\x1b[H");
    for line in &lines[..shown] {
        frame.push_str(line);
        frame.push_str("\x1b[K\r\n");
    }
    if left > 0 {
        let more = format!("… and {left} more lines: «pillarbox status» shows all\x1b[K\r\n");
        frame.push_str(&more);
    }
    frame.push_str("\x1b[J(q ends)");
    frame
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Nothing,
    Stop,
}

/// A terminal that shows another page and no cursor, until this is dropped.
struct Terminal {
    before: Option<Termios>,
}

impl Terminal {
    fn take() -> io::Result<Self> {
        // Keys come one by one and unseen, where there is a keyboard.
        let before = tcgetattr(io::stdin()).ok();
        if let Some(mut keys) = before.clone() {
            keys.local_modes
                .remove(LocalModes::ICANON | LocalModes::ECHO);
            tcsetattr(io::stdin(), OptionalActions::Now, &keys)?;
        }
        let terminal = Self { before };
        print::bytes(b"\x1b[?1049h\x1b[?25l\x1b[2J")?;
        Ok(terminal)
    }

    /// Waits for the next look, or a key; a signal ends the wait.
    fn wait(&self) -> Asked {
        let stdin = io::stdin();
        let pause = Timespec {
            tv_sec: i64::try_from(BETWEEN_LOOKS.as_secs()).unwrap_or(1),
            tv_nsec: 0,
        };
        if self.before.is_none() {
            let _ = poll(&mut [], Some(&pause));
            return Asked::Nothing;
        }
        let mut keyboard = [PollFd::new(&stdin, PollFlags::IN)];
        if !matches!(poll(&mut keyboard, Some(&pause)), Ok(ready) if ready > 0) {
            return Asked::Nothing;
        }
        let mut key = [0];
        match stdin.lock().read(&mut key) {
            Ok(0) | Err(_) => Asked::Stop,
            Ok(_) if matches!(key, [b'q' | b'Q']) => Asked::Stop,
            Ok(_) => Asked::Nothing,
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = print::bytes(b"\x1b[?25h\x1b[?1049l");
        if let Some(before) = &self.before {
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, before);
        }
    }
}

/// Columns to write in: the terminal's, else what `COLUMNS` says.
pub(super) fn width() -> usize {
    let asked = || {
        env::var("COLUMNS")
            .ok()
            .and_then(|columns| columns.parse().ok())
    };
    let terminal = tcgetwinsize(io::stdout())
        .ok()
        .map(|size| usize::from(size.ws_col));
    terminal
        .filter(|columns| *columns > 0)
        .or_else(asked)
        .unwrap_or(USUAL_COLUMNS)
        .max(LEAST_COLUMNS)
}

fn height() -> usize {
    let terminal = tcgetwinsize(io::stdout())
        .ok()
        .map(|size| usize::from(size.ws_row));
    terminal.filter(|rows| *rows > 0).unwrap_or(LEAST_LINES)
}

/// Between two looks of `--watch`.
const BETWEEN_LOOKS: Duration = Duration::from_secs(2);
/// Where nobody says how wide it is: a file, a pipe.
const USUAL_COLUMNS: usize = 120;
/// With fewer, lines break in the middle.
const LEAST_COLUMNS: usize = 60;
/// With fewer, nothing fits.
const LEAST_LINES: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_fits_the_terminal_and_says_what_it_leaves_out() {
        let lines: Vec<String> = (0..100).map(|line| line.to_string()).collect();
        let frame = frame(&lines, 24);
        assert_eq!(frame.matches("\r\n").count(), 23);
        assert!(frame.contains("… and 78 more lines"), "{frame}");
        assert!(frame.starts_with("\x1b[H") && !frame.contains("\x1b[2J"));
    }

    #[test]
    fn a_short_screen_is_shown_whole() {
        let lines = vec!["one".to_owned(), "two".to_owned()];
        assert!(!frame(&lines, 24).contains("more lines"));
    }
}
