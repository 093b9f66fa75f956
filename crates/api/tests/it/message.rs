//! The words of closed lists are the enums of the messages.

use detente_domain::level::{Declared, Level, Recognition, Representation, Threat, Trajectory};
use detente_domain::state::Occasion;

use detente_api::proto;
use detente_api::view::{Named, Vocabulary};

#[test]
fn every_word_has_the_protobuf_enum_of_the_same_name() {
    fn assert_names<T: Vocabulary>(prefix: &str, name: impl Fn(Named<T>) -> &'static str) {
        for value in T::all() {
            let word = value.as_str().to_ascii_uppercase();
            assert_eq!(name(Named(value)), format!("{prefix}_{word}"));
        }
    }
    assert_names::<Option<Level>>("LEVEL", |value| proto::Level::from(value).as_str_name());
    assert_names::<Option<Recognition>>("RECOGNITION_LEVEL", |value| {
        proto::RecognitionLevel::from(value).as_str_name()
    });
    assert_names::<Option<Declared>>("DECLARATION", |value| {
        proto::Declaration::from(value).as_str_name()
    });
    assert_names::<Option<Representation>>("RANK", |value| proto::Rank::from(value).as_str_name());
    assert_names::<Option<Threat>>("THREAT_LEVEL", |value| {
        proto::ThreatLevel::from(value).as_str_name()
    });
    assert_names::<Option<Trajectory>>("TRAJECTORY", |value| {
        proto::Trajectory::from(value).as_str_name()
    });
    assert_names::<Occasion>("OCCASION", |value| {
        proto::Occasion::from(value).as_str_name()
    });
}

#[test]
fn a_word_that_is_not_in_the_list_is_refused() {
    let read = serde_json::from_str::<Named<Option<Level>>>;
    assert_eq!(read("\"unknown\"").unwrap(), Named(None));
    assert_eq!(read("\"close\"").unwrap(), Named(Some(Level::Close)));
    assert!(read("\"a word of a newer writer\"").is_err());
}
