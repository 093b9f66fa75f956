//! A picture that stands alone as a document: lines of text, one below the other, and what is drawn
//! beside them. It runs in the direction of its language: places are counted from where lines begin.

use detente_domain::party::Lang;
use maud::{Markup, html};

use super::unit;
use crate::lang::direction;

/// The space around the content.
pub(crate) const MARGIN: f64 = 16.0;
/// The width of a letter, in parts of its size, if it is bold.
const BOLDER: f64 = 1.07;

/// How a text looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Face {
    size: u8,
    /// A class of the style sheet: `name` is bold, `soft` is paler.
    class: &'static str,
}

/// A heading.
const TITLE: Face = Face::new(18, "name");
/// A statement in bold.
pub(crate) const BOLD: Face = Face::new(13, "name");
/// The word of a level.
pub(crate) const LEVEL: Face = Face::new(11, "");
/// What else is said.
pub(crate) const PLAIN: Face = Face::new(12, "");
/// What is beside the point.
pub(crate) const SOFT: Face = Face::new(11, "soft");

impl Face {
    const fn new(size: u8, class: &'static str) -> Self {
        Self { size, class }
    }

    /// Returns the width of a text, as far as it can be told without a font: rather too wide.
    pub(crate) fn width(self, text: &str) -> f64 {
        let ems: f64 = text.chars().map(em).sum();
        let bolder = if self.class == "name" { BOLDER } else { 1.0 };
        ems * f64::from(self.size) * bolder
    }

    /// Breaks a text into lines of at most a width, between words; within a word only if it is wider
    /// than a line.
    pub(crate) fn wrap(self, text: &str, width: f64) -> Vec<String> {
        let mut lines = Vec::new();
        let (mut line, mut used) = (String::new(), 0.0);
        let space = self.width(" ");
        for word in text.split_whitespace() {
            let wide = self.width(word);
            if !line.is_empty() && used + space + wide > width {
                lines.push(std::mem::take(&mut line));
                used = 0.0;
            }
            if !line.is_empty() {
                line.push(' ');
                used += space;
            }
            for letter in word.chars() {
                let wide = self.width(letter.encode_utf8(&mut [0; 4]));
                if !line.is_empty() && used + wide > width {
                    lines.push(std::mem::take(&mut line));
                    used = 0.0;
                }
                line.push(letter);
                used += wide;
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
        lines
    }

    /// Cuts a text to a width; `…` stands for what is left out.
    pub(crate) fn cut(self, text: &str, width: f64) -> String {
        if self.width(text) <= width {
            return text.to_owned();
        }
        let mut left = width - self.width("…");
        let fits = |letter: &char| {
            left -= self.width(letter.encode_utf8(&mut [0; 4]));
            left >= 0.0
        };
        let kept: String = text.chars().take_while(fits).collect();
        format!("{}…", kept.trim_end())
    }
}

/// Returns the width of a letter, in parts of its size.
const fn em(letter: char) -> f64 {
    match letter {
        // Vowel signs, accents, and marks of direction.
        '\u{0300}'..='\u{036f}' | '\u{064b}'..='\u{0652}' | '\u{0670}' => 0.0,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => 0.0,
        ' ' | 'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | '·' | '،' => {
            0.33
        }
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '-' | '/' => 0.42,
        'm' | 'w' | 'M' | 'W' | '…' | '—' | '%' | 'ж' | 'ш' | 'щ' | 'ю' | 'ы' | 'Ж' | 'Ш' | 'Щ' => {
            0.92
        }
        '−' | '=' | '+' | '×' | '→' | '↑' | '↓' => 0.85,
        'A'..='Z' | 'А'..='Я' => 0.7,
        '\u{0600}'..='\u{06ff}' => 0.56,
        '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{fffd}' => 1.0,
        '\u{10000}'.. => 1.2,
        _ => 0.6,
    }
}

/// Sets a text of others apart from the direction of what is around it. Characters that would reach
/// beyond it, or that no document may have, are left out.
pub(crate) fn isolate(text: &str) -> String {
    let is_kept = |letter: &char| {
        !letter.is_control()
            && !matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}')
    };
    let kept = text.chars().filter(is_kept);
    "\u{2068}".chars().chain(kept).chain(['\u{2069}']).collect()
}

/// A picture that is being drawn, from the top.
#[derive(Debug)]
pub(crate) struct Sheet {
    lang: Lang,
    /// The width.
    pub(crate) width: f64,
    /// Where the next line begins.
    pub(crate) y: f64,
    title: String,
    parts: Vec<Markup>,
}

