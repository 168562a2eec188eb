//! How each language writes a day, a month and a moment.

use jiff::civil::{Date, DateTime};

use super::Language;

#[rustfmt::skip]
const MONTHS: [[&str; 12]; 3] = [
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
    ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"],
    ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"],
];

impl Language {
    /// The name of a month, from 1 to 12, as it stands in a line.
    pub fn month_name(self, month: i8) -> &'static str {
        MONTHS[self as usize][(month.clamp(1, 12) - 1) as usize]
    }

    /// `June 2017`, `juin 2017`, `junio de 2017`.
    pub fn month(self, year: i16, month: i8) -> String {
        let name = self.month_name(month);
        match self {
            Language::English | Language::French => format!("{name} {year}"),
            Language::Spanish => format!("{name} de {year}"),
        }
    }

    /// `1 June 2017`, `1er juin 2017`, `1 de junio de 2017`.
    pub fn day(self, date: Date) -> String {
        let month = self.month(date.year(), date.month());
        match (self, date.day()) {
            (Language::French, 1) => format!("1er {month}"),
            (Language::English | Language::French, day) => format!("{day} {month}"),
            (Language::Spanish, day) => format!("{day} de {month}"),
        }
    }

    /// A day with the time of day: `1 June 2017, 09:30`.
    pub fn day_and_time(self, at: DateTime) -> String {
        let (day, hour, minute) = (self.day(at.date()), at.hour(), at.minute());
        match self {
            Language::French => format!("{day} à {hour:02}:{minute:02}"),
            Language::English | Language::Spanish => format!("{day}, {hour:02}:{minute:02}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn each_language_writes_dates_in_its_own_way() {
        let first = date(2017, 8, 1);
        let written = Language::ALL.map(|language| language.day(first));
        assert_eq!(written, ["1 August 2017", "1er août 2017", "1 de agosto de 2017"]);
        let moment = date(2026, 12, 24).at(9, 5, 0, 0);
        let written = Language::ALL.map(|language| language.day_and_time(moment));
        assert_eq!(
            written,
            ["24 December 2026, 09:05", "24 décembre 2026 à 09:05", "24 de diciembre de 2026, 09:05"]
        );
    }
}
