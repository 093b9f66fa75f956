//! Single keys of a terminal in raw mode, which ends when they are dropped.

use std::time::Duration;

use crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use crossterm::terminal;
use tokio::sync::mpsc;

/// The interval at which the reading thread checks whether the receiver was dropped.
const POLL_INTERVAL: Duration = Duration::from_millis(200);

/// The meaning of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// Pause or continue.
    Pause,
    /// Show the next frame now.
    Step,
    Faster,
    Slower,
    Quit,
}

/// The pressed keys. Dropping it restores the terminal.
pub(super) struct Keys {
    pressed: mpsc::Receiver<Key>,
}

impl Keys {
    pub(super) fn open() -> anyhow::Result<Self> {
        terminal::enable_raw_mode()?;
        let (sender, pressed) = mpsc::channel(16);
        std::thread::spawn(move || {
            while !sender.is_closed() {
                let key = match event::poll(POLL_INTERVAL) {
                    Ok(false) => continue,
                    Ok(true) => event::read().ok().and_then(|event| read(&event)),
                    Err(_) => return,
                };
                if key.is_some_and(|key| sender.blocking_send(key).is_err()) {
                    return;
                }
            }
        });
        Ok(Self { pressed })
    }

    /// Waits for the next key.
    pub(super) async fn next(&mut self) -> Key {
        match self.pressed.recv().await {
            Some(key) => key,
            // The terminal cannot be read any more.
            None => std::future::pending().await,
        }
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        // Nothing can be done if it fails.
        let _ = terminal::disable_raw_mode();
    }
}

fn read(event: &Event) -> Option<Key> {
    let Event::Key(key) = event else { return None };
    if key.kind == KeyEventKind::Release {
        return None;
    }
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    match key.code {
        KeyCode::Char('c' | 'd') if control => Some(Key::Quit),
        KeyCode::Char(' ') => Some(Key::Pause),
        KeyCode::Right | KeyCode::Char('n') => Some(Key::Step),
        KeyCode::Char('+' | '=') => Some(Key::Faster),
        KeyCode::Char('-') => Some(Key::Slower),
        KeyCode::Char('q') | KeyCode::Esc => Some(Key::Quit),
        _ => None,
    }
}
