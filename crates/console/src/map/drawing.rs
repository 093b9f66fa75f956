//! The picture: a tile for each state, with its code, the mark of its level, and hatching.

use std::collections::HashMap;

use detente_api::view::{UNKNOWN, labels};
use detente_domain::day::Day;
use detente_domain::dimension::Dimension;
use detente_domain::party::{Lang, Party};
use detente_read_model::board::{Board, BoardRow};
use maud::{Markup, PreEscaped, html};

use super::query::Conducts;
use super::tiles::{self, COLUMNS, ROWS, Tile};
use crate::ask::Ask;
use crate::board::cell::Cell;
use crate::lang::direction;
use crate::level::{self, words};
use crate::picture::light;

/// The distance of tiles, and the side of one.
const STEP: u16 = 32;
const SIDE: u16 = 29;
/// The width of the picture.
const WIDTH: u16 = COLUMNS * STEP;
/// Where the map begins, and how much is below it, in the picture that stands alone.
const HEAD: u16 = 64;
const FOOT: u16 = 84;
/// The places of the legend in a line of that picture.
const LEGENDS: u16 = 5;

/// A map to be drawn.
pub(super) struct Drawing<'b> {
    country: Party,
    conducts: Conducts,
    dimension: Dimension,
    at: Day,
    rows: HashMap<Party, &'b BoardRow>,
    /// The query of links: both clocks.
    clocks: String,
}

/// How a picture gets its colours.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// By the style sheet of the page.
    Sheet,
    /// By attributes.
    Attributes,
}

impl<'b> Drawing<'b> {
    /// Creates the map of a dimension.
    pub(super) fn new(
        board: &'b Board,
        dimension: Dimension,
        conducts: Conducts,
        clocks: &str,
    ) -> Self {
        Self {
            country: board.toward,
            conducts,
            dimension,
            at: board.point.at,
            rows: board.rows.iter().map(|row| (row.from, row)).collect(),
            clocks: clocks.to_owned(),
        }
    }

    /// Writes the map for a page.
    pub(super) fn inline(&self, ask: &Ask) -> Markup {
        let size = format!("0 0 {WIDTH} {}", ROWS * STEP);
        html! {
            svg.tiles viewBox=(size) direction="ltr" text-anchor="middle" {
                (hatches("currentColor"))
                (self.tiles(ask, Style::Sheet))
            }
        }
    }

    /// Writes the map as a document, with a title and a legend.
    pub(super) fn alone(&self, ask: &Ask, point: &str) -> Markup {
        let height = HEAD + ROWS * STEP + FOOT;
        let dir = direction(ask.lang);
        let start = |x: u16| if ask.lang == Lang::Ar { WIDTH - x } else { x };
        let title = super::query::MapQuery {
            country: Some(self.country),
            conducts: self.conducts,
            dimension: self.dimension,
        }
        .title(ask, self.country);
        html! {
            (PreEscaped("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"))
            svg xmlns="http://www.w3.org/2000/svg" width=(WIDTH) height=(height) viewBox={ "0 0 " (WIDTH) " " (height) }
                lang=(ask.lang.as_str()) font-family="Noto Sans, Noto Naskh Arabic, Noto Sans Arabic, sans-serif" font-size="11" fill="#16191f" {
                title { (title) }
                (hatches("#16191f"))
                rect width="100%" height="100%" fill="#ffffff" {}
                text x=(start(8)) y="26" font-size="19" font-weight="600" direction=(dir) { (title) }
                text x=(start(8)) y="46" font-size="12" direction=(dir) { (point) }
                g transform={ "translate(0 " (HEAD) ")" } direction="ltr" text-anchor="middle" {
                    (self.tiles(ask, Style::Attributes))
                }
                @for (place, (fill, hatch, mark, text)) in (0..).zip(self.meanings(ask)) {
                    @let x = 8 + place % LEGENDS * (WIDTH / LEGENDS);
                    @let y = HEAD + ROWS * STEP + 10 + place / LEGENDS * 24;
                    @let left = if ask.lang == Lang::Ar { WIDTH - x - 18 } else { x };
                    rect x=(left) y=(y) width="18" height="18" rx="2" fill=(fill) stroke="#8a909c" {}
                    @if let Some(hatch) = hatch { rect x=(left) y=(y) width="18" height="18" rx="2" fill={ "url(#" (hatch) ")" } {} }
                    text x=(left + 9) y=(y + 13) font-weight="700" direction="ltr" text-anchor="middle" { (mark) }
                    text x=(start(x + 24)) y=(y + 13) direction=(dir) { (text) }
                }
            }
        }
    }

    fn tiles(&self, ask: &Ask, style: Style) -> Markup {
        html! {
            @for (party, tile) in tiles::on(self.at) {
                @if party == self.country { (self.chosen(ask, tile, style)) } @else { (self.tile(ask, party, tile, style)) }
            }
        }
    }

    /// Writes the tile of the chosen country, which leads to its page.
    fn chosen(&self, ask: &Ask, tile: Tile, style: Style) -> Markup {
        let page = format!(
            "/{}/countries/{}{}",
            ask.lang.as_str(),
            self.country.code(),
            self.clocks
        );
        let (x, y) = corner(tile);
        let alone = style == Style::Attributes;
        html! {
            a href=(page) {
                title { (ask.name(self.country)) }
                rect.chosen x=(x) y=(y) width=(SIDE) height=(SIDE) rx="3" fill=[alone.then_some("#ffffff")]
                    stroke=[alone.then_some("#16191f")] stroke-width="3" {}
                text x=(x + SIDE / 2) y=(y + 18) font-weight="700" { (self.country.code()) }
            }
        }
    }

