# Det, som hvert brev har, uanset hvad det handler om. `~` er et hårdt mellemrum.

## Mærker på et udkast

draft-example = UDKAST, må ikke sendes: Afsenderen i profilen ”{ $profile }” er et eksempel.
draft-language = UDKAST, må ikke sendes: Profilen ”{ $profile }” har ikke godkendt dansk.
draft-historic = UDKAST, må ikke sendes: Profilen ”{ $profile }” er historisk og viser, hvordan datidens breve lød.

## To sprog

english-below = English version below

## Hoved

label-to = Til:
label-reference = Vores reference:
label-date = Dato:
label-subject = Emne:
day = { $date }
salutation = { $count ->
    [one] Til den ansvarlige for mailserveren på IP-adressen~{ $address }
   *[other] Til den ansvarlige for mailserverne på de nævnte IP-adresser
}
salutation-named = { $count ->
    [one] Til den ansvarlige for mailserveren på IP-adressen~{ $address } hos { $organisation }
   *[other] Til den ansvarlige for mailserverne på de nævnte IP-adresser hos { $organisation }
}

## Datoer, klokkeslæt, opremsning

date = { $day }. { $month ->
    [1] januar
    [2] februar
    [3] marts
    [4] april
    [5] maj
    [6] juni
    [7] juli
    [8] august
    [9] september
    [10] oktober
    [11] november
   *[12] december
} { $year }
moment-utc = { $date }, kl.~{ $hour }.{ $minute } (UTC)
moment-local = { $date }, kl.~{ $hour }.{ $minute } ({ $zone })
list-and = og
list-and-before-e = og

## Hvad der er konstateret

heading-findings = { $count ->
    [one] Serveren
   *[other] Serverne
}
label-address = IP-adresse:
address-and-port = { $address }, port~{ $port }
label-host = Værtsnavn:
label-seen = Observeret:
label-first-seen = Først observeret:
label-last-seen = Senest observeret:
label-listed = Registreret i:
listed-on = konstateret den { $date }
listed-code = kode { $code }
label-tested = Test:
tested-forms = { $answered ->
    [0] ingen kombination af afsender og modtager blev besvaret
    [one] { $answered }~kombination af afsender og modtager besvaret: { $accepted }~accepteret, { $refused }~afvist{ $unclear ->
        [0] { "" }
       *[other] , { $unclear }~uafklaret
    }
   *[other] { $answered }~kombinationer af afsender og modtager besvaret: { $accepted }~accepteret, { $refused }~afvist{ $unclear ->
        [0] { "" }
       *[other] , { $unclear }~uafklaret
    }
}
depth-quick = omfang: kort
depth-standard = omfang: standard
depth-full = omfang: fuldt
label-returned = Modtaget retur:
returned-from = leveret fra { $address }

## Hvem der skriver, og hvordan man svarer

heading-sender = Hvem vi er
heading-contact = Spørgsmål
contact = Har I spørgsmål til dette brev, er I velkomne til at skrive eller ringe til os. Oplys venligst vores reference { $reference }. Jeres svar bliver læst af et menneske.
label-mail = E-mail:
label-phone = Telefon:
heading-genuine = Sådan kan I kontrollere, at brevet er ægte
genuine = I behøver ikke at stole blindt på dette brev. Denne side forklarer, hvordan I genkender vores breve:
genuine-key = Fingeraftryk af vores OpenPGP-nøgle:
genuine-never = Vi vil aldrig bede jer om en adgangskode, og I behøver hverken åbne vedhæftede filer eller links for at følge op på dette brev.
heading-retest = Ny test
retest = Når I har ændret eller kontrolleret noget, hører vi gerne fra jer. Vi tester gerne igen og giver jer besked om resultatet. Ønsker I ikke, at vi tester igen, er en kort besked nok.
pass-on = Er I kun internetudbyder, beder vi jer sende dette brev videre til den kunde, det angår. Angår sagen slet ikke jer, er vi taknemmelige for en kort besked, så vi ikke ulejliger jer igen.
closing = Med venlig hilsen

## Bilag

heading-evidence = Bilag: udskrift af samtalen med serveren
evidence = ”C:” står for vores test, ”S:” for serveren. Dette er et uddrag: Nogle svar kan mangle, og vores egne adresser er forkortet. Tegn, der ikke kan udskrives, er gengivet som koder.
evidence-of = IP-adresse { $address }, port~{ $port }
evidence-forms = Kombinationer, som serveren accepterede:
evidence-more = { $count ->
    [one] Samtalen med yderligere én server kan fås på forespørgsel.
   *[other] Samtalerne med yderligere { $count }~servere kan fås på forespørgsel.
}
heading-machine = Bilag: de samme oplysninger til maskinel behandling (tider i UTC)
