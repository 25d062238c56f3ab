# To, co ma każde pismo, bez względu na temat. `~` to spacja nierozdzielająca; po wyrazach
# jednoliterowych wstawia ją program.

## Oznaczenia projektu

draft-example = PROJEKT PISMA, nie do wysłania: nadawca w profilu „{ $profile }” jest przykładem.
draft-language = PROJEKT PISMA, nie do wysłania: w profilu „{ $profile }” nie zatwierdzono języka polskiego.
draft-historic = PROJEKT PISMA, nie do wysłania: profil „{ $profile }” jest historyczny i pokazuje, jak brzmiały dawne pisma.

## Dwa języki

english-below = English version below

## Nagłówek

label-to = Adresat:
label-reference = Nasz znak:
label-date = Data:
label-subject = Dotyczy:
day = { $date }
salutation = Szanowni Państwo,
salutation-named = Szanowni Państwo,

## Daty, godziny, wyliczenia

date = { $day } { $month ->
    [1] stycznia
    [2] lutego
    [3] marca
    [4] kwietnia
    [5] maja
    [6] czerwca
    [7] lipca
    [8] sierpnia
    [9] września
    [10] października
    [11] listopada
   *[12] grudnia
} { $year }~r.
moment-utc = { $date }, godz.~{ $hour }:{ $minute } (UTC)
moment-local = { $date }, godz.~{ $hour }:{ $minute } ({ $zone })
list-and = i
list-and-before-e = i

## Co stwierdzono

heading-findings = { $count ->
    [one] Serwer
   *[other] Serwery
}
label-address = Adres IP:
address-and-port = { $address }, port~{ $port }
label-host = Nazwa hosta:
label-seen = Obserwacja:
label-first-seen = Pierwsza obserwacja:
label-last-seen = Ostatnia obserwacja:
label-listed = Wpis w bazie:
listed-on = stwierdzony { $date }
listed-code = kod { $code }
label-tested = Test:
tested-forms = { $answered ->
    [0] żadna kombinacja nadawcy i odbiorcy nie uzyskała odpowiedzi
    [one] odpowiedź na { $answered } kombinację nadawcy i odbiorcy: przyjęto~{ $accepted }, odrzucono~{ $refused }{ $unclear ->
        [0] { "" }
       *[other] , niejasne~{ $unclear }
    }
    [few] odpowiedź na { $answered } kombinacje nadawcy i odbiorcy: przyjęto~{ $accepted }, odrzucono~{ $refused }{ $unclear ->
        [0] { "" }
       *[other] , niejasne~{ $unclear }
    }
   *[other] odpowiedź na { $answered } kombinacji nadawcy i odbiorcy: przyjęto~{ $accepted }, odrzucono~{ $refused }{ $unclear ->
        [0] { "" }
       *[other] , niejasne~{ $unclear }
    }
}
depth-quick = zakres: skrócony
depth-standard = zakres: standardowy
depth-full = zakres: pełny
label-returned = Powrót wiadomości:
returned-from = dostarczona z adresu { $address }

## Kto pisze i jak odpowiedzieć

heading-sender = Kim jesteśmy
heading-contact = Pytania
contact = W razie pytań dotyczących tego pisma prosimy o wiadomość lub telefon z powołaniem się na nasz znak { $reference }. Państwa odpowiedź przeczyta człowiek.
label-mail = E-mail:
label-phone = Telefon:
heading-genuine = Jak sprawdzić autentyczność tego pisma
genuine = Nie muszą Państwo wierzyć nam na słowo. Na poniższej stronie wyjaśniamy, jak rozpoznać nasze pisma:
genuine-key = Odcisk naszego klucza OpenPGP:
genuine-never = Nigdy nie poprosimy Państwa o hasło, a skorzystanie z tego pisma nie wymaga otwierania żadnych załączników ani odnośników.
heading-retest = Ponowny test
retest = Gdy tylko coś Państwo zmienią lub sprawdzą, prosimy o wiadomość. Chętnie przeprowadzimy test ponownie i poinformujemy Państwa o wyniku. Jeżeli nie życzą sobie Państwo ponownego testu, wystarczy krótka wiadomość.
pass-on = Jeżeli są Państwo jedynie dostawcą usług internetowych, prosimy o przekazanie tego pisma właściwemu klientowi. Jeżeli sprawa w ogóle Państwa nie dotyczy, będziemy wdzięczni za krótką informację, abyśmy nie niepokoili Państwa ponownie.
closing = Z poważaniem

## Załączniki

heading-evidence = Załącznik: zapis rozmowy z serwerem
evidence = „C:” oznacza nasz test, a „S:” serwer. Jest to wyciąg: niektórych odpowiedzi może brakować, a nasze własne adresy są skrócone. Znaki, których nie da się wydrukować, podano jako kody.
evidence-of = Adres IP~{ $address }, port~{ $port }
evidence-forms = Kombinacje przyjęte przez serwer:
evidence-more = { $count ->
    [one] Zapis rozmowy z jeszcze jednym serwerem udostępnimy na życzenie.
   *[other] Zapisy rozmów z jeszcze { $count }~serwerami udostępnimy na życzenie.
}
heading-machine = Załącznik: te same dane do przetwarzania maszynowego (czas UTC)
