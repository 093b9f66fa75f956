//! Where each state has its tile.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use detente_domain::day::Day;
use detente_domain::party::Party;

const FILE: &str = include_str!("../../data/tiles.tsv");

/// The place of a tile: column from the west and row from the north, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tile {
    /// The row.
    pub(super) row: u16,
    /// The column.
    pub(super) column: u16,
}

/// The columns of the grid.
pub(super) const COLUMNS: u16 = 31;
/// The rows of the grid.
pub(super) const ROWS: u16 = 19;

static TILES: LazyLock<BTreeMap<Party, Tile>> = LazyLock::new(|| rows().flatten().collect());

/// Parses the rows of the file.
fn rows() -> impl Iterator<Item = Option<(Party, Tile)>> {
    let rows = FILE.lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.map(|row| {
        let mut columns = row.split('\t');
        let party = Party::find(columns.next()?)?;
        let column = columns.next()?.parse().ok()?;
        let row = columns.next()?.parse().ok()?;
        Some((party, Tile { row, column }))
    })
}

/// Returns the tiles of a day, from the north-west: each with the state that is there then, or with
/// the one before it whose first successor it is.
pub(super) fn on(day: Day) -> Vec<(Party, Tile)> {
    let exists = |party: &Party| party.life().contains(day);
    let holder = |(party, tile): (&Party, &Tile)| {
        let before = || {
            let mut before = party.predecessors().filter(exists);
            before.find(|before| before.successors().first() == Some(party))
        };
        let holder = Some(*party).filter(exists).or_else(before);
        Some((holder?, *tile))
    };
    let mut all: Vec<(Party, Tile)> = TILES.iter().filter_map(holder).collect();
    all.sort_unstable_by_key(|(_, tile)| *tile);
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use detente_domain::background::{members_ever, memberships_of};

    use super::*;

    /// The members of the United Nations today, its observer states, and two more that most maps
    /// show.
    fn expected() -> BTreeSet<Party> {
        let un = Party::find("UN").expect("the United Nations");
        let is_member = |state: &Party| {
            let mut of = memberships_of(*state).iter();
            of.any(|of| of.organisation == un && of.to.is_none())
        };
        let others = ["PSE", "VAT", "TWN", "XKX"].map(|code| Party::find(code).expect("a party"));
        members_ever(un).filter(is_member).chain(others).collect()
    }

    #[test]
    fn each_state_has_one_tile_on_the_grid_and_no_two_share_one() {
        let rows: Vec<(Party, Tile)> = rows().map(|row| row.expect("a row")).collect();
        let parties: BTreeSet<Party> = rows.iter().map(|(party, _)| *party).collect();
        assert_eq!(parties, expected());
        assert_eq!(parties.len(), 197);
        let places: BTreeSet<Tile> = rows.iter().map(|(_, tile)| *tile).collect();
        assert_eq!((rows.len(), places.len()), (197, 197));
        let is_within = |tile: &Tile| tile.row < ROWS && tile.column < COLUMNS;
        assert!(places.iter().all(is_within));
        for edge in [0, COLUMNS - 1] {
            assert!(places.iter().any(|tile| tile.column == edge));
        }
    }

    #[test]
    fn neighbours_are_beside_each_other_and_the_poles_where_they_belong() {
        let tile = |code: &str| TILES[&Party::find(code).expect(code)];
        let apart = |one: &str, other: &str| {
            let (one, other) = (tile(one), tile(other));
            let rows = one.row.abs_diff(other.row);
            rows.max(one.column.abs_diff(other.column))
        };
        for (one, others) in [
            ("AFG", vec!["IRN", "PAK", "TJK", "UZB", "TKM"]),
            ("KGZ", vec!["KAZ", "UZB", "TJK", "CHN"]),
            ("UZB", vec!["KAZ", "TKM", "TJK"]),
            ("ARM", vec!["TUR", "GEO", "AZE", "IRN"]),
            ("LVA", vec!["EST", "LTU"]),
            ("SAU", vec!["JOR", "KWT", "QAT", "ARE", "YEM", "BHR"]),
            ("XKX", vec!["SRB", "ALB", "MKD", "MNE"]),
            ("ETH", vec!["ERI", "DJI", "SOM", "KEN", "SSD", "SDN"]),
            ("BOL", vec!["PER", "CHL", "ARG", "PRY", "BRA"]),
            ("THA", vec!["MMR", "LAO", "KHM", "MYS"]),
        ] {
            for other in others {
                assert_eq!(apart(one, other), 1, "{one} {other}");
            }
        }
        assert!(tile("ISL").row < tile("MAR").row && tile("MAR").row < tile("ZAF").row);
        assert!(tile("CHL").column < tile("BRA").column && tile("USA").column < tile("GBR").column);
        assert!(tile("IND").column < tile("JPN").column && tile("JPN").column < tile("FJI").column);
    }

    #[test]
    fn a_tile_has_the_state_of_the_day_and_none_before_the_first() {
        let codes = |day: &str| -> BTreeSet<&str> {
            let on = on(Day::parse(day).expect("a day")).into_iter();
            on.map(|(party, _)| party.code()).collect()
        };
        let (then, now) = (codes("1970-01-01"), codes("2026-01-01"));
        for code in ["SUN", "YUG", "CSK", "USA"] {
            assert!(then.contains(code), "{code}");
        }
        for code in ["RUS", "SRB", "CZE", "KAZ", "SSD"] {
            assert!(!then.contains(code) && now.contains(code), "{code}");
        }
        assert_eq!(now.len(), 197);
    }
}
