//! The words of dates: months, days of the week, and what stands between and around them.
//!
//! Owns one table for each kind of word, in ordinary spelling, all languages together: a new language is
//! its words added to the lines. It must never know how words make a date.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::intake::fold::fold;

/// Names of the months from January on, full, inflected and short; `_` stands for a space. Where two
/// languages give one word to two months (`listopad`), the one with more readers has it.
const MONTHS: [&str; 12] = [
    "january jan janvier janv enero ene januar jänner jän gennaio gen janeiro januari styczeń stycznia sty \
     январь января янв يناير كانون_الثاني جانفي ژانویه ianuarie ian ocak січень січня leden ledna január januára \
     siječanj siječnja januára tammikuu tammikuuta január ιανουάριος ιανουαρίου ιαν sausio janvāris janvārī \
     jaanuar gener januāris януари јануар јануара जनवरी জানুয়ারি ינואר בינואר janar",
    "february feb février févr fév fevrier febrero februar feber febbraio fevereiro fev februari luty lutego lut \
     февраль февраля фев февр فبراير شباط فيفري فوریه februarie şubat лютий лютого únor února február februára \
     veljača veljače helmikuu helmikuuta φεβρουάριος φεβρουαρίου φεβ vasario februāris veebruar febrer \
     февруари фебруар фебруара फ़रवरी फरवरी ফেব্রুয়ারি פברואר בפברואר shkurt",
    "march mar mars marzo märz maerz mär mrz março maart mrt marzec marca мартa март марта мар مارس آذار \
     martie mart березень березня březen března marec ožujak ožujka maaliskuu maaliskuuta március márc \
     μάρτιος μαρτίου μαρ kovo marts märts març maret mac मार्च মার্চ מרץ במרץ",
    "april apr avril avr abril abr aprile aprili kwiecień kwietnia kwi апрель апреля апр أبريل إبريل نيسان \
     أفريل آوریل aprilie nisan квітень квітня duben dubna apríl apríla travanj travnja huhtikuu huhtikuuta \
     április ápr απρίλιος απριλίου απρ balandžio aprīlis aprill април априла अप्रैल এপ্রিল אפריל באפריל prill",
    "may mai mayo maggio mag maio mei maj maja май мая مايو أيار ماي مه mayıs травень травня květen května \
     máj mája svibanj svibnja toukokuu toukokuuta május máj μάιος μαΐου μαϊ gegužės maijs maig maí мај маја मई \
     মে מאי במאי mei",
    "june jun juin junio juni giugno giu junho czerwiec czerwca cze июнь июня июн يونيو يونيه حزيران جوان ژوئن \
     iunie iun haziran червень червня červen června jún júna lipanj lipnja kesäkuu kesäkuuta június \
     ιούνιος ιουνίου ιουν birželio jūnijs juuni juny юни јун јуна जून জুন יוני ביוני qershor",
    "july jul juillet juil julio juli luglio lug julho lipiec lipca lip июль июля июл يوليو يوليه تموز جويلية \
     ژوئیه iulie iul temmuz липень липня červenec července júl júla srpanj srpnja heinäkuu heinäkuuta július \
     ιούλιος ιουλίου ιουλ liepos jūlijs juuli juliol юли јул јула julai जुलाई জুলাই יולי ביולי korrik",
    "august aug août agosto ago agos augustus sierpień sierpnia sie август августа авг أغسطس آب أوت اوت اوت \
     ağustos серпень серпня srpen srpna kolovoz kolovoza elokuu elokuuta augusztus αύγουστος αυγούστου αυγ \
     rugpjūčio augusts agost augusta agustus ogos август августа अगस्त আগস্ট אוגוסט באוגוסט gusht agosti",
    "september sep sept septembre septiembre setiembre settembre set setembro wrzesień września wrz сентябрь \
     сентября сен сент سبتمبر أيلول سپتامبر septembrie eylül вересень вересня září septembra rujan rujna \
     syyskuu syyskuuta szeptember szept σεπτέμβριος σεπτεμβρίου σεπ rugsėjo septembris setembre септември \
     септембар септембра सितंबर सितम्बर সেপ্টেম্বর ספטמבר בספטמבר shtator septemba",
    "october oct octobre octubre oktober okt ottobre ott outubro out październik października paź октябрь \
     октября окт أكتوبر تشرين_الأول اکتبر octombrie ekim жовтень жовтня říjen října október októbra lokakuu \
     lokakuuta οκτώβριος οκτωβρίου οκτ spalio oktobris oktoober octubre октомври октобар октобра oktoba अक्टूबर \
     अक्तूबर অক্টোবর אוקטובר באוקטובר tetor",
    "november nov novembre noviembre novembro listopad listopada listopadu lis ноябрь ноября ноя нояб نوفمبر \
     تشرين_الثاني نوامبر noiembrie kasım листопада studeni studenoga novembra marraskuu marraskuuta \
     νοέμβριος νοεμβρίου νοε lapkričio novembris noviembre ноември новембар новембра novemba नवंबर नवम्बर নভেম্বর \
     נובמבר בנובמבר nëntor",
    "december dec décembre déc diciembre dic dezember dez dicembre dezembro grudzień grudnia gru декабрь \
     декабря дек ديسمبر كانون_الأول دسامبر decembrie aralık грудень грудня prosinec prosince decembra prosinac \
     prosinca joulukuu joulukuuta δεκέμβριος δεκεμβρίου δεκ gruodžio decembris detsember desembre desember des \
     декември децембар децембра disember desemba दिसंबर दिसम्बर ডিসেম্বর דצמבר בדצמבר dhjetor",
];

