//! Random histories of two states and their organisations, and rulebooks with limits.

use detente_domain::day::Day;
use detente_domain::decay::Decay;
use detente_domain::details::Field;
use detente_domain::dimension::Weighed;
use detente_domain::kind::Kind;
use detente_domain::level::Level;
use detente_domain::rulebook::{Limits, POSTURE, Rulebook, Weight};
use detente_testkit::notation::{lines, rules};
use proptest::prelude::*;

/// Rules of kinds, beside those of the shared test rulebook: weights by dimension in thousandths,
/// `mutual`, `memory`, `days`, and limits.
const RULES: &str = "
    war.began political=-4000 security=-9000 mutual=300 memory=2 ceiling=political,security,posture:hostile
    ceasefire.agreed political=500 security=1500 mutual=1000 memory=1 ceiling=security,posture:strained
    ceasefire.broken security=-4000 mutual=300 memory=2 ceiling=security,posture:hostile
    war.ended security=1500 mutual=1000 memory=1
    peace.agreed political=2500 security=2500 mutual=1000 memory=1
    relations.established political=2700 mutual=1000 memory=1
    relations.upgraded political=1500 mutual=1000 memory=1
    relations.downgraded political=-2000 mutual=300 memory=1 ceiling=political:neutral
    relations.suspended political=-2800 mutual=300 memory=1 ceiling=political:strained ceiling=posture:neutral
    relations.severed political=-3500 mutual=300 memory=1 ceiling=political,posture:strained
    relations.restored political=2700 mutual=1000 memory=1
    recognition.granted political=2700 memory=1
    recognition.refused political=-2000 memory=1 ceiling=political:neutral days=36525
    recognition.withdrawn political=-3500 memory=1 ceiling=political:neutral days=36525
    mission.suspended political=-1500 mutual=300 memory=1
    mission.closed political=-2000 mutual=300 memory=1
    envoy.accredited political=1400 mutual=300 memory=1
    envoy.expelled political=-2500 memory=1 ceiling=political:strained days=180
    agreement.initialled political=1500 mutual=1000 memory=1
    agreement.suspended political=-1900 mutual=300 memory=1
    agreement.ended political=-2200 mutual=300 memory=1
    alliance.formed political=1600 security=2600 mutual=1000 memory=1
    alliance.suspended political=-1400 security=-1400 mutual=300 memory=1
    alliance.ended political=-1400 security=-1900 mutual=300 memory=1
    border.closed security=-900 memory=1 ceiling=economic,security:strained
    sanction.imposed political=-1000 memory=1 ceiling=economic:strained
    sanction.eased economic=1500 memory=1
    territory.occupied political=-1100 security=-3500 memory=2 ceiling=political,security,posture:strained
    territory.annexed political=-1500 security=-3500 memory=2 ceiling=security,posture:strained
    territory.returned security=1500 memory=1
    forces.deployed security=-1500 memory=1
    forces.reinforced security=-1500
    forces.withdrawn security=1500 memory=1
    hostage.taken political=-4500 memory=1 ceiling=political:hostile
    hostage.released political=1000 memory=1
    listing.added political=-2000 security=-800 memory=1 ceiling=political:strained
    listing.removed political=1500 memory=1
    threat.made political=-1500 security=-2000 memory=1 ceiling=political:strained days=90
";

