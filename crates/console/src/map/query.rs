//! The parameters of the map: the country, whose conducts, and the dimension.

use std::borrow::Cow;

use detente_api::request::{Country, ParamValue as _};
use detente_api::view::labels;
use detente_api::{Code, Refusal};
use detente_domain::dimension::Dimension;
use detente_domain::party::Party;

use crate::ask::Ask;

/// What the map is asked for.
pub(super) struct MapQuery {
    /// The country; by default the one with the most relations.
    pub(super) country: Option<Party>,
    /// Whose conducts.
    pub(super) conducts: Conducts,
    /// The dimension.
    pub(super) dimension: Dimension,
}

detente_domain::string_enum! {
    /// Whose conducts the map shows.
    #[derive(Default)]
    Conducts {
        /// Those of all states towards the country.
        #[default]
        Towards "towards",
        /// Those of the country towards all states.
        Of "of",
    }
}

impl Conducts {
    /// Returns the key of its text.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Towards => "map-towards",
            Self::Of => "map-of",
        }
    }

    /// Returns the page of the conduct between another state and the country.
    pub(super) fn path(self, other: Party, country: Party) -> String {
        let [from, to] = match self {
            Self::Towards => [other, country],
            Self::Of => [country, other],
        };
        format!("relations/{}/{}", from.code(), to.code())
    }
}

impl MapQuery {
    /// Parses the parameters.
    pub(super) fn parse(ask: &Ask) -> Result<Self, Refusal> {
        let country = ask
            .get("toward")?
            .map(|text| Country::parse_param("toward", text));
        let conducts = ask.get("conducts")?.map(|text| {
            let none = || refused("conducts", text, Conducts::ALL.map(Conducts::as_str));
            Conducts::parse(text).ok_or_else(none)
        });
        let dimension = ask.get("dimension")?.map(|text| {
            let none = || refused("dimension", text, Dimension::ALL.map(Dimension::as_str));
            Dimension::parse(text).ok_or_else(none)
        });
        Ok(Self {
            country: country.transpose()?.map(Country::party),
            conducts: conducts.transpose()?.unwrap_or_default(),
            dimension: dimension.transpose()?.unwrap_or(Dimension::Posture),
        })
    }

    /// Returns the title of the map.
    pub(super) fn title(&self, ask: &Ask, country: Party) -> Cow<'static, str> {
        let key = match self.conducts {
            Conducts::Towards => "map-title-towards",
            Conducts::Of => "map-title-of",
        };
        let dimension = labels::dimension(self.dimension).text(ask.lang);
        let args = [
            ("country", ask.name(country).into()),
            ("dimension", dimension.into()),
        ];
        ask.texts.with(key, args)
    }
}

fn refused<const N: usize>(field: &str, value: &str, allowed: [&'static str; N]) -> Refusal {
    Refusal::new(Code::BadQuery, "the value is none of these")
        .field(field)
        .value(value)
        .allowed(allowed)
}
