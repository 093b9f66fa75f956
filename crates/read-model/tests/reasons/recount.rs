//! Sums recomputed from the printed evidence alone, by the printed rule.

use std::collections::{BTreeMap, BTreeSet};

use detente_domain::decay::Decay;
use detente_domain::dimension::Weighed;
use detente_domain::kind::Kind;
use detente_domain::rulebook::Rulebook;
use serde_json::Value;

/// The result of the printed evidence under the printed rule.
#[derive(Debug)]
pub(crate) struct Recount {
    /// People's warmth and strain, then machines', in millionths.
    sums: [u128; 4],
    warmth: i128,
    strain: i128,
    damping: i128,
    index: i128,
}

fn number(value: &Value, key: &str) -> u128 {
    let number = value[key].as_u64();
    number
        .unwrap_or_else(|| panic!("no {key} in {value}"))
        .into()
}

fn signed(value: &Value, key: &str) -> i64 {
    value[key].as_i64().unwrap_or_else(|| panic!("no {key}"))
}

/// Returns the sum of the evidence of a side.
pub(crate) fn counted(why: &Value, side: &str) -> u64 {
    let rows = why["evidence"].as_array().unwrap().iter();
    rows.map(|row| &row["weighed"])
        .filter(|weighed| weighed["side"] == side)
        .map(|weighed| weighed["counted_micro"].as_u64().unwrap())
        .sum()
}

/// Asserts that a posture is recounted from its printed parts and from the reasons of the
/// dimensions, which are in the order of their indices.
#[track_caller]
pub(crate) fn pool_agrees(
    why: &Value,
    dimensions: &[Value; 6],
    day_before: impl FnOnce() -> [Value; 6],
    rules: &Rulebook,
) {
    if why["level"] == "unknown" {
        return;
    }
    let rule = &why["rule"];
    let [mut warmth, mut strain] = [0, 0];
    for part in rule["parts"].as_array().unwrap() {
        let mut own = dimensions.iter();
        let own = own.find(|own| own["dimension"] == part["dimension"]);
        let printed = ["warmth_milli", "strain_milli"].map(|key| signed(part, key));
        assert_eq!(printed, Recount::of(own.unwrap()).people_milli(), "{part}");
        let weight = signed(part, "weight_milli");
        warmth += weight * printed[0];
        strain += weight * printed[1];
    }
    let (warmth, strain) = (warmth / 1000, strain / 1000);
    let index = 10_000 * (warmth - strain) / (warmth + strain + signed(rule, "damping_milli"));
    let printed = &rule["pooled"];
    let printed = ["warmth_milli", "strain_milli", "index_milli"].map(|key| signed(printed, key));
    assert_eq!([warmth, strain, index], printed);

    let security = &dimensions[Weighed::Security.index()];
    let recount = Recount::of(security);
    let force = recount.people_milli()[1];
    let most = recount.limited(security, recount.people_index());
    let most = Some(most).filter(|most| security["level"] != "unknown" && *most < 0);
    let most = most.map(|most| most + rules.posture.security_lead);
    assert_eq!(most, rule["security_milli"].as_i64(), "{why}");
    let limited = Limits::new(rule, rules.floor_breaks_at).limited(index, force);
    let limited = most.map_or(limited, |most| limited.min(most));
    assert_eq!(limited, signed(rule, "index_milli"), "{why}");

    let level = next(rule, index, || {
        let before = day_before();
        let mut both = dimensions.iter().zip(&before);
        both.any(|(own, before)| {
            own["dimension"] != "threat" && pools(rule, own) && released(own, before)
        })
    });
    assert_eq!(kept(rule, level, index), rule["kept"], "{why}");
    let level = Limits::new(rule, rules.floor_breaks_at).level(level, force);
    let led = most.map(|most| judge(rule, None, most));
    let level = led.map_or(level, |led| level.min(led));
    assert_eq!(rule["levels"][level], why["level"], "{why}");
}

fn pools(rule: &Value, own: &Value) -> bool {
    let mut parts = rule["parts"].as_array().unwrap().iter();
    parts.any(|part| part["dimension"] == own["dimension"])
}

/// Returns true if evidence of people that warms counts, and did not on the day before.
fn released(why: &Value, day_before: &Value) -> bool {
    let warm = |why: &Value| -> BTreeSet<String> {
        let rows = why["evidence"].as_array().unwrap().iter();
        let warm = rows.filter(|row| {
            let weighed = &row["weighed"];
            weighed["side"] == "warmth" && weighed["machine"] == false
        });
        warm.map(|row| row["event"].to_string()).collect()
    };
    !warm(why).is_subset(&warm(day_before))
}

