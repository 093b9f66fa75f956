//! Threats, and the ends of the groups that carry them.

use crate::harness::given;
use detente_domain::dimension::Weighed;

#[test]
fn the_end_of_a_group_ends_the_threat_that_it_was() {
    given(
        "1 2023-01-01 ISKP -> UZB attack.occurred from=AFG group=ISKP
         2 2024-06-01 ISKP -> UZB group.disbanded from=AFG group=ISKP",
    )
    .between("UZB", "AFG")
    .steps(
        "threat",
        &[
            "2023-01-01 elevated by 1",
            "2023-02-18 low",
            "2024-06-01 none by 2",
            "2025-09-28 none stale",
        ],
    );
}

#[test]
fn a_threat_whose_group_ended_fades_to_none_until_there_is_another() {
    let ended = "1 2023-01-01 ISKP -> UZB attack.occurred from=AFG group=ISKP severity=major
                 2 2023-02-01 ISKP -> UZB group.disbanded from=AFG group=ISKP";
    given(ended).between("UZB", "AFG").steps(
        "threat",
        &[
            "2023-01-01 high by 1",
            "2023-02-10 elevated",
            "2023-05-29 low",
            "2024-01-01 none",
            "2025-09-28 none stale",
        ],
    );
    given(&format!(
        "{ended}\n3 2023-06-01 ISKP -> UZB attack.occurred from=AFG group=ISKP severity=minor"
    ))
    .between("UZB", "AFG")
    .on("2030-01-01")
    .then(|state| {
        let threat = state.weighed[Weighed::Threat.index()].threat;
        assert_eq!(threat.map(|threat| threat.as_str()), Some("low"));
    });
}
