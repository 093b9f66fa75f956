//! The kinds of events, each with its code (`subject.action`), duration class, register, PLOVER
//! event and labels.
//!
//! The rulebook gives the weights of a kind; [`crate::details`] lists its fields. The order of the
//! list is the order in which events of one day apply to one register entry.

use crate::dimension::Register;
use crate::string_enum::string_enum;

/// The time for which events of a kind are in effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DurationClass {
    /// Takes effect on its earliest day, is uncertain until its latest, fades from its latest.
    Point,
    /// Holds at full weight over its span, then fades.
    Condition,
    /// Opens a register entry, and counts in full until it is closed.
    Standing,
}

/// The effect of an event on the register entry that its details name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Changes no register.
    None,
    /// Opens or changes the entry, which has this status from then on.
    Sets(&'static str),
    /// Closes every open entry that agrees with the details; they have this status.
    Closes(&'static str),
    /// Notes an occurrence (a meeting); the entry is not open.
    Notes(&'static str),
}

macro_rules! kinds {
    ($($variant:ident $code:literal $class:ident $register:expr, $effect:expr,
       $plover:literal, $en:literal, $ar:literal;)*) => {
        string_enum! {
            /// A kind of event, written as its code. The order is that of precedence within a day.
            #[repr(u8)]
            Kind {
                $(#[doc = concat!("`", $code, "`: ", $en, ".")] $variant $code,)*
            }
        }

        impl Kind {
            /// The duration class.
            #[must_use]
            pub const fn class(self) -> DurationClass {
                match self { $(Self::$variant => DurationClass::$class,)* }
            }

            /// The register that it changes, if any.
            #[must_use]
            pub const fn register(self) -> Option<Register> {
                use Register::*;
                match self { $(Self::$variant => $register,)* }
            }

            /// The effect on its entry of that register.
            #[must_use]
            pub const fn effect(self) -> Effect {
                use Effect::*;
                match self { $(Self::$variant => $effect,)* }
            }

            /// The PLOVER 2.0 event, with its mode after a dot where one fits.
            #[must_use]
            pub const fn plover(self) -> &'static str {
                match self { $(Self::$variant => $plover,)* }
            }

            /// The label in English.
            #[must_use]
            pub const fn label_en(self) -> &'static str {
                match self { $(Self::$variant => $en,)* }
            }

            /// The label in Arabic.
            #[must_use]
            pub const fn label_ar(self) -> &'static str {
                match self { $(Self::$variant => $ar,)* }
            }
        }
    };
}

