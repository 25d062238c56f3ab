//! What a country's code tells: its official languages among ours, and its time zone.
//!
//! Languages: CLDR 48.2, `territoryInfo`, official and de facto official languages, the largest
//! population first. Zones: `zone.tab` of the IANA database, where a country has one zone (and
//! Germany, whose second one keeps the same time).

use super::Language::{self, Da, De, En, Fr, It, Pl};

/// A country's official languages that we write, the largest first. Empty when unknown.
pub fn languages(country: &str) -> &'static [Language] {
    row(country).map_or(&[], |row| row.1)
}

/// Whether the largest official language is none that we write, although another one is: Dutch comes
/// before French in Belgium.
pub fn another_is_larger(country: &str) -> bool {
    ANOTHER_IS_LARGER
        .iter()
        .any(|known| known.eq_ignore_ascii_case(country))
}

/// A country's time zone, where it has one.
pub fn time_zone(country: &str) -> Option<&'static str> {
    row(country).and_then(|row| row.2)
}

type Row = (&'static str, &'static [Language], Option<&'static str>);

fn row(country: &str) -> Option<&'static Row> {
    COUNTRIES
        .iter()
        .find(|row| row.0.eq_ignore_ascii_case(country))
}

#[rustfmt::skip]
static ANOTHER_IS_LARGER: &[&str] = &[
    "AS", "BE", "BI", "CF", "DZ", "ER", "GQ", "HK", "HT", "IN", "KE", "KM", "LS", "MA", "MG", "MT",
    "PG", "PK", "PR", "PW", "RW", "SD", "SN", "TD", "TK", "TN", "TO", "TV", "TZ", "UG", "VU", "WS",
    "ZW",
];