impl Sheet {
    /// Begins a picture with its title.
    pub(crate) fn new(lang: Lang, width: f64, title: &str) -> Self {
        let mut sheet = Self {
            lang,
            width,
            y: MARGIN,
            title: title.to_owned(),
            parts: Vec::new(),
        };
        sheet.lines(TITLE, title);
        sheet
    }

    /// Returns the width between the margins.
    pub(crate) fn inner(&self) -> f64 {
        self.width - 2.0 * MARGIN
    }

    /// Writes a text below what there is, in as many lines as it needs.
    pub(crate) fn lines(&mut self, face: Face, text: &str) {
        for line in face.wrap(text, self.inner()) {
            let size = f64::from(face.size);
            self.text(face, MARGIN, self.y + size, &line);
            self.y += size * 1.45;
        }
    }

    /// Writes items below what there is, beside each other while there is space. Each is a swatch of
    /// a class, or a mark, and its text.
    pub(crate) fn flow(&mut self, items: &[(&str, &str, &str)]) {
        let mut x = MARGIN;
        for (class, mark, text) in items {
            let head = if mark.is_empty() {
                16.0
            } else {
                BOLD.width(mark)
            };
            let wide = head + 6.0 + SOFT.width(text);
            if x > MARGIN && x + wide > self.width - MARGIN {
                x = MARGIN;
                self.y += 18.0;
            }
            if mark.is_empty() {
                self.fill("index-2", None, [x, self.y + 2.0, 16.0, 11.0]);
                self.hatch(class, [x, self.y + 2.0, 16.0, 11.0]);
            } else {
                self.text(BOLD, x, self.y + 12.0, mark);
            }
            self.text(SOFT, x + head + 6.0, self.y + 12.0, text);
            x += wide + 16.0;
        }
        self.y += 18.0;
    }

    /// Writes a text that begins at a place.
    pub(crate) fn text(&mut self, face: Face, x: f64, y: f64, text: &str) {
        self.anchored(face, x, y, None, text);
    }

    /// Writes a text that ends at a place.
    pub(crate) fn text_to(&mut self, face: Face, x: f64, y: f64, text: &str) {
        self.anchored(face, x, y, Some("end"), text);
    }

    /// Writes a text around a place.
    pub(crate) fn text_around(&mut self, face: Face, x: f64, y: f64, text: &str) {
        self.anchored(face, x, y, Some("middle"), text);
    }

    fn anchored(&mut self, face: Face, x: f64, y: f64, anchor: Option<&str>, text: &str) {
        let class = (!face.class.is_empty()).then_some(face.class);
        // That of the style sheet is left out.
        let size = (face.size != 11).then_some(face.size);
        let x = unit(self.mirrored(x, 0.0));
        self.parts.push(html! {
            text class=[class] x=(x) y=(unit(y)) font-size=[size] text-anchor=[anchor] { (text) }
        });
    }

    /// Fills an area, given by its place, width and height, with the colour of a class.
    pub(crate) fn fill(&mut self, class: &str, opacity: Option<&str>, area: [f64; 4]) {
        let [x, y, width, height] = area;
        let x = unit(self.mirrored(x, width));
        self.parts.push(html! {
            rect class=(class) x=(x) y=(unit(y)) width=(unit(width)) height=(unit(height)) rx="2" fill-opacity=[opacity] {}
        });
    }

    /// Hatches an area: `stale` or `disputed`.
    pub(crate) fn hatch(&mut self, name: &str, area: [f64; 4]) {
        let [x, y, width, height] = area;
        let x = unit(self.mirrored(x, width));
        self.parts.push(html! {
            rect x=(x) y=(unit(y)) width=(unit(width)) height=(unit(height)) fill={ "url(#" (name) ")" } {}
        });
    }

    /// Draws a line of a class from one place to another.
    pub(crate) fn line(&mut self, class: &str, [x1, y1, x2, y2]: [f64; 4]) {
        let [x1, x2] = [x1, x2].map(|x| unit(self.mirrored(x, 0.0)));
        self.parts.push(html! {
            line class=(class) x1=(x1) y1=(unit(y1)) x2=(x2) y2=(unit(y2)) {}
        });
    }

    /// Returns the left end of what is some places from where lines begin.
    fn mirrored(&self, x: f64, width: f64) -> f64 {
        match self.lang {
            Lang::Ar => self.width - x - width,
            Lang::En | Lang::Ru => x,
        }
    }