kinds! {
    AuthorityChanged "authority.changed" Point None, None, "CONCEDE", "authority changed", "تغيّرت السلطة";
    RecognitionGranted "recognition.granted" Point None, None, "SUPPORT", "recognition granted", "منح الاعتراف";
    RecognitionWithheld "recognition.withheld" Point None, None, "REJECT.yield", "recognition withheld", "الامتناع عن الاعتراف";
    RecognitionRefused "recognition.refused" Point None, None, "REJECT.yield", "recognition refused", "رفض الاعتراف";
    RecognitionWithdrawn "recognition.withdrawn" Point None, None, "SANCTION.withdraw", "recognition withdrawn", "سحب الاعتراف";
    ListingAdded "listing.added" Standing Some(Listings), Sets("listed"), "SANCTION.discontinue", "added to a list", "إدراج في قائمة";
    ListingRemoved "listing.removed" Point Some(Listings), Closes("removed"), "CONCEDE", "removed from a list", "شطب من قائمة";
    RelationsEstablished "relations.established" Standing Some(Relations), Sets("established"), "AGREE", "relations established", "إقامة علاقات دبلوماسية";
    RelationsSuspended "relations.suspended" Standing Some(Relations), Sets("suspended"), "SANCTION.withdraw", "relations suspended", "تعليق العلاقات";
    RelationsSevered "relations.severed" Standing Some(Relations), Sets("severed"), "SANCTION.withdraw", "relations severed", "قطع العلاقات";
    RelationsRestored "relations.restored" Standing Some(Relations), Sets("restored"), "AGREE", "relations restored", "استئناف العلاقات";
    MissionOpened "mission.opened" Standing Some(Missions), Sets("open"), "COOPERATE", "mission opened", "افتتاح بعثة";
    MissionHandedOver "mission.handed_over" Standing Some(Missions), Sets("open"), "SUPPORT", "mission handed over", "تسليم بعثة";
    MissionSuspended "mission.suspended" Standing Some(Missions), Sets("suspended"), "SANCTION.withdraw", "mission suspended", "تعليق بعثة";
    MissionClosed "mission.closed" Point Some(Missions), Closes("closed"), "SANCTION.withdraw", "mission closed", "إغلاق بعثة";
    EnvoyAppointed "envoy.appointed" Standing Some(Envoys), Sets("appointed"), "SUPPORT", "envoy appointed", "تعيين مبعوث";
    EnvoyAccredited "envoy.accredited" Standing Some(Envoys), Sets("accredited"), "SUPPORT", "envoy accredited", "اعتماد دبلوماسي";
    EnvoyCredentialsPresented "envoy.credentials_presented" Standing Some(Envoys), Sets("credentials_presented"), "SUPPORT", "credentials presented", "تقديم أوراق الاعتماد";
    EnvoyRecalled "envoy.recalled" Point Some(Envoys), Closes("recalled"), "SANCTION.withdraw", "envoy recalled", "استدعاء مبعوث";
    EnvoyExpelled "envoy.expelled" Point Some(Envoys), Closes("expelled"), "SANCTION.expel", "envoy expelled", "طرد دبلوماسي";
    VisitMade "visit.made" Point None, None, "CONSULT.visit", "visit made", "زيارة";
    TalksHeld "talks.held" Point None, None, "CONSULT", "talks held", "محادثات";
    MeetingAttended "meeting.attended" Point Some(Meetings), Notes("attended"), "CONSULT.multilateral", "meeting attended", "حضور اجتماع";
    AgreementSigned "agreement.signed" Standing Some(Agreements), Sets("in_force"), "AGREE", "agreement signed", "توقيع اتفاق";
    AgreementEnded "agreement.ended" Point Some(Agreements), Closes("ended"), "SANCTION.discontinue", "agreement ended", "إنهاء اتفاق";
    StatementSupportive "statement.supportive" Point None, None, "SUPPORT", "supportive statement", "تصريح مؤيد";
    StatementCritical "statement.critical" Point None, None, "ACCUSE.disapprove", "critical statement", "تصريح منتقد";
    AccusationMade "accusation.made" Point None, None, "ACCUSE.allege", "accusation made", "اتهام";
    DemandMade "demand.made" Point None, None, "REQUEST.change", "demand made", "مطالبة";
    ReassuranceGiven "reassurance.given" Point None, None, "AGREE", "reassurance given", "طمأنة";
    ProposalRejected "proposal.rejected" Point None, None, "REJECT", "proposal rejected", "رفض مقترح";
    TensionPrevailed "tension.prevailed" Condition None, None, "ACCUSE.disapprove", "tension prevailed", "توتر سائد";
    ChannelOpened "channel.opened" Standing Some(Channels), Sets("open"), "CONSULT", "channel opened", "فتح قناة تواصل";
    ChannelClosed "channel.closed" Point Some(Channels), Closes("closed"), "REJECT.meet", "channel closed", "إغلاق قناة تواصل";
    PolicyHeld "policy.held" Condition None, None, "SUPPORT", "policy held", "سياسة متبعة";
    ClashOccurred "clash.occurred" Point None, None, "ASSAULT.firearms", "clash occurred", "اشتباك";
    ThreatMade "threat.made" Point None, None, "THREATEN.violence", "threat made", "تهديد";
    AlertRaised "alert.raised" Standing Some(Deployments), Sets("alert"), "MOBILIZE.troops", "alert raised", "رفع حالة التأهب";
    AlertLowered "alert.lowered" Point Some(Deployments), Closes("lowered"), "RETREAT.withdraw", "alert lowered", "خفض حالة التأهب";
    ForcesReinforced "forces.reinforced" Standing Some(Deployments), Sets("reinforced"), "MOBILIZE.troops", "forces reinforced", "تعزيز القوات";
    ForcesWithdrawn "forces.withdrawn" Point Some(Deployments), Closes("withdrawn"), "RETREAT.withdraw", "forces withdrawn", "انسحاب القوات";
    CooperationAgreed "cooperation.agreed" Standing Some(Agreements), Sets("agreed"), "AGREE", "security co-operation agreed", "اتفاق على تعاون أمني";
    ShelterAlleged "shelter.alleged" Point None, None, "ACCUSE.allege", "shelter alleged", "اتهام بالإيواء";
    ArrestMade "arrest.made" Point None, None, "COERCE.arrest", "arrest made", "اعتقال";
    OperationConducted "operation.conducted" Point None, None, "COOPERATE", "operation conducted", "عملية أمنية";
    AttackOccurred "attack.occurred" Point None, None, "ASSAULT", "attack occurred", "هجوم";
    PresenceClaimed "presence.claimed" Condition Some(Groups), Sets("claimed"), "ACCUSE.allege", "presence claimed", "وجود مزعوم لجماعة";
    TraffickingReported "trafficking.reported" Condition None, None, "ACCUSE.allege", "trafficking reported", "اتجار وتهريب";
    FlowReported "flow.reported" Condition None, None, "REQUEST.assist", "flow of people reported", "تدفق لاجئين أو مهاجرين";
    ProjectAgreed "project.agreed" Standing Some(Projects), Sets("agreed"), "AGREE", "project agreed", "اتفاق على مشروع";
    ProjectStarted "project.started" Standing Some(Projects), Sets("started"), "COOPERATE", "project started", "بدء مشروع";
    ProjectSuspended "project.suspended" Standing Some(Projects), Sets("suspended"), "SANCTION.discontinue", "project suspended", "تعليق مشروع";
    ProjectCompleted "project.completed" Standing Some(Projects), Sets("completed"), "COOPERATE", "project completed", "إنجاز مشروع";
    TradeRestricted "trade.restricted" Standing Some(Trade), Sets("restricted"), "SANCTION.discontinue", "trade restricted", "تقييد التجارة";
    TradeOpened "trade.opened" Point Some(Trade), Closes("open"), "COOPERATE", "trade opened", "فتح التجارة";
    BorderClosed "border.closed" Standing Some(Borders), Sets("closed"), "SANCTION.discontinue", "border closed", "إغلاق الحدود";
    BorderOpened "border.opened" Point Some(Borders), Closes("open"), "RETREAT.access", "border opened", "فتح الحدود";
    SanctionImposed "sanction.imposed" Standing Some(Sanctions), Sets("in_force"), "SANCTION.discontinue", "sanction imposed", "فرض عقوبات";
    SanctionEased "sanction.eased" Point Some(Sanctions), Closes("eased"), "CONCEDE", "sanction eased", "تخفيف عقوبات";
    AidPledged "aid.pledged" Point None, None, "AGREE", "aid pledged", "تعهد بمساعدات";
    AidDelivered "aid.delivered" Point None, None, "AID", "aid delivered", "تقديم مساعدات";
    EvacuationAssisted "evacuation.assisted" Point None, None, "AID", "evacuation assisted", "المساعدة في الإجلاء";
    RefugeesAdmitted "refugees.admitted" Point None, None, "AID", "refugees admitted", "استقبال لاجئين";
    RefugeesReturned "refugees.returned" Point None, None, "COERCE.deport", "refugees returned", "إعادة لاجئين";
    RestrictionImposed "restriction.imposed" Standing Some(Measures), Sets("in_force"), "COERCE.restrict", "restriction imposed", "فرض قيود";
    RestrictionLifted "restriction.lifted" Point Some(Measures), Closes("lifted"), "CONCEDE", "restriction lifted", "رفع قيود";
    MeasureAdopted "measure.adopted" Standing Some(Measures), Sets("in_force"), "COERCE.restrict", "measure adopted", "اتخاذ إجراء";
    MeasureDropped "measure.dropped" Point Some(Measures), Closes("dropped"), "CONCEDE", "measure dropped", "إلغاء إجراء";
    Coded "coded" Point None, None, "", "coded event", "حدث مرمَّز";
}

