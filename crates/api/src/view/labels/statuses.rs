//! Labels of the statuses of register entries. A word may have another label in another register:
//! an open war is not an open embassy.

use detente_domain::dimension::Register;

use super::{Label, label};

/// Returns the label of a status.
pub(super) fn status(register: Register, word: &str) -> Option<Label> {
    let own = match register {
        Register::Relations => relations(word),
        Register::Missions => missions(word),
        Register::Envoys => envoys(word),
        Register::Listings => listings(word),
        Register::Sanctions => sanctions(word),
        Register::Borders => borders(word),
        Register::Airspace => airspace(word),
        Register::Visas => visas(word),
        Register::Trade => trade(word),
        Register::Agreements => agreements(word),
        Register::Alliances => alliances(word),
        Register::Memberships => memberships(word),
        Register::Wars => wars(word),
        Register::Occupations => occupations(word),
        Register::Deployments => deployments(word),
        Register::Groups => groups(word),
        Register::Detentions => detentions(word),
        Register::Projects => projects(word),
        Register::Meetings => meetings(word),
        Register::Channels => channels(word),
        Register::Measures => measures(word),
    };
    // What an organisation did stands for a member until it leaves.
    own.or_else(|| (word == "left").then(|| label("left", "سقط بالانسحاب", "выбыл участник")))
}

fn relations(word: &str) -> Option<Label> {
    Some(match word {
        "established" => label("established", "قائمة", "установлены"),
        "downgraded" => label("downgraded", "مخفّضة المستوى", "уровень понижен"),
        "suspended" => label("suspended", "معلّقة", "приостановлены"),
        "severed" => label("severed", "مقطوعة", "разорваны"),
        "restored" => label("restored", "مستأنفة", "восстановлены"),
        _ => return None,
    })
}

fn missions(word: &str) -> Option<Label> {
    Some(match word {
        "open" => label("open", "مفتوحة", "открыто"),
        "suspended" => label("suspended", "معلّقة", "работа приостановлена"),
        "closed" => label("closed", "مغلقة", "закрыто"),
        "severed" => label(
            "severed",
            "أُنهيت بقطع العلاقات",
            "закрыто с разрывом отношений",
        ),
        _ => return None,
    })
}

fn envoys(word: &str) -> Option<Label> {
    Some(match word {
        "in_post" => label("in post", "في منصبه", "на посту"),
        "appointed" => label("appointed", "معيّن", "назначен"),
        "accredited" => label("accredited", "معتمد", "аккредитован"),
        "credentials_presented" => label(
            "credentials presented",
            "قدّم أوراق الاعتماد",
            "вручил верительные грамоты",
        ),
        "recalled" => label("recalled", "مستدعى", "отозван"),
        "ended" => label("ended", "انتهت مهمته", "миссия завершена"),
        "expelled" => label("expelled", "مطرود", "выслан"),
        "severed" => label(
            "severed",
            "انتهت مهمته بقطع العلاقات",
            "отозван с разрывом отношений",
        ),
        _ => return None,
    })
}

fn listings(word: &str) -> Option<Label> {
    Some(match word {
        "listed" => label("listed", "مدرج", "в списке"),
        "removed" => label("removed", "مشطوب", "исключён"),
        _ => return None,
    })
}

fn sanctions(word: &str) -> Option<Label> {
    Some(match word {
        "in_force" => label("in force", "سارية", "действуют"),
        "eased" => label("eased", "مخفّفة", "ослаблены"),
        // Aid or arms that are held back.
        "suspended" => label("suspended", "دعم معلّق", "помощь приостановлена"),
        "resumed" => label("resumed", "دعم مستأنف", "помощь возобновлена"),
        _ => return None,
    })
}

fn borders(word: &str) -> Option<Label> {
    Some(match word {
        "closed" => label("closed", "مغلقة", "закрыта"),
        "open" => label("open", "مفتوحة", "открыта"),
        _ => return None,
    })
}

fn airspace(word: &str) -> Option<Label> {
    Some(match word {
        "closed" => label("closed", "مغلق", "закрыто"),
        "open" => label("open", "مفتوح", "открыто"),
        _ => return None,
    })
}

fn visas(word: &str) -> Option<Label> {
    Some(match word {
        "required" => label("required", "مطلوبة", "требуются"),
        "waived" => label("waived", "ملغاة", "отменены"),
        _ => return None,
    })
}

