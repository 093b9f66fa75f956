//! The demonstrations: events that ship with the product, for `detente up --demo`.

use clap::ValueEnum;

/// A demonstration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Demo {
    /// Central Asia and the Taliban, 2021 to 2023: what one Arabic analysis tells, in 67 events
    CentralAsia,
    /// Wars, alliances, detentes and breaks of many states, 1905 to 2025: 36 histories from the
    /// general historical record, and the events of central-asia
    World,
}

/// Returns the name and the text of each of these files of `data/world`.
macro_rules! world {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("../data/world/", $name, ".ndjson")))),*]
    };
}

const CENTRAL_ASIA: &[(&str, &str)] = &[("demo", include_str!("../data/demo.ndjson"))];

/// The histories; further events of their relations; links of events that two of them have.
const WORLD: &[(&str, &str)] = world![
    "01-korea-armistice"
    "02-falklands"
    "03-iraq-kuwait"
    "04-georgia-2008"
    "05-russia-ukraine"
    "06-armenia-azerbaijan"
    "07-india-pakistan"
    "08-egypt-jordan-israel"
    "09-iran-2024-2025"
    "10-venezuela-guyana"
    "11-pacific-alliances"
    "12-nato-pairs"
    "13-pakistan-usa"
    "14-usa-china-1971-1979"
    "15-abraham-accords"
    "16-saudi-iran"
    "17-usa-cuba-vietnam"
    "18-prespa"
    "19-kosovo"
    "20-taiwan-switches"
    "21-palestine-and-oslo"
    "22-russia-taliban-2025"
    "23-hallstein-doctrine"
    "24-qatar-blockade"
    "25-south-africa-apartheid"
    "26-quiet-friends"
    "27-canada-usa-2025"
    "28-federations-end"
    "29-rwanda-congo"
    "30-turkey-iraq-pkk"
    "31-pakistan-afghanistan-ttp"
    "32-sahel-neighbours"
    "33-skripal-2018"
    "34-china-philippines"
    "35-nile-dam"
    "36-tehran-hostages"
    "further"
    "links"
];

impl Demo {
    /// Returns what the demonstration is about, as the banner says it.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::CentralAsia => "Central Asia and the Taliban, 2021 to 2023",
            Self::World => "36 histories of the world, 1905 to 2025, and Central Asia",
        }
    }

    /// Iterates over its files, by name, in the order in which they are loaded.
    pub fn files(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let further = match self {
            Self::CentralAsia => &[],
            Self::World => WORLD,
        };
        CENTRAL_ASIA.iter().chain(further).copied()
    }

    /// Returns commands that show something of it.
    pub(crate) const fn examples(self) -> &'static [&'static str] {
        match self {
            Self::CentralAsia => &[
                "detente country AFG --at 2023-04-18",
                "detente state TJK AFG --at 2022-12-31",
                "detente history TJK AFG",
                "detente watch --from start",
            ],
            Self::World => &[
                "detente country RUS --at 2022-06-01",
                "detente state USA CHN --at 1979-06-01",
                "detente history ARE ISR",
                "detente watch --from start",
            ],
        }
    }
}
