//! Keys of a terminal, one by one and not shown; the terminal is as before at the end.

use std::time::Duration;

use crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use crossterm::terminal;
use tokio::sync::mpsc;

/// How often the reader looks whether anybody listens still.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// What a person asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// Pause, or go on.
    Pause,
    /// Show the next frame now.
    Step,
    Faster,
    Slower,
    Quit,
}

/// The keys that are pressed. The terminal is given back when this is dropped.
pub(super) struct Keys {
    pressed: mpsc::Receiver<Key>,
}

impl Keys {
    pub(super) fn open() -> anyhow::Result<Self> {
        terminal::enable_raw_mode()?;
        let (sender, pressed) = mpsc::channel(16);
        std::thread::spawn(move || {
            while !sender.is_closed() {
                let key = match event::poll(LOOK_EVERY) {
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

    /// The next key; waits for it.
    pub(super) async fn next(&mut self) -> Key {
        match self.pressed.recv().await {
            Some(key) => key,
            // A terminal that cannot be read any more is left alone.
            None => std::future::pending().await,
        }
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        // There is nobody to tell.
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
