//! Countries: who governs them, and how they stand with every other.

use super::relation::{declaration, level, rank, recognition, threat, trajectory};
use super::{all, count, number};
use crate::proto;
use crate::view::{CountryItem, CountryRelation, CountryView, Levels};

impl From<&CountryView> for proto::Country {
    fn from(view: &CountryView) -> Self {
        Self {
            country: view.country.to_string(),
            names: Some((&view.names).into()),
            at: view.at.clone(),
            known_at: view.known_at,
            projection: view.projection.clone(),
            governed_by: view.governed_by.to_string(),
            relations: all(&view.relations),
        }
    }
}

impl From<&CountryRelation> for proto::CountryRelation {
    fn from(view: &CountryRelation) -> Self {
        Self {
            with: view.with.to_string(),
            names: Some((&view.names).into()),
            outgoing: Some((&view.outgoing).into()),
            incoming: Some((&view.incoming).into()),
            disputes: all(&view.disputes),
        }
    }
}

impl From<&Levels> for proto::Levels {
    fn from(view: &Levels) -> Self {
        Self {
            recognition: recognition(&view.recognition),
            declared: declaration(&view.declared),
            representation: rank(&view.representation),
            political: level(&view.political),
            security: level(&view.security),
            economic: level(&view.economic),
            humanitarian: level(&view.humanitarian),
            societal: level(&view.societal),
            threat: threat(&view.threat),
            posture: level(&view.posture),
            index: number(view.index),
            trajectory: trajectory(&view.trajectory),
            disputed: view.disputed,
        }
    }
}

impl From<&CountryItem> for proto::CountryItem {
    fn from(item: &CountryItem) -> Self {
        Self {
            country: item.country.clone(),
            names: Some((&item.names).into()),
            governed_by: item.governed_by.clone(),
            relations: count(item.relations),
        }
    }
}