/// Months that are also everyday words: in running text they need a day before or after them.
const EVERYDAY: &str = "mar out set ago des dec dic gen mac mag lis lip sie gru مه";

/// Days of the week, full and short.
const WEEKDAYS: &str = "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed weds thu thur thurs fri sat sun \
     lundi mardi mercredi jeudi vendredi samedi dimanche lun mer jeu ven sam dim \
     lunes martes miércoles jueves viernes sábado domingo mié jue vie sáb dom \
     montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so \
     lunedì martedì mercoledì giovedì venerdì sabato domenica gio \
     segunda terça quarta quinta sexta feira seg ter qua qui sex \
     maandag dinsdag woensdag donderdag vrijdag zaterdag zondag ma wo vr za zo \
     poniedziałek wtorek środa czwartek piątek sobota niedziela pon wt śr czw pt sob niedz \
     понедельник вторник среда четверг пятница суббота воскресенье пн вт ср чт пт сб вс \
     الاثنين الإثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد \
     pazartesi salı çarşamba perşembe cuma cumartesi pazar måndag tisdag onsdag torsdag fredag lördag söndag \
     mandag tirsdag lørdag søndag pondělí úterý středa čtvrtek pátek neděle luni marți miercuri joi vineri sâmbătă \
     duminică senin selasa rabu kamis jumat sabtu minggu δευτέρα τρίτη τετάρτη πέμπτη παρασκευή σάββατο κυριακή";

/// What may stand between the parts of a date.
const JOINTS: &str = "of de del do di the den d da al lui";

/// What joins two days of one span.
const THROUGH: &str = "and to through und bis et au y e a al i do ed en tot og och до и по";

/// What makes a number an ordinal, written right after it.
const ORDINALS: &str = "st nd rd th er ere eme re e o a te ste de";

/// What may stand around a date that is otherwise alone.
const AROUND: &str =
    "on le el am den the il em op dnia года год г гг р року r roku m gada d d' año ano l la of";

/// Words before a time of day.
const AT: &str = "t at à a um las le alle ore as às om o kl в о saat klo";

/// Words after a time of day.
const CLOCK: &str = "uhr h hs hrs hours heures horas uur";

/// Offsets of the zones that RFC 5322 section 4.3 names and of the others that bylines use, in minutes.
const ZONES: [(&str, i32); 18] = [
    ("z", 0),
    ("ut", 0),
    ("utc", 0),
    ("gmt", 0),
    ("wet", 0),
    ("bst", 60),
    ("cet", 60),
    ("mez", 60),
    ("cest", 120),
    ("mesz", 120),
    ("eet", 120),
    ("eest", 180),
    ("est", -300),
    ("edt", -240),
    ("cst", -360),
    ("cdt", -300),
    ("pst", -480),
    ("pdt", -420),
];

/// What a word can be in a date. A word can be several things: `do` is Thursday, *of* and *until*.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// From 1 to 12.
    pub month: Option<i8>,
    pub everyday: bool,
    pub weekday: bool,
    pub joint: bool,
    pub through: bool,
    pub ordinal: bool,
    pub around: bool,
    pub at: bool,
    pub clock: bool,
    /// `am` and `pm`: the hours that they add to twelve.
    pub half: Option<i8>,
    /// The letters of `a.m.` and `p.m.`.
    pub initial: Option<char>,
    /// Minutes from UTC.
    pub zone: Option<i32>,
}

/// Every word of the tables, folded.
static WORDS: LazyLock<HashMap<String, Word>> = LazyLock::new(|| {
    let mut words: HashMap<String, Word> = HashMap::new();
    let mut mark = |names: &str, set: &dyn Fn(&mut Word)| {
        for name in names.split_whitespace() {
            set(words.entry(fold(&name.replace('_', " "))).or_default());
        }
    };
    for (number, names) in (1..).zip(MONTHS) {
        mark(names, &|word| word.month = Some(word.month.unwrap_or(number)));
    }
    mark(EVERYDAY, &|word| word.everyday = true);
    mark(WEEKDAYS, &|word| word.weekday = true);
    mark(JOINTS, &|word| word.joint = true);
    mark(THROUGH, &|word| word.through = true);
    mark(ORDINALS, &|word| word.ordinal = true);
    mark(AROUND, &|word| word.around = true);
    mark(AT, &|word| word.at = true);
    mark(CLOCK, &|word| word.clock = true);
    mark("am", &|word| word.half = Some(0));
    mark("pm", &|word| word.half = Some(12));
    for (name, letter) in [("a", 'a'), ("p", 'p'), ("m", 'm')] {
        mark(name, &|word| word.initial = Some(letter));
    }
    for (name, minutes) in ZONES {
        mark(name, &|word| word.zone = Some(minutes));
    }
    words
});

/// The longest name in the tables, in bytes, with room to spare: longer words need no look-up.
pub const WORD_BYTES_MAX: usize = 48;

/// What the folded word can be in a date.
pub fn word(folded: &str) -> Option<Word> {
    WORDS.get(folded).copied()
}

#[cfg(test)]
pub fn month_names() -> impl Iterator<Item = (i8, &'static str)> {
    (1..).zip(MONTHS).flat_map(|(number, names)| names.split_whitespace().map(move |name| (number, name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_short_enough_to_be_looked_up_and_means_one_month() {
        for (number, name) in month_names() {
            let folded = fold(&name.replace('_', " "));
            assert!(name.len() <= WORD_BYTES_MAX, "{name}");
            assert_eq!(word(&folded).and_then(|word| word.month), Some(number), "{name}");
        }
    }
}