    /// Writes the tile of a state, which leads to the relation.
    fn tile(&self, ask: &Ask, party: Party, tile: Tile, style: Style) -> Markup {
        let page = self.conducts.path(party, self.country);
        let page = format!("/{}/{page}{}", ask.lang.as_str(), self.clocks);
        let (x, y) = corner(tile);
        let alone = style == Style::Attributes;
        let cell = self
            .rows
            .get(&party)
            .map(|row| Cell::new(row, self.dimension));
        let cell = cell.filter(|cell| cell.facts.level != UNKNOWN);
        let name = ask.name(party);
        let Some(cell) = cell else {
            return html! {
                a.unknown href=(page) {
                    title { (name) ": " (labels::UNKNOWN.text(ask.lang)) }
                    rect x=(x) y=(y) width=(SIDE) height=(SIDE) rx="3" fill=[alone.then_some("#ffffff")] stroke=[alone.then_some("#c9ccd3")] {}
                    text x=(x + SIDE / 2) y=(y + 18) { (party.code()) }
                }
            };
        };
        let class = level::classes(self.dimension, cell.facts.level);
        let fill = alone.then(|| colour(&class));
        let word = level::word(self.dimension, cell.facts.level, ask.lang);
        let flags = [
            (cell.facts.stale, labels::STALE, STALE),
            (cell.facts.disputed, labels::DISPUTED, DISPUTED),
        ];
        let flags = flags.into_iter().filter(|(is_set, ..)| *is_set);
        html! {
            a href=(page) {
                title {
                    (name) ": " (word)
                    @for (_, label, _) in flags.clone() { " · " (label.text(ask.lang)) }
                }
                rect class=[(!alone).then_some(&class)] x=(x) y=(y) width=(SIDE) height=(SIDE) rx="3" fill=[fill] fill-opacity=[level::opacity(cell.facts.stale_days)] {}
                @for (_, _, hatch) in flags { rect x=(x) y=(y) width=(SIDE) height=(SIDE) rx="3" fill={ "url(#" (hatch) ")" } {} }
                text x=(x + SIDE / 2) y=(y + 12) { (party.code()) }
                text x=(x + SIDE / 2) y=(y + 24) font-weight="700" { (level::mark(self.dimension, cell.facts.level)) }
            }
        }
    }

    /// Writes what colours, marks and hatching mean.
    pub(super) fn legend(&self, ask: &Ask) -> Markup {
        html! {
            ul.meanings aria-label=(ask.texts.say("legend")) {
                @for word in words(self.dimension) {
                    li {
                        span class={ "swatch " (level::classes(self.dimension, word)) } { (level::mark(self.dimension, word)) }
                        " " (level::word(self.dimension, word, ask.lang))
                    }
                }
                li { span.swatch.stale {} " " (labels::STALE.text(ask.lang)) }
                li { span.swatch.disputed {} " " (labels::DISPUTED.text(ask.lang)) }
                li { span.swatch {} " " (labels::UNKNOWN.text(ask.lang)) }
                li { (ask.texts.say("map-age")) }
            }
        }
    }

    /// Returns the legend of the picture that stands alone: colour, hatching, mark and text.
    fn meanings(
        &self,
        ask: &Ask,
    ) -> Vec<(&'static str, Option<&'static str>, &'static str, String)> {
        let levels = words(self.dimension).into_iter().map(|word| {
            let class = level::classes(self.dimension, word);
            let text = level::word(self.dimension, word, ask.lang);
            (
                colour(&class),
                None,
                level::mark(self.dimension, word),
                text,
            )
        });
        let others = [
            (Some(STALE), labels::STALE),
            (Some(DISPUTED), labels::DISPUTED),
            (None, labels::UNKNOWN),
        ];
        let others =
            others.map(|(hatch, label)| ("#ffffff", hatch, "", label.text(ask.lang).to_owned()));
        levels.chain(others).collect()
    }
}

/// The names of the patterns.
const STALE: &str = "hatch-stale";
const DISPUTED: &str = "hatch-disputed";

/// Writes the patterns: thin lines for what is stale, thick ones the other way for what is disputed.
fn hatches(ink: &str) -> Markup {
    html! {
        defs {
            @for (id, turn, width, step) in [(STALE, -45, "1", 6), (DISPUTED, 45, "2.5", 7)] {
                pattern id=(id) width=(step) height=(step) patternUnits="userSpaceOnUse" patternTransform={ "rotate(" (turn) ")" } {
                    rect width=(width) height=(step) fill=(ink) fill-opacity=".28" {}
                }
            }
        }
    }
}

fn corner(tile: Tile) -> (u16, u16) {
    (tile.column * STEP + 1, tile.row * STEP + 1)
}

/// Returns the light colour of the classes of a level; white if there is none.
fn colour(classes: &str) -> &'static str {
    let place = classes.rsplit(' ').next().unwrap_or_default();
    light(place).unwrap_or("#ffffff")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_has_a_colour_of_its_own_in_the_picture() {
        for dimension in Dimension::ALL {
            let words = words(dimension);
            let mut colours: Vec<&str> = words
                .iter()
                .map(|word| colour(&level::classes(dimension, word)))
                .collect();
            assert!(
                colours
                    .iter()
                    .all(|colour| colour.len() == 7 && colour.starts_with('#'))
            );
            assert!(!colours.contains(&"#ffffff"), "{dimension:?}");
            colours.sort_unstable();
            colours.dedup();
            assert_eq!(colours.len(), words.len(), "{dimension:?}");
        }
    }
}
