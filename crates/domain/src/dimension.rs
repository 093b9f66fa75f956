//! The dimensions of a conduct, and the registers of a relation.

use crate::string_enum::string_enum;

string_enum! {
    /// A dimension that is computed from two sums of weights, warmth and strain.
    Weighed {
        /// Words, visits, mediation, stance.
        Political "political",
        /// Borders, forces, clashes, co-operation in security.
        Security "security",
        /// Trade, projects, sanctions.
        Economic "economic",
        /// Aid, refugees, evacuation.
        Humanitarian "humanitarian",
        /// Social policies and their effects across the border.
        Societal "societal",
        /// Danger to one state from the territory of the other, without an act of that state.
        Threat "threat",
    }
}

impl Weighed {
    /// The index in [`Weighed::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// A dimension of a conduct.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// The recognition of the authority in one state by the other.
    Recognition,
    /// The latest explicit statement about recognition.
    Declared,
    /// The diplomatic rank that one state accepts from the other.
    Representation,
    /// A weighed dimension, with an index or, for threat, a sum.
    Weighed(Weighed),
    /// The index of the pooled masses of the dimensions.
    Posture,
}

impl Dimension {
    /// All, in order.
    pub const ALL: [Self; 10] = [
        Self::Recognition,
        Self::Declared,
        Self::Representation,
        Self::Weighed(Weighed::Political),
        Self::Weighed(Weighed::Security),
        Self::Weighed(Weighed::Economic),
        Self::Weighed(Weighed::Humanitarian),
        Self::Weighed(Weighed::Societal),
        Self::Weighed(Weighed::Threat),
        Self::Posture,
    ];

    /// The stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Recognition => "recognition",
            Self::Declared => "declared",
            Self::Representation => "representation",
            Self::Weighed(weighed) => weighed.as_str(),
            Self::Posture => "posture",
        }
    }

    /// Parses a word; `None` for any other.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|dimension| dimension.as_str() == word)
    }
}

string_enum! {
    /// A list of entries that both states of a relation share, each with a status.
    Register {
        /// Diplomatic relations themselves.
        Relations "relations",
        /// Embassies, consulates, liaison offices.
        Missions "missions",
        /// Heads of mission and other diplomats.
        Envoys "envoys",
        /// Terror and sanctions lists.
        Listings "listings",
        /// Sanctions in force.
        Sanctions "sanctions",
        /// Closed and reopened crossings.
        Borders "borders",
        /// Closed and reopened airspace.
        Airspace "airspace",
        /// Visa regimes.
        Visas "visas",
        /// Trade restrictions and tariffs.
        Trade "trade",
        /// Treaties and agreements.
        Agreements "agreements",
        /// Alliances, each with its obligation.
        Alliances "alliances",
        /// Organisations that both states are members of.
        Memberships "memberships",
        /// Wars and ceasefires.
        Wars "wars",
        /// Territory of the other state that is occupied or annexed.
        Occupations "occupations",
        /// Troops and alerts.
        Deployments "deployments",
        /// Armed groups whose presence is claimed.
        Groups "groups",
        /// Hostages and detained citizens.
        Detentions "detentions",
        /// Joint projects.
        Projects "projects",
        /// Meetings that both attended.
        Meetings "meetings",
        /// Channels of contact.
        Channels "channels",
        /// Restrictions and measures that affect society.
        Measures "measures",
    }
}