/// Returns the place of the level that follows the printed one of the day before.
fn next(rule: &Value, value: i64, released: impl FnOnce() -> bool) -> usize {
    let before = place(rule, &rule["before"]);
    let judged = judge(rule, before, value);
    // It rises only by friendlier evidence.
    let kept = before.filter(|before| judged > *before && !released());
    kept.unwrap_or(judged)
}

/// Returns the level that holds although the index has left it; null if it follows from the index.
fn kept(rule: &Value, level: usize, value: i64) -> Value {
    let is_kept = level < judge(rule, Some(level), value);
    if is_kept {
        rule["levels"][level].clone()
    } else {
        Value::Null
    }
}

/// The printed limits of a level.
struct Limits<'a> {
    rule: &'a Value,
    breaks_at: i64,
}

impl<'a> Limits<'a> {
    fn new(rule: &'a Value, breaks_at: i64) -> Self {
        Self { rule, breaks_at }
    }

    /// Returns the places of the floor that holds under a strain, and of the ceiling.
    fn places(&self, strain: i64) -> [Option<usize>; 2] {
        let [floor, ceiling] =
            ["floor", "ceiling"].map(|limit| place(self.rule, &self.rule["band"][limit]["level"]));
        [floor.filter(|_| strain < self.breaks_at), ceiling]
    }

    fn level(&self, level: usize, strain: i64) -> usize {
        let [floor, ceiling] = self.places(strain);
        let level = floor.map_or(level, |floor| level.max(floor));
        ceiling.map_or(level, |ceiling| level.min(ceiling))
    }

    fn limited(&self, index: i64, strain: i64) -> i64 {
        let [floor, ceiling] = self.places(strain);
        let least = floor.map(|floor| {
            let [lowest, highest] = ends(self.rule, floor);
            let breaks_at = self.breaks_at.max(1);
            lowest + (highest - lowest) / 2 * (breaks_at - strain) / breaks_at
        });
        let index = least.map_or(index, |least| index.max(least));
        let most = ceiling.map(|ceiling| ends(self.rule, ceiling)[1]);
        most.map_or(index, |most| index.min(most))
    }
}

/// Returns the lowest and the highest index of a level that is given by its place.
fn ends(rule: &Value, place: usize) -> [i64; 2] {
    let bounds = rule["bounds"].as_array().unwrap();
    let below = place.checked_sub(1).and_then(|below| bounds.get(below));
    let lowest = below.map_or(-10_000, |bound| signed(bound, "at_milli"));
    let above = bounds.get(place);
    let highest = above.map_or(10_000, |bound| signed(bound, "at_milli") - 1);
    [lowest, highest]
}

fn place(rule: &Value, level: &Value) -> Option<usize> {
    let levels = rule["levels"].as_array().unwrap();
    levels.iter().position(|other| other == level)
}

impl Recount {
    pub(crate) fn of(why: &Value) -> Self {
        let rule = &why["rule"];
        let mut together: BTreeMap<(usize, u32, u64), u128> = BTreeMap::new();
        let mut sums = [0; 4];
        for row in why["evidence"].as_array().unwrap() {
            let weighed = &row["weighed"];
            let mass = mass(weighed);
            assert_eq!(mass, number(weighed, "mass_micro"), "{row}");
            let half_life = u32::try_from(number(weighed, "half_life_days")).unwrap();
            let decay = Decay::new(half_life);
            let age = i32::try_from(signed(weighed, "age_days")).unwrap();
            assert_eq!(u128::from(decay.left(age)), number(weighed, "decay"));
            let side = usize::from(weighed["side"] == "strain");
            let side = side + 2 * usize::from(weighed["machine"] == true);
            let carried = weighed["carried"].as_u64().unwrap();
            let product = mass * number(weighed, "decay");
            if weighed["rounded"] == "together" {
                *together.entry((side, half_life, carried)).or_default() += product;
            } else {
                sums[side] += left(rule, product, carried);
            }
        }
        for ((side, _, carried), product) in together {
            sums[side] += left(rule, product, carried);
        }
        Self::judge(why, sums)
    }

    fn judge(why: &Value, sums: [u128; 4]) -> Self {
        let rule = &why["rule"];
        let damping = number(rule, "damping_milli") * 1000;
        let share = number(rule, "machine_share_milli");
        let machine = sums[2] + sums[3];
        let cap = (sums[0] + sums[1] + damping) * share / (1000 - share);
        let cut = |mass: u128| {
            if machine > cap {
                mass * cap / machine
            } else {
                mass
            }
        };
        let threat = why["dimension"] == "threat";
        let warmth = if threat { 0 } else { sums[0] + cut(sums[2]) };
        let strain = sums[1] + cut(sums[3]);
        let [warmth, strain, damping] =
            [warmth, strain, damping].map(|sum| i128::try_from(sum).unwrap());
        Self {
            sums,
            warmth,
            strain,
            damping,
            index: 10_000 * (warmth - strain) / (warmth + strain + damping),
        }
    }

