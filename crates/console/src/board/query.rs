//! The parameters of the board: counterpart, rows, filter and order.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use detente_api::request::Country;
use detente_api::request::ParamValue as _;
use detente_api::{Code, Refusal};
use detente_domain::background::members_ever;
use detente_domain::dimension::Dimension;
use detente_domain::party::{Lang, Party, PartyKind};
use detente_read_model::board::BoardRow;

use super::COLUMNS;
use super::cell::Cell;
use crate::ask::Ask;
use crate::{level, order};

/// What the board shows.
pub(super) struct BoardQuery {
    /// The counterpart.
    pub(super) toward: Option<Party>,
    /// The parties whose conducts are shown: an organisation stands for its members.
    of: Vec<Party>,
    /// Which of their rows.
    pub(super) show: Show,
    /// The order.
    pub(super) sort: Sort,
}

detente_domain::string_enum! {
    /// Which rows are shown.
    #[derive(Default)]
    Show {
        /// All.
        #[default]
        All "all",
        /// Those with a posture.
        Known "known",
        /// Those that are hostile or strained in any dimension.
        Strained "strained",
        /// Those that rest on disputed events.
        Disputed "disputed",
    }
}

/// The order of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// By the names of countries.
    Name,
    /// By the level of a dimension, the highest first; what is not known comes last.
    By(Dimension),
}

impl Show {
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::All => "show-all",
            Self::Known => "show-known",
            Self::Strained => "show-strained",
            Self::Disputed => "show-disputed",
        }
    }

    pub(super) fn admits(self, row: &BoardRow) -> bool {
        let mut cells = COLUMNS
            .into_iter()
            .map(|dimension| Cell::new(row, dimension));
        match self {
            Self::All => true,
            Self::Known => row.view.posture.level.0.is_some(),
            Self::Strained => cells.any(|cell| ["hostile", "strained"].contains(&cell.facts.level)),
            Self::Disputed => !row.view.disputes.is_empty(),
        }
    }
}

impl Sort {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::By(dimension) => dimension.as_str(),
        }
    }

    pub(super) const fn descends(self) -> bool {
        matches!(self, Self::By(_))
    }

    fn parse(text: &str) -> Result<Self, Refusal> {
        if text == Self::Name.as_str() {
            return Ok(Self::Name);
        }
        Dimension::parse(text).map(Self::By).ok_or_else(|| {
            let allowed = Dimension::ALL.map(Dimension::as_str);
            refused("sort", text, "the order is none of these")
                .allowed(allowed.into_iter().chain(["name"]))
        })
    }
}

fn refused(field: &str, value: &str, message: &str) -> Refusal {
    Refusal::new(Code::BadQuery, message)
        .field(field)
        .value(value)
}

impl BoardQuery {
    /// Parses the parameters.
    pub(super) fn parse(ask: &Ask) -> Result<Self, Refusal> {
        let toward = ask
            .get("toward")?
            .map(|text| Country::parse_param("toward", text));
        let of = ask
            .get("of")?
            .unwrap_or_default()
            .split(',')
            .filter(|code| !code.is_empty());
        let of = of.map(|code| {
            Party::resolve(code).ok_or_else(|| refused("of", code, "there is no such party"))
        });
        let show = ask.get("show")?.map(|text| {
            Show::parse(text).ok_or_else(|| {
                refused("show", text, "the filter is none of these")
                    .allowed(Show::ALL.map(Show::as_str))
            })
        });
        Ok(Self {
            toward: toward.transpose()?.map(Country::party),
            of: of.collect::<Result<_, _>>()?,
            show: show.transpose()?.unwrap_or_default(),
            sort: ask.get("sort")?.map_or(Ok(Sort::Name), Sort::parse)?,
        })
    }

    /// Returns the states whose rows are asked for; `None` for all.
    pub(super) fn rows(&self) -> Option<BTreeSet<Party>> {
        if self.of.is_empty() {
            return None;
        }
        let members = self.of.iter().flat_map(|party| members_ever(*party));
        Some(members.chain(self.of.iter().copied()).collect())
    }

    /// Returns the parties whose conducts are asked for; none for all.
    pub(super) fn of(&self) -> &[Party] {
        &self.of
    }

    /// Returns the organisations that can be chosen, in the order of their names.
    pub(super) fn organisations(lang: Lang) -> Vec<Party> {
        let is_group = |party: &Party| {
            party.kind() == PartyKind::Organisation && members_ever(*party).next().is_some()
        };
        let mut all: Vec<Party> = Party::all().filter(is_group).collect();
        all.sort_by_cached_key(|party| order::key(party.name(lang)));
        all
    }

    /// Returns true if the rows are the members of one organisation.
    pub(super) fn is_of(&self, organisation: Party) -> bool {
        self.of == [organisation]
    }

    /// Returns the codes of the rows, if they were listed.
    pub(super) fn listed(&self) -> Option<String> {
        let is_listed = match self.of.as_slice() {
            [] => false,
            [one] => members_ever(*one).next().is_none(),
            _ => true,
        };
        let codes = self.of.iter().map(|party| party.code());
        is_listed.then(|| codes.collect::<Vec<_>>().join(","))
    }

    /// Puts rows in order.
    pub(super) fn sort(&self, lang: Lang, rows: &mut [&BoardRow]) {
        match self.sort {
            Sort::Name => rows.sort_by_cached_key(|row| order::key(row.from.name(lang))),
            Sort::By(dimension) => rows.sort_by_key(|row| {
                let cell = Cell::new(row, dimension);
                let place = level::place(dimension, cell.facts.level).map(|place| place.place);
                (Reverse((place, cell.facts.figure())), row.from)
            }),
        }
    }
}