/// Parties and kinds of events; `A` and `B` are the states of the pair, in either order.
const EVENTS: &str = "
    A -> B statement.supportive
    A -> B statement.critical
    A -> B statement.critical severity=minor
    A -> B visit.made
    A,B talks.held
    A -> B tension.prevailed
    A -> B policy.held stance=hostile
    A -> B policy.held
    A,B clash.occurred
    A -> B force.used severity=minor
    A -> B force.used severity=serious
    A -> B force.used severity=major
    A -> B force.used casualties=40
    A -> B threat.made
    A -> B attack.occurred from=B
    A -> B group.disbanded from=B group=ISKP
    A -> B border.closed
    A -> B border.closed crossing=Nizhny_Panj
    A -> B border.opened
    A -> B sanction.imposed name=Ban severity=minor
    A -> B sanction.imposed name=Ban
    A -> B sanction.eased name=Ban
    NATO -> B sanction.imposed name=Embargo
    NATO -> B sanction.eased name=Embargo
    NATO -> B talks.held
    NATO -> B war.began
    NATO,B war.ended
    NATO,B relations.established
    NATO -> B relations.severed
    A -> NATO membership.joined
    A -> NATO membership.joined
    A -> NATO membership.left
    A,B -> UN membership.joined
    A,B agreement.signed name=Treaty
    A,B agreement.initialled name=Treaty
    A -> B agreement.suspended name=Treaty
    A -> B agreement.ended name=Treaty
    A,B cooperation.agreed name=Patrols
    A,B alliance.formed obligation=defence
    A,B alliance.formed obligation=consultation
    A -> B alliance.suspended
    A -> B alliance.ended
    A -> B war.began
    A -> B war.began name=Second_war
    A,B ceasefire.agreed
    A -> B ceasefire.broken
    A,B war.ended
    A,B peace.agreed name=Peace
    A,B relations.observed
    A,B relations.established
    A,B relations.upgraded
    A -> B relations.downgraded
    A -> B relations.suspended
    A -> B relations.severed
    A,B relations.restored
    A -> B recognition.granted of=B form=de_jure
    A -> B recognition.granted of=B form=de_facto
    A -> B recognition.withheld of=B
    A -> B recognition.refused of=B
    A -> B recognition.withdrawn of=B
    A -> B mission.opened mission=embassy host=A sender=B
    A -> B mission.opened mission=consulate host=A sender=B city=Khorog
    A -> B mission.opened mission=interests_section host=A sender=B
    A -> B mission.observed mission=embassy host=A sender=B
    A -> B mission.suspended mission=embassy host=A sender=B
    A -> B mission.closed mission=embassy host=A sender=B
    A -> B mission.closed mission=consulate host=A sender=B
    A -> B envoy.accredited host=A sender=B rank=ambassador name=Zahir
    A -> B envoy.accredited host=A sender=B rank=special_envoy
    B -> A envoy.recalled host=A sender=B rank=ambassador
    B -> A envoy.returned host=A sender=B rank=ambassador
    A -> B envoy.expelled host=A sender=B rank=diplomat
    A -> B territory.occupied territory=Valley
    A -> B territory.annexed territory=Valley
    A -> B territory.returned territory=Valley
    A -> B forces.deployed
    A -> B forces.deployed consent=given
    A -> B forces.deployed consent=refused
    A -> B forces.reinforced
    A -> B forces.withdrawn
    A -> B hostage.taken
    A -> B hostage.released
    A listing.added list=Terror_list listed=B
    A listing.removed list=Terror_list listed=B
    A -> B aid.delivered
    A -> B coded plover=AID
    A -> B coded plover=ASSAULT
    A -> B coded plover=SUPPORT cameo=051
    A -> B coded plover=ACCUSE cameo=112
";

/// The first day of the histories.
const FIRST: i32 = 19_000;

/// Weights and limits of a rule.
fn ruled(rules: &mut Rulebook, line: &str) {
    let mut words = line.split(' ');
    let kind = words.next().and_then(Kind::parse);
    let rule = &mut rules.kinds[kind.unwrap_or_else(|| panic!("{line}")).index()];
    for word in words {
        let (key, value) = word.split_once('=').unwrap_or_else(|| panic!("{line}"));
        let number = value.parse::<i32>();
        match (key, number) {
            ("mutual", Ok(share)) => rule.mutual = share.unsigned_abs(),
            ("memory", Ok(class)) => rule.memory = class.unsigned_abs() as usize,
            ("days", Ok(days)) => rule.base.days = days.unsigned_abs(),
            ("ceiling", Err(_)) => limit(&mut rule.base.ceiling, value),
            (dimension, Ok(weight)) => {
                let weighed = Weighed::parse(dimension).unwrap_or_else(|| panic!("{line}"));
                let weights = &mut rule.base.weights[weighed.index()];
                weights.warmth = u32::try_from(weight).unwrap_or(0);
                weights.strain = u32::try_from(-weight).unwrap_or(0);
            }
            _ => panic!("{line}"),
        }
    }
}

