//! Sums recomputed from the printed evidence alone, by the printed rule.

use std::collections::BTreeMap;

use detente_domain::decay::Decay;
use serde_json::Value;

/// The result of the printed evidence under the printed rule.
#[derive(Debug)]
pub(crate) struct Recount {
    /// People's warmth and strain, then machines', in millionths.
    sums: [u128; 4],
    warmth: i128,
    strain: i128,
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

/// Returns the blend of the printed parts.
pub(crate) fn blended(rule: &Value) -> Option<i64> {
    let (mut total, mut weights) = (0, 0);
    for part in rule["parts"].as_array().unwrap() {
        if let Some(index) = part["index_milli"].as_i64() {
            total += index * signed(part, "weight_milli");
            weights += signed(part, "weight_milli");
        }
    }
    (weights > 0).then(|| total / weights)
}

impl Recount {
    pub(crate) fn of(why: &Value) -> Self {
        let rule = &why["rule"];
        let half_life = u32::try_from(number(rule, "half_life_days")).unwrap();
        let decay = Decay::new(half_life);
        let mut together: BTreeMap<(usize, u64), u128> = BTreeMap::new();
        let mut sums = [0; 4];
        for row in why["evidence"].as_array().unwrap() {
            let weighed = &row["weighed"];
            let mass = mass(rule, row);
            assert_eq!(mass, number(weighed, "mass_micro"), "{row}");
            let age = i32::try_from(signed(weighed, "age_days")).unwrap();
            assert_eq!(u128::from(decay.left(age)), number(weighed, "decay"));
            let side = usize::from(weighed["side"] == "strain");
            let side = side + 2 * usize::from(weighed["machine"] == true);
            let carried = weighed["carried"].as_u64().unwrap();
            let product = mass * number(weighed, "decay");
            if weighed["rounded"] == "together" {
                *together.entry((side, carried)).or_default() += product;
            } else {
                sums[side] += left(rule, product, carried);
            }
        }
        for ((side, carried), product) in together {
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
            index: 10_000 * (warmth - strain) / (warmth + strain + damping),
        }
    }

    /// Asserts that the printed sums, index and level equal the recomputed ones.
    #[track_caller]
    pub(crate) fn agrees_with(&self, why: &Value) {
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
        assert_eq!(self.index, i128::from(signed(rule, "index_milli")), "{why}");
        if why["level"] != "unknown" {
            assert_eq!(why["level"], rule["levels"][self.level(why)], "{why}");
        }
    }

    /// Returns the place of the level among the printed ones, given the level of the day before.
    fn level(&self, why: &Value) -> usize {
        let rule = &why["rule"];
        let threat = why["dimension"] == "threat";
        let value = if threat {
            (self.strain + 500) / 1000
        } else {
            self.index
        };
        let levels = rule["levels"].as_array().unwrap();
        let before = levels.iter().position(|level| *level == rule["before"]);
        let bounds = rule["bounds"].as_array().unwrap().iter().enumerate();
        let passed = bounds.filter(|(place, bound)| {
            let margin = match before {
                Some(before) if before <= *place => signed(bound, "margin_up_milli"),
                Some(_) => -signed(bound, "margin_down_milli"),
                None => 0,
            };
            value >= i128::from(signed(bound, "at_milli") + margin)
        });
        passed.count()
    }
}

fn mass(rule: &Value, row: &Value) -> u128 {
    let weighed = &row["weighed"];
    let grade = number(weighed, "grade_milli");
    let trust = if row["disputed"] == true {
        grade * number(rule, "disputed_milli") / 1000
    } else {
        grade
    };
    number(weighed, "weight_milli") * trust * number(weighed, "mutual_milli") / 1000
}

/// Returns the remainder of a product of mass and decay after a number of changes of authority.
fn left(rule: &Value, product: u128, carried: u64) -> u128 {
    let whole = product / number(rule, "decay_one");
    let carry_over = number(rule, "carry_over_milli");
    (0..carried).fold(whole, |left, _| left * carry_over / 1000)
}
