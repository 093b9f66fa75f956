//! Relations as parameters.

use detente_api::Code;
use detente_api::request::DirectedPair;

#[test]
fn a_party_that_is_not_a_state_is_refused_with_its_state() {
    let refused = |from: &str, to: &str| DirectedPair::between(from, to).unwrap_err();
    let authority = refused("TALIBAN", "TJK");
    assert_eq!(
        (authority.code, authority.allowed),
        (Code::UnknownRelation, vec!["AFG".into()])
    );
    assert_eq!(refused("TJK", "ISKP").code, Code::UnknownRelation);
    assert_eq!(refused("TJK", "tj").code, Code::UnknownRelation);
    assert_eq!(refused("nowhere at all", "TJK").code, Code::UnknownParty);
    assert_eq!(
        DirectedPair::between("Tajikistan", "af").unwrap(),
        DirectedPair::between("TJK", "AFG").unwrap()
    );
}