fn trade(word: &str) -> Option<Label> {
    Some(match word {
        "restricted" => label("restricted", "مقيّدة", "ограничена"),
        "open" => label("open", "مفتوحة", "открыта"),
        "tariff" => label("tariff", "رسوم جمركية", "пошлины"),
        "lifted" => label("lifted", "أُلغيت الرسوم", "пошлины отменены"),
        _ => return None,
    })
}

fn agreements(word: &str) -> Option<Label> {
    Some(match word {
        "in_force" => label("in force", "سارٍ", "действует"),
        "initialled" => label("initialled", "موقّع بالأحرف الأولى", "парафировано"),
        "agreed" => label("agreed", "متفق عليه", "согласовано"),
        "suspended" => label("suspended", "معلّق", "приостановлено"),
        "ended" => label("ended", "منتهٍ", "прекращено"),
        _ => return None,
    })
}

fn alliances(word: &str) -> Option<Label> {
    Some(match word {
        "in_force" => label("in force", "قائم", "действует"),
        "suspended" => label("suspended", "معلّق", "приостановлен"),
        "ended" => label("ended", "منتهٍ", "прекращён"),
        _ => return None,
    })
}

fn memberships(word: &str) -> Option<Label> {
    Some(match word {
        "member" => label("member", "عضو", "член"),
        "suspended" => label("suspended", "عضوية معلّقة", "членство приостановлено"),
        "left" => label("left", "منسحب", "вышли"),
        _ => return None,
    })
}

fn wars(word: &str) -> Option<Label> {
    Some(match word {
        "open" => label("open", "دائرة", "идёт"),
        "ceasefire" => label("ceasefire", "وقف إطلاق النار", "прекращение огня"),
        "ended" => label("ended", "منتهية", "окончена"),
        _ => return None,
    })
}

fn occupations(word: &str) -> Option<Label> {
    Some(match word {
        "occupied" => label("occupied", "محتلة", "оккупирована"),
        "annexed" => label("annexed", "مضمومة", "аннексирована"),
        "returned" => label("returned", "مُعادة", "возвращена"),
        _ => return None,
    })
}

fn deployments(word: &str) -> Option<Label> {
    Some(match word {
        "alert" => label("alert", "تأهب", "боевая готовность"),
        "lowered" => label("lowered", "انتهى التأهب", "готовность снижена"),
        "deployed" => label("deployed", "منتشرة", "размещены"),
        "reinforced" => label("reinforced", "معزّزة", "усилены"),
        "withdrawn" => label("withdrawn", "منسحبة", "выведены"),
        _ => return None,
    })
}

fn groups(word: &str) -> Option<Label> {
    Some(match word {
        "claimed" => label("claimed", "وجود مزعوم", "заявлено присутствие"),
        "disbanded" => label("disbanded", "منحلّة", "распущена"),
        "lapsed" => label("lapsed", "انقضى الزعم", "срок заявления истёк"),
        _ => return None,
    })
}

fn detentions(word: &str) -> Option<Label> {
    Some(match word {
        "held" => label("held", "قيد الاحتجاز", "удерживаются"),
        "released" => label("released", "أُفرج عنهم", "освобождены"),
        _ => return None,
    })
}

fn projects(word: &str) -> Option<Label> {
    Some(match word {
        "agreed" => label("agreed", "متفق عليه", "согласован"),
        "started" => label("started", "بدأ", "начат"),
        "suspended" => label("suspended", "معلّق", "приостановлен"),
        "completed" => label("completed", "منجز", "завершён"),
        _ => return None,
    })
}

fn meetings(word: &str) -> Option<Label> {
    Some(match word {
        "attended" => label("attended", "جرى الحضور", "участвовали"),
        _ => return None,
    })
}

fn channels(word: &str) -> Option<Label> {
    Some(match word {
        "open" => label("open", "مفتوحة", "открыт"),
        "closed" => label("closed", "مغلقة", "закрыт"),
        _ => return None,
    })
}

fn measures(word: &str) -> Option<Label> {
    Some(match word {
        "in_force" => label("in force", "سارٍ", "действует"),
        "lifted" => label("lifted", "مرفوع", "снята"),
        "dropped" => label("dropped", "ملغى", "отменена"),
        _ => return None,
    })
}
