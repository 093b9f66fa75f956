//! The table of the kinds.

use super::{DurationClass, Effect};
use crate::dimension::Register;
use crate::party::Lang;
use crate::string_enum::string_enum;

macro_rules! kinds {
    ($($variant:ident $code:literal $class:ident $register:expr, $effect:expr,
       $plover:literal, $en:literal, $ar:literal, $ru:literal;)*) => {
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

            /// The PLOVER 2.0 event, with its mode after a dot where one fits; empty for an
            /// observation of what exists, and for an event that has a code of its own.
            #[must_use]
            pub const fn plover(self) -> &'static str {
                match self { $(Self::$variant => $plover,)* }
            }

            /// The label in a language.
            #[must_use]
            pub const fn label(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $(
                        (Self::$variant, Lang::En) => $en,
                        (Self::$variant, Lang::Ar) => $ar,
                        (Self::$variant, Lang::Ru) => $ru,
                    )*
                }
            }
        }
    };
}

kinds! {
    AuthorityChanged "authority.changed" Point None, None, "CONCEDE", "authority changed", "تغيّرت السلطة", "смена власти";
    MembershipJoined "membership.joined" Standing Some(Memberships), Sets("member"), "AGREE", "organisation joined", "الانضمام إلى منظمة", "вступление в организацию";
    MembershipSuspended "membership.suspended" Standing Some(Memberships), Sets("suspended"), "SANCTION.withdraw", "membership suspended", "تعليق العضوية", "приостановка членства";
    MembershipLeft "membership.left" Point Some(Memberships), Closes("left"), "SANCTION.withdraw", "organisation left", "الانسحاب من منظمة", "выход из организации";
    RecognitionGranted "recognition.granted" Point None, None, "SUPPORT", "recognition granted", "منح الاعتراف", "признание";
    RecognitionWithheld "recognition.withheld" Point None, None, "REJECT.yield", "recognition withheld", "الامتناع عن الاعتراف", "воздержание от признания";
    RecognitionRefused "recognition.refused" Point None, None, "REJECT.yield", "recognition refused", "رفض الاعتراف", "отказ в признании";
    RecognitionWithdrawn "recognition.withdrawn" Point None, None, "SANCTION.withdraw", "recognition withdrawn", "سحب الاعتراف", "отзыв признания";
    ListingAdded "listing.added" Standing Some(Listings), Sets("listed"), "SANCTION.discontinue", "added to a list", "إدراج في قائمة", "включение в список";
    ListingRemoved "listing.removed" Point Some(Listings), Closes("removed"), "CONCEDE", "removed from a list", "شطب من قائمة", "исключение из списка";
    RelationsObserved "relations.observed" Standing Some(Relations), Sets("established"), "", "relations in place", "علاقات دبلوماسية قائمة", "действующие отношения";
    RelationsEstablished "relations.established" Standing Some(Relations), Sets("established"), "AGREE", "relations established", "إقامة علاقات دبلوماسية", "установление отношений";
    RelationsUpgraded "relations.upgraded" Standing Some(Relations), Sets("established"), "AGREE", "relations upgraded", "رفع مستوى العلاقات", "повышение уровня отношений";
    RelationsDowngraded "relations.downgraded" Standing Some(Relations), Sets("downgraded"), "SANCTION.withdraw", "relations downgraded", "خفض مستوى العلاقات", "понижение уровня отношений";
    RelationsSuspended "relations.suspended" Standing Some(Relations), Sets("suspended"), "SANCTION.withdraw", "relations suspended", "تعليق العلاقات", "приостановка отношений";
    RelationsSevered "relations.severed" Standing Some(Relations), Sets("severed"), "SANCTION.withdraw", "relations severed", "قطع العلاقات", "разрыв отношений";
    RelationsRestored "relations.restored" Standing Some(Relations), Sets("restored"), "AGREE", "relations restored", "استئناف العلاقات", "восстановление отношений";
    MissionObserved "mission.observed" Standing Some(Missions), Sets("open"), "", "mission at work", "بعثة قائمة", "действующее представительство";
    MissionOpened "mission.opened" Standing Some(Missions), Sets("open"), "COOPERATE", "mission opened", "افتتاح بعثة", "открытие представительства";
    MissionHandedOver "mission.handed_over" Standing Some(Missions), Sets("open"), "SUPPORT", "mission handed over", "تسليم بعثة", "передача представительства";
    MissionSuspended "mission.suspended" Standing Some(Missions), Sets("suspended"), "SANCTION.withdraw", "mission suspended", "تعليق بعثة", "приостановка работы представительства";
    MissionClosed "mission.closed" Point Some(Missions), Closes("closed"), "SANCTION.withdraw", "mission closed", "إغلاق بعثة", "закрытие представительства";
    EnvoyObserved "envoy.observed" Standing Some(Envoys), Sets("in_post"), "", "envoy in post", "مبعوث يباشر عمله", "представитель при исполнении";
    EnvoyAppointed "envoy.appointed" Standing Some(Envoys), Sets("appointed"), "SUPPORT", "envoy appointed", "تعيين مبعوث", "назначение представителя";
    EnvoyAccredited "envoy.accredited" Standing Some(Envoys), Sets("accredited"), "SUPPORT", "envoy accredited", "اعتماد دبلوماسي", "аккредитация дипломата";
    EnvoyCredentialsPresented "envoy.credentials_presented" Standing Some(Envoys), Sets("credentials_presented"), "SUPPORT", "credentials presented", "تقديم أوراق الاعتماد", "вручение верительных грамот";
    EnvoyReturned "envoy.returned" Standing Some(Envoys), Sets("in_post"), "SUPPORT", "envoy returned", "عودة مبعوث", "возвращение представителя";
    EnvoySummoned "envoy.summoned" Point None, None, "ACCUSE.disapprove", "envoy summoned", "استدعاء السفير للاحتجاج", "вызов посла для протеста";
    EnvoyRecalled "envoy.recalled" Point Some(Envoys), Closes("recalled"), "SANCTION.withdraw", "envoy recalled", "استدعاء مبعوث", "отзыв представителя";
    EnvoyExpelled "envoy.expelled" Point Some(Envoys), Closes("expelled"), "SANCTION.expel", "envoy expelled", "طرد دبلوماسي", "высылка дипломата";
    VisitMade "visit.made" Point None, None, "CONSULT.visit", "visit made", "زيارة", "визит";
    TalksHeld "talks.held" Point None, None, "CONSULT", "talks held", "محادثات", "переговоры";
    TalksFailed "talks.failed" Point None, None, "REJECT", "talks failed", "فشل محادثات", "срыв переговоров";
    MeetingAttended "meeting.attended" Point Some(Meetings), Notes("attended"), "CONSULT.multilateral", "meeting attended", "حضور اجتماع", "участие во встрече";
    AgreementObserved "agreement.observed" Standing Some(Agreements), Sets("in_force"), "", "agreement in force", "اتفاق سارٍ", "действующее соглашение";
    AgreementInitialled "agreement.initialled" Standing Some(Agreements), Sets("initialled"), "AGREE", "agreement initialled", "توقيع اتفاق بالأحرف الأولى", "парафирование соглашения";
    AgreementSigned "agreement.signed" Standing Some(Agreements), Sets("in_force"), "AGREE", "agreement signed", "توقيع اتفاق", "подписание соглашения";
    AgreementSuspended "agreement.suspended" Standing Some(Agreements), Sets("suspended"), "SANCTION.discontinue", "agreement suspended", "تعليق اتفاق", "приостановка соглашения";
    AgreementEnded "agreement.ended" Point Some(Agreements), Closes("ended"), "SANCTION.discontinue", "agreement ended", "إنهاء اتفاق", "прекращение соглашения";
    AllianceFormed "alliance.formed" Standing Some(Alliances), Sets("in_force"), "AGREE", "alliance formed", "عقد تحالف", "заключение союза";
    AllianceSuspended "alliance.suspended" Standing Some(Alliances), Sets("suspended"), "SANCTION.discontinue", "alliance suspended", "تعليق تحالف", "приостановка союза";
    AllianceEnded "alliance.ended" Point Some(Alliances), Closes("ended"), "SANCTION.discontinue", "alliance ended", "إنهاء تحالف", "прекращение союза";
    StatementSupportive "statement.supportive" Point None, None, "SUPPORT", "supportive statement", "تصريح مؤيد", "заявление в поддержку";
    StatementCritical "statement.critical" Point None, None, "ACCUSE.disapprove", "critical statement", "تصريح منتقد", "критическое заявление";
    AccusationMade "accusation.made" Point None, None, "ACCUSE.allege", "accusation made", "اتهام", "обвинение";
    ComplaintFiled "complaint.filed" Point None, None, "ACCUSE", "complaint filed", "رفع شكوى", "подача жалобы";
    DemandMade "demand.made" Point None, None, "REQUEST.change", "demand made", "مطالبة", "требование";
    ReassuranceGiven "reassurance.given" Point None, None, "AGREE", "reassurance given", "طمأنة", "заверение";
    ProposalRejected "proposal.rejected" Point None, None, "REJECT", "proposal rejected", "رفض مقترح", "отклонение предложения";
    TensionPrevailed "tension.prevailed" Condition None, None, "ACCUSE.disapprove", "tension prevailed", "توتر سائد", "напряжённость";
    ChannelOpened "channel.opened" Standing Some(Channels), Sets("open"), "CONSULT", "channel opened", "فتح قناة تواصل", "открытие канала связи";
    ChannelClosed "channel.closed" Point Some(Channels), Closes("closed"), "REJECT.meet", "channel closed", "إغلاق قناة تواصل", "закрытие канала связи";
    PolicyHeld "policy.held" Condition None, None, "SUPPORT", "policy held", "سياسة متبعة", "проводимая политика";
    WarBegan "war.began" Standing Some(Wars), Sets("open"), "ASSAULT", "war began", "اندلاع حرب", "начало войны";
    ClashOccurred "clash.occurred" Point None, None, "ASSAULT.firearms", "clash occurred", "اشتباك", "столкновение";
    ForceUsed "force.used" Point None, None, "ASSAULT", "force used", "استخدام القوة", "применение силы";
    ForceDisplayed "force.displayed" Point None, None, "MOBILIZE.troops", "force displayed", "استعراض القوة", "демонстрация силы";
    ThreatMade "threat.made" Point None, None, "THREATEN.violence", "threat made", "تهديد", "угроза";
    CeasefireAgreed "ceasefire.agreed" Standing Some(Wars), Sets("ceasefire"), "AGREE", "ceasefire agreed", "اتفاق على وقف إطلاق النار", "прекращение огня";
    CeasefireBroken "ceasefire.broken" Standing Some(Wars), Sets("open"), "ASSAULT", "ceasefire broken", "انهيار وقف إطلاق النار", "нарушение прекращения огня";
    WarEnded "war.ended" Point Some(Wars), Closes("ended"), "RETREAT", "war ended", "انتهاء حرب", "окончание войны";
    PeaceAgreed "peace.agreed" Standing Some(Agreements), Sets("in_force"), "AGREE", "peace agreed", "اتفاق سلام", "мирный договор";
    TerritoryClaimed "territory.claimed" Point None, None, "REQUEST", "territory claimed", "مطالبة بأراضٍ", "территориальная претензия";
    TerritoryOccupied "territory.occupied" Standing Some(Occupations), Sets("occupied"), "ASSAULT", "territory occupied", "احتلال أراضٍ", "оккупация территории";
    TerritoryAnnexed "territory.annexed" Standing Some(Occupations), Sets("annexed"), "COERCE", "territory annexed", "ضم أراضٍ", "аннексия территории";
    TerritoryReturned "territory.returned" Point Some(Occupations), Closes("returned"), "RETREAT", "territory returned", "إعادة أراضٍ", "возвращение территории";
    AlertRaised "alert.raised" Standing Some(Deployments), Sets("alert"), "MOBILIZE.troops", "alert raised", "رفع حالة التأهب", "повышение боеготовности";
    AlertLowered "alert.lowered" Point Some(Deployments), Closes("lowered"), "RETREAT.withdraw", "alert lowered", "خفض حالة التأهب", "снижение боеготовности";
    ForcesDeployed "forces.deployed" Standing Some(Deployments), Sets("deployed"), "MOBILIZE.troops", "forces deployed", "نشر قوات", "размещение войск";
    ForcesReinforced "forces.reinforced" Standing Some(Deployments), Sets("reinforced"), "MOBILIZE.troops", "forces reinforced", "تعزيز القوات", "усиление войск";
    ForcesWithdrawn "forces.withdrawn" Point Some(Deployments), Closes("withdrawn"), "RETREAT.withdraw", "forces withdrawn", "انسحاب القوات", "вывод войск";
    ExerciseHeld "exercise.held" Point None, None, "COOPERATE", "joint exercise held", "مناورة مشتركة", "совместные учения";
    CooperationAgreed "cooperation.agreed" Standing Some(Agreements), Sets("agreed"), "AGREE", "security co-operation agreed", "اتفاق على تعاون أمني", "соглашение о сотрудничестве в безопасности";
    ArmsSupplied "arms.supplied" Point None, None, "AID", "arms supplied", "توريد أسلحة", "поставка оружия";
    SupportSuspended "support.suspended" Standing Some(Sanctions), Sets("suspended"), "SANCTION.discontinue", "aid or arms suspended", "تعليق المساعدات", "приостановка помощи";
    SupportResumed "support.resumed" Point Some(Sanctions), Closes("resumed"), "CONCEDE", "aid or arms resumed", "استئناف المساعدات", "возобновление помощи";
    CyberConducted "cyber.conducted" Point None, None, "COERCE", "cyber operation", "عملية سيبرانية", "кибероперация";
    ShelterAlleged "shelter.alleged" Point None, None, "ACCUSE.allege", "shelter alleged", "اتهام بالإيواء", "обвинение в укрывательстве";
    GroupSupported "group.supported" Condition None, None, "COERCE", "armed group supported", "دعم جماعة مسلحة", "поддержка вооружённой группы";
    ArrestMade "arrest.made" Point None, None, "COERCE.arrest", "arrest made", "اعتقال", "арест";
    OperationConducted "operation.conducted" Point None, None, "COOPERATE", "operation conducted", "عملية أمنية", "силовая операция";
    HostageTaken "hostage.taken" Standing Some(Detentions), Sets("held"), "COERCE.arrest", "hostages taken", "احتجاز رهائن", "захват заложников";
    HostageReleased "hostage.released" Point Some(Detentions), Closes("released"), "CONCEDE", "hostages released", "الإفراج عن رهائن", "освобождение заложников";
    PrisonersExchanged "prisoners.exchanged" Point None, None, "CONCEDE", "prisoners exchanged", "تبادل أسرى", "обмен пленными";
    AttackOccurred "attack.occurred" Point None, None, "ASSAULT", "attack occurred", "هجوم", "нападение";
    PresenceClaimed "presence.claimed" Condition Some(Groups), Sets("claimed"), "ACCUSE.allege", "presence claimed", "وجود مزعوم لجماعة", "заявленное присутствие группировки";
    GroupDisbanded "group.disbanded" Point Some(Groups), Closes("disbanded"), "RETREAT", "armed group disbanded", "حل جماعة مسلحة", "роспуск вооружённой группы";
    TraffickingReported "trafficking.reported" Condition None, None, "ACCUSE.allege", "trafficking reported", "اتجار وتهريب", "незаконный оборот";
    FlowReported "flow.reported" Condition None, None, "REQUEST.assist", "flow of people reported", "تدفق لاجئين أو مهاجرين", "поток беженцев или мигрантов";
    ProjectAgreed "project.agreed" Standing Some(Projects), Sets("agreed"), "AGREE", "project agreed", "اتفاق على مشروع", "согласование проекта";
    ProjectStarted "project.started" Standing Some(Projects), Sets("started"), "COOPERATE", "project started", "بدء مشروع", "начало проекта";
    ProjectSuspended "project.suspended" Standing Some(Projects), Sets("suspended"), "SANCTION.discontinue", "project suspended", "تعليق مشروع", "приостановка проекта";
    ProjectCompleted "project.completed" Standing Some(Projects), Sets("completed"), "COOPERATE", "project completed", "إنجاز مشروع", "завершение проекта";
    TradeRestricted "trade.restricted" Standing Some(Trade), Sets("restricted"), "SANCTION.discontinue", "trade restricted", "تقييد التجارة", "ограничение торговли";
    TradeOpened "trade.opened" Point Some(Trade), Closes("open"), "COOPERATE", "trade opened", "فتح التجارة", "открытие торговли";
    TariffImposed "tariff.imposed" Standing Some(Trade), Sets("tariff"), "SANCTION.discontinue", "tariff imposed", "فرض رسوم جمركية", "введение пошлин";
    TariffLifted "tariff.lifted" Point Some(Trade), Closes("lifted"), "CONCEDE", "tariff lifted", "إلغاء رسوم جمركية", "отмена пошлин";
    BorderClosed "border.closed" Standing Some(Borders), Sets("closed"), "SANCTION.discontinue", "border closed", "إغلاق الحدود", "закрытие границы";
    BorderOpened "border.opened" Point Some(Borders), Closes("open"), "RETREAT.access", "border opened", "فتح الحدود", "открытие границы";
    AirspaceClosed "airspace.closed" Standing Some(Airspace), Sets("closed"), "SANCTION.discontinue", "airspace closed", "إغلاق المجال الجوي", "закрытие воздушного пространства";
    AirspaceOpened "airspace.opened" Point Some(Airspace), Closes("open"), "RETREAT.access", "airspace opened", "فتح المجال الجوي", "открытие воздушного пространства";
    VisaRequired "visa.required" Standing Some(Visas), Sets("required"), "COERCE.restrict", "visa required", "فرض تأشيرة", "введение виз";
    VisaWaived "visa.waived" Standing Some(Visas), Sets("waived"), "CONCEDE", "visa waived", "إلغاء التأشيرة", "отмена виз";
    SanctionImposed "sanction.imposed" Standing Some(Sanctions), Sets("in_force"), "SANCTION.discontinue", "sanction imposed", "فرض عقوبات", "введение санкций";
    SanctionEased "sanction.eased" Point Some(Sanctions), Closes("eased"), "CONCEDE", "sanction eased", "تخفيف عقوبات", "ослабление санкций";
    AidPledged "aid.pledged" Point None, None, "AGREE", "aid pledged", "تعهد بمساعدات", "обещание помощи";
    AidDelivered "aid.delivered" Point None, None, "AID", "aid delivered", "تقديم مساعدات", "оказание помощи";
    EvacuationAssisted "evacuation.assisted" Point None, None, "AID", "evacuation assisted", "المساعدة في الإجلاء", "помощь в эвакуации";
    RefugeesAdmitted "refugees.admitted" Point None, None, "AID", "refugees admitted", "استقبال لاجئين", "приём беженцев";
    RefugeesReturned "refugees.returned" Point None, None, "COERCE.deport", "refugees returned", "إعادة لاجئين", "возвращение беженцев";
    RestrictionImposed "restriction.imposed" Standing Some(Measures), Sets("in_force"), "COERCE.restrict", "restriction imposed", "فرض قيود", "введение ограничений";
    RestrictionLifted "restriction.lifted" Point Some(Measures), Closes("lifted"), "CONCEDE", "restriction lifted", "رفع قيود", "снятие ограничений";
    MeasureAdopted "measure.adopted" Standing Some(Measures), Sets("in_force"), "COERCE.restrict", "measure adopted", "اتخاذ إجراء", "принятие меры";
    MeasureDropped "measure.dropped" Point Some(Measures), Closes("dropped"), "CONCEDE", "measure dropped", "إلغاء إجراء", "отмена меры";
    Coded "coded" Point None, None, "", "coded event", "حدث مرمَّز", "кодированное событие";
}