impl Kind {
    /// The first word of the code: `mission`, `border`.
    #[must_use]
    pub fn family(self) -> &'static str {
        self.as_str().split('.').next().unwrap_or_default()
    }

    /// The index in [`Kind::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Returns true if it is known only by a PLOVER or CAMEO code, assigned by a machine.
    #[must_use]
    pub const fn is_machine_coded(self) -> bool {
        matches!(self, Self::Coded)
    }

    /// Returns true if it is a danger to one state from the territory of another, without an act of
    /// that state.
    #[must_use]
    pub const fn is_threat(self) -> bool {
        matches!(
            self,
            Self::AttackOccurred
                | Self::PresenceClaimed
                | Self::TraffickingReported
                | Self::FlowReported
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_round_trip_and_are_unique() {
        for (place, kind) in Kind::ALL.into_iter().enumerate() {
            assert_eq!(Kind::parse(kind.as_str()), Some(kind));
            assert_eq!(kind.index(), place);
        }
    }

    #[test]
    fn standing_kinds_set_a_register_entry() {
        for kind in Kind::ALL {
            if kind.class() == DurationClass::Standing {
                assert!(kind.register().is_some(), "{}", kind.as_str());
                assert!(
                    matches!(kind.effect(), Effect::Sets(_)),
                    "{}",
                    kind.as_str()
                );
            }
            assert_eq!(kind.register().is_none(), kind.effect() == Effect::None);
        }
    }
}