fn limit(limits: &mut Limits, text: &str) {
    let (places, level) = text.split_once(':').unwrap_or_else(|| panic!("{text}"));
    for place in places.split(',') {
        let weighed = Weighed::parse(place).map(Weighed::index);
        limits[weighed.unwrap_or(POSTURE)] = Level::parse(level);
    }
}

pub(super) fn rulebooks() -> impl Strategy<Value = Rulebook> {
    let share = prop_oneof![Just(300u32), Just(500)];
    let lead = prop_oneof![Just(0i64), Just(4000)];
    (share, 300..2000u32, lead, 500..8000i64).prop_map(|(share, trust, lead, damping)| {
        let mut rules = rules::rules();
        lines(RULES).for_each(|line| ruled(&mut rules, line));
        for (memory, days) in rules.memory.iter_mut().zip([90, 200, 400]) {
            memory.decay = Decay::new(days);
            memory.half_life_days = days;
        }
        let deployed = [("given", -2000), ("refused", 3800)].map(|(word, strain)| {
            let mut variant = rules.kinds[Kind::AllianceFormed.index()].variants[0].clone();
            (variant.field, variant.word) = (Field::Consent, word);
            let mut weights = [None; 6];
            let weight = Weight {
                warmth: u32::try_from(-strain).unwrap_or(0),
                strain: u32::try_from(strain).unwrap_or(0),
            };
            weights[Weighed::Security.index()] = Some(weight);
            variant.replaces.weights = weights;
            let mut limits = Limits::default();
            limits[Weighed::Security.index()] = Some(Level::Strained);
            if strain > 0 {
                (variant.replaces.ceiling, variant.replaces.floor) = (limits, Limits::default());
            } else {
                variant.replaces.floor = limits.map(|limit| limit.and(Some(Level::Cooperative)));
            }
            variant
        });
        rules.kinds[Kind::ForcesDeployed.index()]
            .variants
            .extend(deployed);
        rules.machine_share = share;
        rules.source[5] = trust.min(1000);
        rules.information[5] = 1000;
        rules.posture.security_lead = lead;
        rules.posture.damping = damping;
        rules.posture.weights = [1000, 2000, 600, 400, 300, 400];
        rules
    })
}

/// An event without its number, as a line of the notation.
pub(super) fn event() -> impl Strategy<Value = String> {
    let forms: Vec<&str> = lines(EVENTS).collect();
    let grades = [
        "A1",
        "A1",
        "B2",
        "C3",
        "A4",
        "D2",
        "F6",
        "C3 disputed",
        "A1 disputed",
    ];
    (
        0..forms.len(),
        0..900i32,
        prop_oneof![5 => Just(0i32), 1 => 1..40i32, 1 => Just(365)],
        any::<bool>(),
        0..grades.len(),
    )
        .prop_map(move |(form, from, length, forth, grade)| {
            let states = if forth {
                ["TJK", "AFG"]
            } else {
                ["AFG", "TJK"]
            };
            let named = |word: &str| {
                let (head, end) = word.split_at(word.len() - 1);
                match (head, end) {
                    ("" | "host=" | "sender=" | "of=" | "from=" | "listed=", "A") => {
                        format!("{head}{}", states[0])
                    }
                    ("" | "host=" | "sender=" | "of=" | "from=" | "listed=", "B") => {
                        format!("{head}{}", states[1])
                    }
                    ("NATO,", "B") => format!("{head}{}", states[1]),
                    _ => word.replace("A,B", "TJK,AFG"),
                }
            };
            let words: Vec<String> = forms[form].split(' ').map(named).collect();
            let from = Day::new(FIRST + from);
            let to = from.plus(length);
            let coded = forms[form].contains("coded");
            let grade = if coded { "F6" } else { grades[grade] };
            format!("{from}/{to} {} {grade}", words.join(" "))
        })
}