    /// Asserts that the printed sums, index and level equal the recomputed ones.
    #[track_caller]
    pub(crate) fn agrees_with(
        &self,
        why: &Value,
        day_before: impl FnOnce() -> Value,
        rules: &Rulebook,
    ) {
        remembered(why, rules);
        let rule = &why["rule"];
        let sums = &rule["sums"];
        let printed = [
            "people_warmth_micro",
            "people_strain_micro",
            "machine_warmth_micro",
            "machine_strain_micro",
        ];
        assert_eq!(self.sums, printed.map(|key| number(sums, key)), "{why}");
        assert_eq!(
            self.warmth,
            i128::from(signed(sums, "warmth_micro")),
            "{why}"
        );
        assert_eq!(
            self.strain,
            i128::from(signed(sums, "strain_micro")),
            "{why}"
        );
        assert_eq!(self.warmth, i128::from(counted(why, "warmth")));
        assert_eq!(self.strain, i128::from(counted(why, "strain")));
        let formula = signed(rule, "formula_milli");
        assert_eq!(self.index, i128::from(formula), "{why}");
        if why["level"] == "unknown" {
            return;
        }
        let (people, strain) = (self.people_index(), self.people_milli()[1]);
        if why["dimension"] == "threat" {
            // It falls to none only by a word that says so, which no history has.
            let before = place(rule, &rule["before"]);
            let judged = judge(rule, before, strain);
            let level = before.map_or(judged, |before| judged.max(before.min(1)));
            assert_eq!(rule["levels"][level], why["level"], "{why}");
            return;
        }
        let limited = self.limited(why, formula);
        assert_eq!(limited, signed(rule, "index_milli"), "{why}");
        let level = next(rule, people, || released(why, &day_before()));
        assert_eq!(kept(rule, level, people), rule["kept"], "{why}");
        let level = limits(rule).level(level, strain);
        assert_eq!(rule["levels"][level], why["level"], "{why}");
    }

    /// Returns an index within the printed limits.
    fn limited(&self, why: &Value, index: i64) -> i64 {
        limits(&why["rule"]).limited(index, self.people_milli()[1])
    }

    /// Returns the warmth and strain of people's evidence, in thousandths.
    fn people_milli(&self) -> [i64; 2] {
        [self.sums[0], self.sums[1]].map(|sum| i64::try_from((sum + 500) / 1000).unwrap())
    }

    /// Returns the index of people's evidence, in thousandths.
    fn people_index(&self) -> i64 {
        let [warmth, strain] = [self.sums[0], self.sums[1]].map(|sum| i128::try_from(sum).unwrap());
        let index = 10_000 * (warmth - strain) / (warmth + strain + self.damping);
        i64::try_from(index).unwrap()
    }
}

fn limits(rule: &Value) -> Limits<'_> {
    Limits::new(rule, signed(rule, "floor_breaks_at_milli"))
}

/// Returns the place of the level of a value among the printed ones, given the one before.
fn judge(rule: &Value, before: Option<usize>, value: i64) -> usize {
    let bounds = rule["bounds"].as_array().unwrap().iter().enumerate();
    let passed = bounds.filter(|(place, bound)| {
        let margin = match before {
            Some(before) if before <= *place => signed(bound, "margin_up_milli"),
            Some(_) => -signed(bound, "margin_down_milli"),
            None => 0,
        };
        value >= signed(bound, "at_milli") + margin
    });
    passed.count()
}

/// Asserts that each event fades by the class of memory of its kind.
#[track_caller]
fn remembered(why: &Value, rules: &Rulebook) {
    for row in why["evidence"].as_array().unwrap() {
        let kind = Kind::parse(row["kind"].as_str().unwrap()).unwrap();
        let memory = &rules.memory[rules.kind(kind).memory];
        let half_life = number(&row["weighed"], "half_life_days");
        assert_eq!(half_life, u128::from(memory.half_life_days), "{row}");
    }
}

fn mass(weighed: &Value) -> u128 {
    let grade = number(weighed, "grade_milli");
    let trust = grade * (1000 - number(weighed, "denied_milli")) / 1000;
    number(weighed, "weight_milli") * trust * number(weighed, "mutual_milli") / 1000
}

/// Returns the remainder of a product of mass and decay after a number of changes of authority.
fn left(rule: &Value, product: u128, carried: u64) -> u128 {
    let whole = product / number(rule, "decay_one");
    let carry_over = number(rule, "carry_over_milli");
    (0..carried).fold(whole, |left, _| left * carry_over / 1000)
}