    /// Returns the document.
    pub(crate) fn finish(self) -> Markup {
        let [width, height] = [self.width, self.y + MARGIN].map(|side| unit(side.ceil()));
        html! {
            svg.picture xmlns="http://www.w3.org/2000/svg" width=(width) height=(height) viewBox={ "0 0 " (width) " " (height) }
                role="img" lang=(self.lang.as_str()) direction=(direction(self.lang)) {
                title { (self.title) }
                defs {
                    @for (id, step, turn) in [("stale", "7", "-45"), ("disputed", "4", "45")] {
                        pattern id=(id) width=(step) height=(step) patternUnits="userSpaceOnUse" patternTransform={ "rotate(" (turn) ")" } {
                            line.hatch x1="0" y1="0" x2="0" y2=(step) {}
                        }
                    }
                }
                @for part in &self.parts { (part) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_as_wide_as_they_may_be_and_lose_no_word() {
        let texts = [
            "Tajikistan towards Afghanistan, threat: elevated, strain 4.5. Above all: attack occurred",
            "طاجيكستان تجاه أفغانستان، التهديد: مرتفع، الثقل 4.5. الأبرز: هجوم، الدرجة B2",
            "Таджикистан → Афганистан, угроза: повышенная, вес 4.5. Прежде всего: нападение",
        ];
        for text in texts {
            for width in [130.0, 200.0, 480.0] {
                let lines = BOLD.wrap(text, width);
                assert!(lines.len() > 1, "{width}");
                assert_eq!(lines.join(" "), text);
                assert!(
                    lines.iter().all(|line| BOLD.width(line) <= width + 0.001),
                    "{lines:?}"
                );
                // The first word of a line did not fit into the one before.
                for pair in lines.windows(2) {
                    let next = pair[1].split(' ').next().unwrap();
                    assert!(
                        BOLD.width(&format!("{} {next}", pair[0])) > width,
                        "{lines:?}"
                    );
                }
            }
            assert_eq!(BOLD.wrap(text, 10_000.0), [text]);
        }
        assert!(BOLD.wrap(" \n ", 100.0).is_empty());
    }

    #[test]
    fn a_word_wider_than_a_line_is_broken() {
        let word = "x".repeat(50);
        let lines = PLAIN.wrap(&format!("a {word} b"), 60.0);
        assert!(
            lines.iter().all(|line| PLAIN.width(line) <= 60.0),
            "{lines:?}"
        );
        assert_eq!(lines.concat().matches('x').count(), 50);
        // Not even a letter fits.
        assert_eq!(PLAIN.wrap("abc", 0.0), ["a", "b", "c"]);
    }

    #[test]
    fn a_cut_text_fits_and_tells_that_it_is_cut() {
        assert_eq!(PLAIN.cut("short", 100.0), "short");
        let long = "حدود ".repeat(40);
        let cut = PLAIN.cut(&long, 100.0);
        assert!(cut.ends_with('…') && PLAIN.width(&cut) <= 100.0, "{cut}");
        assert_eq!(PLAIN.cut("abc", 0.0), "…");
    }

    #[test]
    fn texts_of_others_are_escaped_and_keep_to_their_place() {
        let title = "</text><script>alert(\"1\")</script> & \u{202e}turned\u{1}";
        let mut sheet = Sheet::new(Lang::En, 400.0, title);
        sheet.lines(PLAIN, &isolate(title));
        sheet.flow(&[("", "<b>", title)]);
        let svg = sheet.finish().into_string();
        assert!(!svg.contains("<script") && !svg.contains("<b>"), "{svg}");
        assert!(
            svg.contains("&lt;script&gt;") && svg.contains("&amp;"),
            "{svg}"
        );
        assert_eq!(isolate(" a\u{202e}b\u{2069}\u{0}"), "\u{2068} ab\u{2069}");
    }

    #[test]
    fn an_arabic_picture_begins_at_the_right() {
        let mut sheet = Sheet::new(Lang::Ar, 400.0, "ا");
        sheet.fill("index-0", None, [16.0, 40.0, 100.0, 10.0]);
        let svg = sheet.finish().into_string();
        assert!(svg.contains("direction=\"rtl\""), "{svg}");
        assert!(svg.contains("<text class=\"name\" x=\"384\""), "{svg}");
        assert!(svg.contains("<rect class=\"index-0\" x=\"284\""), "{svg}");
    }
}
