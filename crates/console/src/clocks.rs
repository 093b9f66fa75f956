//! The two clocks of a page: as it was on a day, as known at a position of the log.

use detente_domain::day::Day;
use maud::{Markup, html};

use crate::ask::Ask;
use crate::dates;
use crate::link::CLOCKS;

/// The point that a page shows, and what it may be moved to.
#[derive(Clone, Debug)]
pub(crate) struct ClockBar {
    /// The day.
    pub(crate) at: String,
    /// The position up to which the log was known.
    pub(crate) known_at: u64,
    /// The last position of the log.
    pub(crate) head: u64,
    /// The present day.
    pub(crate) today: Day,
}

impl ClockBar {
    /// Creates the clocks of a view.
    pub(crate) async fn of(
        ask: &Ask,
        at: &str,
        known_at: u64,
    ) -> Result<Self, detente_feed::Error> {
        use detente_read_model::ReadSource as _;
        Ok(Self {
            at: at.to_owned(),
            known_at,
            head: ask.model.head(0).await?,
            today: ask.model.today(),
        })
    }

    /// Writes the form that moves them.
    pub(crate) fn render(&self, ask: &Ask) -> Markup {
        let texts = ask.texts;
        let [at, known] = CLOCKS.map(|name| ask.get(name).ok().flatten());
        let is_live = at.is_none() && known.is_none();
        html! {
            form.clocks method="get" action=(ask.path) data-today=(self.today) data-head=(self.head) {
                @for (name, value) in ask.params.pairs().filter(|(name, _)| !CLOCKS.contains(name)) {
                    input type="hidden" name=(name) value=(value);
                }
                label {
                    span { (texts.say("clock-at")) }
                    input type="date" name="at" value=(self.at);
                }
                label {
                    span { (texts.say("clock-known")) }
                    input type="text" name="known_at" value=(known.unwrap_or_default())
                        placeholder=(self.head) inputmode="numeric" dir="ltr" autocomplete="off";
                }
                button { (texts.say("clock-show")) }
                a.live href=(ask.here(&[("at", ""), ("known_at", "")]))
                    aria-current=[is_live.then_some("true")] { (texts.say("clock-live")) }
                output {
                    (texts.with("clock-point", [
                        ("at", dates::words(&self.at, texts).into()),
                        ("known", self.known_at.to_string().into()),
                        ("head", self.head.to_string().into()),
                    ]))
                }
            }
        }
    }
}