#[rustfmt::skip]
static COUNTRIES: &[Row] = &[
    ("AD", &[], Some("Europe/Andorra")),
    ("AE", &[], Some("Asia/Dubai")),
    ("AF", &[], Some("Asia/Kabul")),
    ("AG", &[En], Some("America/Antigua")),
    ("AI", &[En], Some("America/Anguilla")),
    ("AL", &[], Some("Europe/Tirane")),
    ("AM", &[], Some("Asia/Yerevan")),
    ("AO", &[], Some("Africa/Luanda")),
    ("AS", &[En], Some("Pacific/Pago_Pago")),
    ("AT", &[De], Some("Europe/Vienna")),
    ("AU", &[En], None),
    ("AW", &[], Some("America/Aruba")),
    ("AX", &[], Some("Europe/Mariehamn")),
    ("AZ", &[], Some("Asia/Baku")),
    ("BA", &[], Some("Europe/Sarajevo")),
    ("BB", &[En], Some("America/Barbados")),
    ("BD", &[], Some("Asia/Dhaka")),
    ("BE", &[Fr, De], Some("Europe/Brussels")),
    ("BF", &[Fr], Some("Africa/Ouagadougou")),
    ("BG", &[], Some("Europe/Sofia")),
    ("BH", &[], Some("Asia/Bahrain")),
    ("BI", &[Fr, En], Some("Africa/Bujumbura")),
    ("BJ", &[Fr], Some("Africa/Porto-Novo")),
    ("BL", &[Fr], Some("America/St_Barthelemy")),
    ("BM", &[En], Some("Atlantic/Bermuda")),
    ("BN", &[], Some("Asia/Brunei")),
    ("BO", &[], Some("America/La_Paz")),
    ("BQ", &[], Some("America/Kralendijk")),
    ("BS", &[En], Some("America/Nassau")),
    ("BT", &[], Some("Asia/Thimphu")),
    ("BW", &[En], Some("Africa/Gaborone")),
    ("BY", &[], Some("Europe/Minsk")),
    ("BZ", &[En], Some("America/Belize")),
    ("CA", &[En, Fr], None),
    ("CC", &[En], Some("Indian/Cocos")),
    ("CD", &[Fr], None),
    ("CF", &[Fr], Some("Africa/Bangui")),
    ("CG", &[Fr], Some("Africa/Brazzaville")),
    ("CH", &[De, Fr, It], Some("Europe/Zurich")),
    ("CI", &[Fr], Some("Africa/Abidjan")),
    ("CK", &[En], Some("Pacific/Rarotonga")),
    ("CM", &[Fr, En], Some("Africa/Douala")),
    ("CO", &[], Some("America/Bogota")),
    ("CQ", &[En], None),
    ("CR", &[], Some("America/Costa_Rica")),
    ("CU", &[], Some("America/Havana")),
    ("CV", &[], Some("Atlantic/Cape_Verde")),
    ("CW", &[], Some("America/Curacao")),
    ("CX", &[En], Some("Indian/Christmas")),
    ("CZ", &[], Some("Europe/Prague")),
    ("DE", &[De], Some("Europe/Berlin")),
    ("DG", &[En], None),
    ("DJ", &[Fr], Some("Africa/Djibouti")),
    ("DK", &[Da], Some("Europe/Copenhagen")),
    ("DM", &[En], Some("America/Dominica")),
    ("DO", &[], Some("America/Santo_Domingo")),
    ("DZ", &[Fr], Some("Africa/Algiers")),
    ("EE", &[], Some("Europe/Tallinn")),
    ("EG", &[], Some("Africa/Cairo")),
    ("EH", &[], Some("Africa/El_Aaiun")),
    ("ER", &[En], Some("Africa/Asmara")),
    ("ET", &[], Some("Africa/Addis_Ababa")),
    ("FI", &[], Some("Europe/Helsinki")),
    ("FJ", &[En], Some("Pacific/Fiji")),
    ("FK", &[En], Some("Atlantic/Stanley")),
    ("FM", &[En], None),
    ("FO", &[], Some("Atlantic/Faroe")),
    ("FR", &[Fr], Some("Europe/Paris")),
    ("GA", &[Fr], Some("Africa/Libreville")),
    ("GB", &[En], Some("Europe/London")),
    ("GD", &[En], Some("America/Grenada")),
    ("GE", &[], Some("Asia/Tbilisi")),
    ("GF", &[Fr], Some("America/Cayenne")),
    ("GG", &[En], Some("Europe/Guernsey")),
    ("GH", &[En], Some("Africa/Accra")),
    ("GI", &[En], Some("Europe/Gibraltar")),
    ("GM", &[En], Some("Africa/Banjul")),
    ("GN", &[Fr], Some("Africa/Conakry")),
    ("GP", &[Fr], Some("America/Guadeloupe")),
    ("GQ", &[Fr], Some("Africa/Malabo")),
    ("GR", &[], Some("Europe/Athens")),
    ("GS", &[En], Some("Atlantic/South_Georgia")),
    ("GT", &[], Some("America/Guatemala")),
    ("GU", &[En], Some("Pacific/Guam")),
    ("GW", &[], Some("Africa/Bissau")),
    ("GY", &[En], Some("America/Guyana")),
    ("HK", &[En], Some("Asia/Hong_Kong")),
    ("HN", &[], Some("America/Tegucigalpa")),
    ("HR", &[], Some("Europe/Zagreb")),
    ("HT", &[Fr], Some("America/Port-au-Prince")),
    ("HU", &[], Some("Europe/Budapest")),
    ("IE", &[En], Some("Europe/Dublin")),
    ("IL", &[], Some("Asia/Jerusalem")),
    ("IM", &[En], Some("Europe/Isle_of_Man")),
    ("IN", &[En], Some("Asia/Kolkata")),
    ("IO", &[En], Some("Indian/Chagos")),
    ("IQ", &[], Some("Asia/Baghdad")),
    ("IR", &[], Some("Asia/Tehran")),
    ("IS", &[], Some("Atlantic/Reykjavik")),
    ("IT", &[It], Some("Europe/Rome")),
    ("JE", &[En], Some("Europe/Jersey")),
    ("JM", &[En], Some("America/Jamaica")),
    ("JO", &[], Some("Asia/Amman")),
    ("JP", &[], Some("Asia/Tokyo")),
    ("KE", &[En], Some("Africa/Nairobi")),
    ("KG", &[], Some("Asia/Bishkek")),
    ("KH", &[], Some("Asia/Phnom_Penh")),
    ("KI", &[En], None),
    ("KM", &[Fr], Some("Indian/Comoro")),
    ("KN", &[En], Some("America/St_Kitts")),
    ("KP", &[], Some("Asia/Pyongyang")),
    ("KR", &[], Some("Asia/Seoul")),
    ("KW", &[], Some("Asia/Kuwait")),
    ("KY", &[En], Some("America/Cayman")),
    ("LA", &[], Some("Asia/Vientiane")),
    ("LB", &[], Some("Asia/Beirut")),
    ("LC", &[En], Some("America/St_Lucia")),
    ("LI", &[De], Some("Europe/Vaduz")),
    ("LK", &[], Some("Asia/Colombo")),
    ("LR", &[En], Some("Africa/Monrovia")),
    ("LS", &[En], Some("Africa/Maseru")),
    ("LT", &[], Some("Europe/Vilnius")),
    ("LU", &[Fr, De], Some("Europe/Luxembourg")),
    ("LV", &[], Some("Europe/Riga")),
    ("LY", &[], Some("Africa/Tripoli")),
    ("MA", &[Fr], Some("Africa/Casablanca")),
    ("MC", &[Fr], Some("Europe/Monaco")),
    ("MD", &[], Some("Europe/Chisinau")),
    ("ME", &[], Some("Europe/Podgorica")),
    ("MF", &[Fr], Some("America/Marigot")),
    ("MG", &[Fr, En], Some("Indian/Antananarivo")),
    ("MH", &[En], None),
    ("MK", &[], Some("Europe/Skopje")),
    ("ML", &[Fr], Some("Africa/Bamako")),
    ("MM", &[], Some("Asia/Yangon")),
    ("MO", &[], Some("Asia/Macau")),
    ("MP", &[En], Some("Pacific/Saipan")),
    ("MQ", &[Fr], Some("America/Martinique")),
    ("MR", &[], Some("Africa/Nouakchott")),
    ("MS", &[En], Some("America/Montserrat")),
    ("MT", &[En], Some("Europe/Malta")),
    ("MU", &[Fr, En], Some("Indian/Mauritius")),
    ("MV", &[], Some("Indian/Maldives")),
    ("MW", &[En], Some("Africa/Blantyre")),
    ("MZ", &[], Some("Africa/Maputo")),
    ("NA", &[En], Some("Africa/Windhoek")),
    ("NC", &[Fr], Some("Pacific/Noumea")),
    ("NE", &[Fr], Some("Africa/Niamey")),
    ("NF", &[En], Some("Pacific/Norfolk")),
    ("NG", &[En], Some("Africa/Lagos")),
    ("NI", &[], Some("America/Managua")),
    ("NL", &[], Some("Europe/Amsterdam")),
    ("NO", &[], Some("Europe/Oslo")),
    ("NP", &[], Some("Asia/Kathmandu")),
    ("NR", &[En], Some("Pacific/Nauru")),
    ("NU", &[En], Some("Pacific/Niue")),
    ("NZ", &[En], None),
    ("OM", &[], Some("Asia/Muscat")),
    ("PA", &[], Some("America/Panama")),
    ("PE", &[], Some("America/Lima")),
    ("PF", &[Fr], None),
    ("PG", &[En], None),
    ("PH", &[En], Some("Asia/Manila")),
    ("PK", &[En], Some("Asia/Karachi")),
    ("PL", &[Pl], Some("Europe/Warsaw")),
    ("PM", &[Fr], Some("America/Miquelon")),
    ("PN", &[En], Some("Pacific/Pitcairn")),
    ("PR", &[En], Some("America/Puerto_Rico")),
    ("PW", &[En], Some("Pacific/Palau")),
    ("PY", &[], Some("America/Asuncion")),
    ("QA", &[], Some("Asia/Qatar")),
    ("RE", &[Fr], Some("Indian/Reunion")),
    ("RO", &[], Some("Europe/Bucharest")),
    ("RS", &[], Some("Europe/Belgrade")),
    ("RW", &[En, Fr], Some("Africa/Kigali")),
    ("SA", &[], Some("Asia/Riyadh")),
    ("SB", &[En], Some("Pacific/Guadalcanal")),
    ("SC", &[Fr, En], Some("Indian/Mahe")),
    ("SD", &[En], Some("Africa/Khartoum")),
    ("SE", &[], Some("Europe/Stockholm")),
    ("SG", &[En], Some("Asia/Singapore")),
    ("SH", &[En], Some("Atlantic/St_Helena")),
    ("SI", &[], Some("Europe/Ljubljana")),
    ("SJ", &[], Some("Arctic/Longyearbyen")),
    ("SK", &[], Some("Europe/Bratislava")),
    ("SL", &[En], Some("Africa/Freetown")),
    ("SM", &[It], Some("Europe/San_Marino")),
    ("SN", &[Fr], Some("Africa/Dakar")),
    ("SO", &[], Some("Africa/Mogadishu")),
    ("SR", &[], Some("America/Paramaribo")),
    ("SS", &[En], Some("Africa/Juba")),
    ("ST", &[], Some("Africa/Sao_Tome")),
    ("SV", &[], Some("America/El_Salvador")),
    ("SX", &[En], Some("America/Lower_Princes")),
    ("SY", &[], Some("Asia/Damascus")),
    ("SZ", &[En], Some("Africa/Mbabane")),
    ("TC", &[En], Some("America/Grand_Turk")),
    ("TD", &[Fr], Some("Africa/Ndjamena")),
    ("TF", &[], Some("Indian/Kerguelen")),
    ("TG", &[Fr], Some("Africa/Lome")),
    ("TH", &[], Some("Asia/Bangkok")),
    ("TJ", &[], Some("Asia/Dushanbe")),
    ("TK", &[En], Some("Pacific/Fakaofo")),
    ("TL", &[], Some("Asia/Dili")),
    ("TM", &[], Some("Asia/Ashgabat")),
    ("TN", &[Fr], Some("Africa/Tunis")),
    ("TO", &[En], Some("Pacific/Tongatapu")),
    ("TR", &[], Some("Europe/Istanbul")),
    ("TT", &[En], Some("America/Port_of_Spain")),
    ("TV", &[En], Some("Pacific/Funafuti")),
    ("TW", &[], Some("Asia/Taipei")),
    ("TZ", &[En], Some("Africa/Dar_es_Salaam")),
    ("UG", &[En], Some("Africa/Kampala")),
    ("UM", &[En], None),
    ("US", &[En], None),
    ("UY", &[], Some("America/Montevideo")),
    ("VA", &[It], Some("Europe/Vatican")),
    ("VC", &[En], Some("America/St_Vincent")),
    ("VE", &[], Some("America/Caracas")),
    ("VG", &[En], Some("America/Tortola")),
    ("VI", &[En], Some("America/St_Thomas")),
    ("VN", &[], Some("Asia/Ho_Chi_Minh")),
    ("VU", &[En, Fr], Some("Pacific/Efate")),
    ("WF", &[Fr], Some("Pacific/Wallis")),
    ("WS", &[En], Some("Pacific/Apia")),
    ("YE", &[], Some("Asia/Aden")),
    ("YT", &[Fr], Some("Indian/Mayotte")),
    ("ZA", &[En], Some("Africa/Johannesburg")),
    ("ZM", &[En], Some("Africa/Lusaka")),
    ("ZW", &[En], Some("Africa/Harare")),
];

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    #[test]
    fn official_languages_the_largest_first() {
        for (country, expected) in [
            ("CH", &[De, Fr, It][..]),
            ("BE", &[Fr, De]),
            ("LU", &[Fr, De]),
            ("CA", &[En, Fr]),
            ("MC", &[Fr]),
            ("SM", &[It]),
            ("VA", &[It]),
            ("AT", &[De]),
            ("LI", &[De]),
            ("IE", &[En]),
            ("GB", &[En]),
            ("US", &[En]),
            ("AU", &[En]),
            ("PL", &[Pl]),
            ("DK", &[Da]),
            ("dk", &[Da]),
            ("FI", &[]),
            ("NO", &[]),
            ("ZZ", &[]),
        ] {
            assert_eq!(languages(country), expected, "{country}");
        }
    }

    #[test]
    fn countries_whose_largest_language_is_not_ours_have_one_of_ours() {
        for country in ANOTHER_IS_LARGER {
            assert!(!languages(country).is_empty(), "{country}");
        }
        for (country, expected) in [("BE", true), ("be", true), ("LU", false), ("CA", false)] {
            assert_eq!(another_is_larger(country), expected, "{country}");
        }
    }

    #[test]
    fn every_zone_is_in_the_database() {
        for (country, _, zone) in COUNTRIES {
            if let Some(zone) = zone {
                assert!(TimeZone::get(zone).is_ok(), "{country}: {zone}");
            }
        }
        assert_eq!(time_zone("DE"), Some("Europe/Berlin"));
        assert_eq!(time_zone("US"), None);
    }
}
