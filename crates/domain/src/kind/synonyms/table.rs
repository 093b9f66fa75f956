//! The table of phrases that are no codes or labels.

use crate::kind::Kind::{self, *};

/// The kinds that phrases mean, the likeliest first. Phrases are separated by `|`; the labels of
/// kinds are known without being listed.
pub(super) const SYNONYMS: &[(&[Kind], &str)] = &[
    // War and force.
    (
        &[WarBegan, ForceUsed],
        "war.declared|war.started|war.broke.out|war|invasion|declaration of war|حرب|إعلان الحرب|غزو|\
         война|объявление войны|вторжение|нападение на страну",
    ),
    (
        &[ForceUsed],
        "airstrike|airstrikes|air.strike|strike.conducted|missile.launched|missile.strike|\
         drone.strike|shelling|bombing|bombardment|raid|invaded|incursion|attack.launched|\
         military.strike|ضربة جوية|غارة جوية|غارة|قصف|هجوم عسكري|ضربة صاروخية|اجتياح|\
         авиаудар|удар|обстрел|бомбардировка|ракетный удар|рейд|атака",
    ),
    (
        &[ClashOccurred],
        "border.clash|border.clashes|skirmish|firefight|battle|battle.fought|exchange.of.fire|\
         fighting|اشتباكات|اشتباك حدودي|مناوشات|معركة|تبادل إطلاق النار|\
         столкновения|бой|перестрелка|пограничный конфликт",
    ),
    (
        &[ForceDisplayed, ThreatMade],
        "missile.test|missile.tested|nuclear.test|show.of.force|airspace.violated|\
         airspace.violation|military.buildup|blockade|mobilisation|mobilization|\
         تجربة صاروخية|حشد عسكري|انتهاك المجال الجوي|حصار|\
         испытание ракеты|демонстрация силы|нарушение воздушного пространства|блокада|мобилизация",
    ),
    (
        &[ThreatMade, DemandMade],
        "ultimatum|ultimatum.issued|threatened|warning.issued|إنذار|تهديدات|ультиматум|угрозы",
    ),
    (
        &[CeasefireAgreed],
        "truce.signed|truce|armistice.signed|armistice|ceasefire|ceasefire.signed|\
         ceasefire.declared|cessation.of.hostilities|هدنة|وقف إطلاق النار|وقف النار|\
         перемирие|прекратили огонь|соглашение о прекращении огня",
    ),
    (
        &[CeasefireBroken],
        "truce.broken|ceasefire.violated|ceasefire.collapsed|ceasefire.ended|خرق الهدنة|خرق وقف إطلاق النار|\
         срыв перемирия|нарушение перемирия",
    ),
    (
        &[PeaceAgreed, WarEnded],
        "peace.signed|peace.treaty|peace.treaty.signed|peace.deal|peace|معاهدة سلام|سلام|\
         мир|заключение мира|мирное соглашение",
    ),
    (
        &[WarEnded, CeasefireAgreed],
        "war.over|war.won|hostilities.ended|surrender|نهاية الحرب|استسلام|конец войны|капитуляция",
    ),
    (
        &[TerritoryOccupied],
        "occupation|territory.seized|territory.captured|land.seized|احتلال|оккупация|захват территории",
    ),
    (&[TerritoryAnnexed], "annexation|annexed|ضم|аннексия"),
    (
        &[AttackOccurred],
        "terror.attack|terrorist.attack|terrorism|suicide.bombing|insurgent.attack|militant.attack|\
         هجوم إرهابي|عمل إرهابي|تفجير|теракт|террористический акт|атака боевиков",
    ),
    (
        &[CyberConducted],
        "cyberattack|cyber.attack|hack|hacked|هجوم سيبراني|هجوم إلكتروني|кибератака",
    ),
    (
        &[ForcesDeployed],
        "troops.deployed|troops.sent|base.opened|military.base|peacekeepers.deployed|نشر الجنود|\
         قاعدة عسكرية|ввод войск|развёртывание войск|военная база",
    ),
    (
        &[ForcesWithdrawn],
        "troops.withdrawn|troop.withdrawal|base.closed|سحب القوات|отвод войск",
    ),
    (
        &[ExerciseHeld, ForceDisplayed],
        "exercise.conducted|joint.exercise|military.exercise|drill|drills|drill.held|manoeuvres|\
         maneuvers|مناورات|مناورات عسكرية|تدريبات عسكرية|учения|манёвры|военные учения",
    ),
    (
        &[ArmsSupplied],
        "arms.sold|arms.sale|arms.deal|weapons.supplied|weapons.delivered|military.aid|صفقة أسلحة|\
         مساعدات عسكرية|продажа оружия|поставки оружия|военная помощь",
    ),
    (
        &[GroupSupported, ShelterAlleged],
        "proxy.supported|rebels.armed|rebels.supported|دعم المتمردين|поддержка повстанцев",
    ),
    (
        &[HostageTaken, ArrestMade],
        "hostage|hostages|kidnapping|abduction|citizens.detained|خطف|اختطاف|رهائن|заложники|похищение",
    ),
    (
        &[HostageReleased, PrisonersExchanged],
        "detainees.released|prisoners.released|prisoner.released|إطلاق سراح|освобождение пленных",
    ),
    (
        &[PrisonersExchanged],
        "prisoner.swap|prisoner.exchange|prisoners.swapped|تبادل الأسرى|обмен пленных",
    ),
    // Relations, missions, envoys.
    (
        &[RelationsSevered],
        "ties.severed|ties.cut|relations.broken|relations.broken.off|relations.cut|\
         diplomatic.relations.severed|قطع العلاقات الدبلوماسية|разрыв дипломатических отношений|\
         разорвали отношения",
    ),
    (
        &[RelationsRestored],
        "ties.restored|relations.resumed|relations.normalised|relations.normalized|normalisation|\
         normalization|تطبيع|تطبيع العلاقات|استئناف العلاقات الدبلوماسية|нормализация|\
         нормализация отношений|восстановление дипломатических отношений",
    ),
    (
        &[RelationsEstablished],
        "ties.established|diplomatic.relations.established|установление дипломатических отношений",
    ),
    (&[RelationsDowngraded], "ties.downgraded|ties.reduced"),
    (
        &[RelationsSuspended],
        "ties.suspended|relations.frozen|ties.frozen|تجميد العلاقات|заморозка отношений",
    ),
    (
        &[MissionOpened],
        "embassy.opened|embassy.reopened|consulate.opened|liaison.office.opened|فتح سفارة|\
         افتتاح سفارة|افتتاح قنصلية|إعادة فتح السفارة|открытие посольства|открытие консульства",
    ),
    (
        &[MissionClosed, MissionSuspended],
        "embassy.closed|consulate.closed|embassy.evacuated|إغلاق السفارة|إغلاق سفارة|إغلاق قنصلية|\
         закрытие посольства|закрытие консульства",
    ),
    (
        &[MissionHandedOver],
        "embassy.handed.over|embassy.transferred|تسليم السفارة|تسليم سفارة|передача посольства",
    ),
    (
        &[EnvoyRecalled],
        "ambassador.recalled|ambassador.withdrawn|recalled.for.consultations|سحب السفير|\
         استدعاء السفير للتشاور|отзыв посла|отозвать посла",
    ),
    (
        &[EnvoyExpelled],
        "diplomat.expelled|diplomats.expelled|ambassador.expelled|persona.non.grata|\
         طرد السفير|طرد دبلوماسيين|شخص غير مرغوب فيه|высылка посла|высылка дипломатов|персона нон грата",
    ),
    (
        &[EnvoySummoned],
        "ambassador.summoned|charge.summoned|استدعاء السفير|вызов посла",
    ),
    (
        &[EnvoyAppointed, EnvoyAccredited],
        "ambassador.appointed|ambassador.named|ambassador.nominated|تعيين سفير|назначение посла",
    ),
    (&[EnvoyAppointed, EnvoyRecalled, EnvoyReturned], "посол"),
    (
        &[EnvoyReturned],
        "ambassador.returned|عودة السفير|возвращение посла",
    ),
    (
        &[RecognitionGranted],
        "recognised|recognized|recognition|الاعتراف|اعتراف|признали",
    ),
    (
        &[RecognitionRefused, RecognitionWithheld],
        "recognition.denied|non.recognition|عدم الاعتراف|непризнание",
    ),
    // Words and agreements.
    (
        &[VisitMade],
        "state.visit|official.visit|visited|visit|زيارة رسمية|официальный визит|государственный визит",
    ),
    (
        &[TalksHeld, VisitMade, MeetingAttended],
        "summit.held|summit|meeting.held|negotiations.held|negotiations|consultations.held|phone.call|\
         call.made|dialogue.held|مفاوضات|قمة|مباحثات|اتصال هاتفي|لقاء|саммит|встреча|консультации|\
         телефонный разговор",
    ),
    (
        &[TalksFailed],
        "talks.collapsed|talks.suspended|negotiations.failed|تعثر المفاوضات|срыв диалога",
    ),
    (
        &[AgreementSigned],
        "treaty.signed|deal.signed|trade.deal.signed|trade.agreement|mou.signed|memorandum.signed|\
         memorandum.of.understanding|partnership.signed|accord.signed|convention.signed|treaty.ratified|\
         agreement.ratified|معاهدة|اتفاقية|مذكرة تفاهم|توقيع اتفاقية|توقيع معاهدة|\
         договор|соглашение|меморандум|подписание договора",
    ),
    (
        &[AllianceFormed, AgreementSigned],
        "pact.signed|defence.pact|defense.pact|alliance|alliance.signed|mutual.defence|\
         non.aggression.pact|تحالف|حلف|معاهدة دفاع|союз|военный союз|оборонный договор|пакт",
    ),
    (
        &[AgreementEnded],
        "treaty.ended|treaty.denounced|treaty.terminated|agreement.terminated|withdrawal.from.treaty|расторжение договора|денонсация",
    ),
    (
        &[AgreementSuspended],
        "treaty.suspended|تعليق معاهدة|приостановка договора",
    ),
    (
        &[MembershipJoined],
        "accession|joined.organisation|joined.organization|انضمام|вступление",
    ),
    (
        &[MembershipLeft],
        "withdrawal.from.organisation|withdrawal.from.organization|left.organisation|انسحاب من منظمة",
    ),
    (
        &[StatementCritical],
        "condemned|condemnation|criticism|denounced|protest|إدانة|تنديد|انتقاد|осуждение|критика",
    ),
    (
        &[StatementSupportive],
        "praise|praised|endorsement|solidarity|إشادة|تأييد|تضامن|поддержка|похвала|солидарность",
    ),
    (
        &[AccusationMade],
        "accused|allegation|allegation.made|اتهامات|обвинения",
    ),
    (
        &[ComplaintFiled, EnvoySummoned],
        "protest.note|note.verbale|lawsuit.filed|case.filed|مذكرة احتجاج|شكوى|нота протеста|нота|жалоба|иск",
    ),
    (
        &[ChannelOpened],
        "hotline.opened|backchannel.opened|خط ساخن|горячая линия",
    ),
    // Economy, people, sanctions.
    (
        &[SanctionImposed, ListingAdded],
        "sanctions.imposed|sanctions|sanctioned|embargo|embargo.imposed|asset.freeze|assets.frozen|\
         boycott|عقوبات|حظر|مقاطعة|تجميد أصول|санкции|эмбарго|бойкот|заморозка активов",
    ),
    (
        &[SanctionEased, ListingRemoved],
        "sanctions.lifted|sanctions.eased|sanction.lifted|embargo.lifted|رفع العقوبات|снятие санкций|отмена санкций",
    ),
    (
        &[TariffImposed],
        "tariffs.raised|tariff.raised|tariffs.imposed|duties.raised|tariffs|رسوم جمركية|تعريفات|пошлины|повышение пошлин",
    ),
    (
        &[TariffLifted],
        "tariffs.lifted|tariffs.lowered|tariff.lowered|duties.lifted",
    ),
    (
        &[TradeRestricted, SanctionImposed],
        "export.banned|export.ban|import.banned|import.ban|export.controls|حظر التصدير|حظر الاستيراد|запрет экспорта|запрет импорта",
    ),
    (
        &[TradeOpened],
        "export.allowed|import.allowed|ban.lifted|trade.resumed",
    ),
    (
        &[BorderClosed],
        "crossing.closed|border.shut|إغلاق المعبر|إغلاق معبر|закрытие перехода",
    ),
    (
        &[BorderOpened],
        "crossing.opened|border.reopened|crossing.reopened|فتح المعبر|открытие перехода",
    ),
    (
        &[ProjectAgreed, ProjectStarted],
        "pipeline.agreed|investment.agreed|contract.signed|مشروع|проект|контракт",
    ),
    (
        &[SupportSuspended],
        "aid.suspended|aid.cut|aid.stopped|arms.suspended|قطع المساعدات|прекращение помощи",
    ),
    (
        &[AidDelivered, AidPledged],
        "aid|aid.sent|aid.given|humanitarian.aid|relief.sent|مساعدات|مساعدات إنسانية|помощь|гуманитарная помощь",
    ),
    (
        &[RefugeesReturned],
        "deportation|deported|migrants.deported|ترحيل|депортация",
    ),
    (
        &[RefugeesAdmitted, FlowReported],
        "refugees|لاجئون|لاجئين|беженцы",
    ),
    (
        &[VisaWaived],
        "visa.free|visa.exemption|visas.lifted|إعفاء من التأشيرة|безвизовый режим",
    ),
    (
        &[ListingAdded],
        "terror.listing|designated|blacklisted|تصنيف إرهابي|включение в перечень",
    ),
    (
        &[AuthorityChanged],
        "coup|regime.change|government.changed|election.won|takeover|انقلاب|переворот",
    ),
];
