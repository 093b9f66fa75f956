//! Dimensions of a relation, and the registers beside them.

/// A dimension that is a pair of sums, warmth and strain, with a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Weighed {
    /// Words, visits, mediation, stance.
    Political,
    /// Borders, forces, clashes, co-operation in security.
    Security,
    /// Trade, projects, sanctions.
    Economic,
    /// Aid, refugees, evacuation.
    Humanitarian,
    /// Social policies and their spill-over.
    Societal,
    /// What reaches one state out of the other's territory without that state's doing it.
    Threat,
}

impl Weighed {
    /// All, in order.
    pub const ALL: [Self; 6] = [
        Self::Political,
        Self::Security,
        Self::Economic,
        Self::Humanitarian,
        Self::Societal,
        Self::Threat,
    ];

    /// The stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Political => "political",
            Self::Security => "security",
            Self::Economic => "economic",
            Self::Humanitarian => "humanitarian",
            Self::Societal => "societal",
            Self::Threat => "threat",
        }
    }

    /// Its place in [`Weighed::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// What a change moved: one of the dimensions of a conduct, or the posture that blends them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// How far one state recognises the authority in the other.
    Recognition,
    /// The latest explicit statement about recognition.
    Declared,
    /// The rank that one state accepts from the other.
    Representation,
    /// An index, or threat.
    Weighed(Weighed),
    /// The blend of all that is known.
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

    /// The dimension of that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|dimension| dimension.as_str() == word)
    }
}

/// A keyed list of what stands between two states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Register {
    /// Diplomatic relations themselves.
    Relations,
    /// Embassies, consulates, liaison offices.
    Missions,
    /// Heads of mission and other diplomats.
    Envoys,
    /// Terror and sanctions lists.
    Listings,
    /// Sanctions in force.
    Sanctions,
    /// Closed and reopened crossings.
    Borders,
    /// Trade restrictions.
    Trade,
    /// Treaties and agreements.
    Agreements,
    /// Troops and alerts.
    Deployments,
    /// Armed groups whose presence is claimed.
    Groups,
    /// Joint projects.
    Projects,
    /// Meetings that both attended.
    Meetings,
    /// Channels of contact.
    Channels,
    /// Restrictions and measures that touch society.
    Measures,
}

impl Register {
    /// All, in order.
    pub const ALL: [Self; 14] = [
        Self::Relations,
        Self::Missions,
        Self::Envoys,
        Self::Listings,
        Self::Sanctions,
        Self::Borders,
        Self::Trade,
        Self::Agreements,
        Self::Deployments,
        Self::Groups,
        Self::Projects,
        Self::Meetings,
        Self::Channels,
        Self::Measures,
    ];

    /// The stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Relations => "relations",
            Self::Missions => "missions",
            Self::Envoys => "envoys",
            Self::Listings => "listings",
            Self::Sanctions => "sanctions",
            Self::Borders => "borders",
            Self::Trade => "trade",
            Self::Agreements => "agreements",
            Self::Deployments => "deployments",
            Self::Groups => "groups",
            Self::Projects => "projects",
            Self::Meetings => "meetings",
            Self::Channels => "channels",
            Self::Measures => "measures",
        }
    }

    /// The register of that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|register| register.as_str() == word)
    }
}
