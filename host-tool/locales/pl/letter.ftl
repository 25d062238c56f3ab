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
label-subject = Temat:
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
label-protocol = Protokół:
address-and-port = { $address }, port~{ $port }
label-host = Nazwa hosta:
label-seen = Obserwacja:
label-first-seen = Pierwsza obserwacja:
label-last-seen = Ostatnia obserwacja:
label-listed = Wpis w bazie:
listed-since = dodany { $date }
listed-on = stwierdzony { $date }
listed-code = kod { $code }
label-tested = Test:
depth-quick = zakres: skrócony
depth-standard = zakres: standardowy
depth-full = zakres: pełny

## Kto pisze i jak odpowiedzieć

heading-sender = Kim jesteśmy
partners = Naszymi partnerami są:
partners-abroad = Partnerzy międzynarodowi:
heading-contact = Pytania
contact = W razie pytań dotyczących tego pisma prosimy o wiadomość lub telefon z powołaniem się na nasz znak { $reference }. Państwa odpowiedź przeczyta człowiek.
contact-mail = W razie pytań dotyczących instrukcji lub tego pisma prosimy o wiadomość z powołaniem się na nasz znak { $reference }:
label-mail = E-mail:
label-phone = Telefon:
heading-genuine = Jak sprawdzić autentyczność tego pisma
genuine = Nie muszą Państwo wierzyć nam na słowo. Na poniższej stronie wyjaśniamy, jak rozpoznać nasze pisma:
genuine-key = Odcisk naszego klucza OpenPGP:
genuine-never = Nigdy nie poprosimy Państwa o hasło, a działania opisane w tym piśmie nie wymagają otwierania żadnych załączników ani odnośników.
heading-retest = Ponowny test
retest = Gdy tylko coś Państwo zmienią lub sprawdzą, prosimy o wiadomość. Chętnie przeprowadzimy test ponownie i poinformujemy Państwa o wyniku. Jeżeli nie życzą sobie Państwo ponownego testu, wystarczy krótka wiadomość.
deadline = Prosimy, aby do { $date } przekazali nam Państwo, co udało się ustalić.
deadline-retest = Kolejny test planujemy na { $date } Jeżeli do tego czasu nic się nie zmieni, przypomnimy o sprawie jeden raz i na tym poprzestaniemy.
pass-on = Jeżeli są Państwo jedynie dostawcą usług internetowych, prosimy o przekazanie tego pisma klientowi, którego ono dotyczy. Jeżeli sprawa w ogóle Państwa nie dotyczy, będziemy wdzięczni za krótką informację, abyśmy nie niepokoili Państwa ponownie.
closing = Z poważaniem

## Dlaczego piszemy

occasion-suspected = { $count ->
    [one] Adres ten figuruje w { $bases ->
        [one] publicznej bazie danych
       *[other] publicznych bazach danych
    } ({ $databases }). Dlatego sami sprawdziliśmy serwer: są podstawy do podejrzeń, lecz nie ma dowodu.
   *[other] Adresy te figurują w { $bases ->
        [one] publicznej bazie danych
       *[other] publicznych bazach danych
    } ({ $databases }). Dlatego sami sprawdziliśmy serwery: są podstawy do podejrzeń, lecz nie ma dowodu.
}
identity = { $count ->
    [one] Według naszych informacji odpowiadają Państwo za ten serwer.
   *[other] Według naszych informacji odpowiadają Państwo za te serwery.
}
occasion-undecided = { $count ->
    [one] Adres ten figuruje w { $bases ->
        [one] publicznej bazie danych
       *[other] publicznych bazach danych
    } ({ $databases }). Dlatego sami sprawdziliśmy serwer, ale nasz test nie pozwolił rozstrzygnąć tej kwestii.
   *[other] Adresy te figurują w { $bases ->
        [one] publicznej bazie danych
       *[other] publicznych bazach danych
    } ({ $databases }). Dlatego sami sprawdziliśmy serwery, ale nasze testy nie pozwoliły rozstrzygnąć tej kwestii.
}
occasion-mixed = { $count ->
    [one] Adres ten figuruje w { $bases ->
        [one] publicznej bazie danych
       *[other] publicznych bazach danych
    } ({ $databases }). Dlatego przeprowadziliśmy własne testy. Ich wyniki są różne; podajemy je poniżej.
   *[other] Niektóre z tych adresów figurują w { $bases ->
        [one] publicznej bazie danych
       *[other] publicznych bazach danych
    } ({ $databases }). Dlatego przeprowadziliśmy własne testy. Ich wyniki są różne; podajemy je poniżej dla każdego serwera.
}

## Jak przebiegał test

heading-test = Przebieg testu
caveat-path = Uwaga: nie sprawdziliśmy, czy inny system nie przejmuje po drodze połączeń naszego testu. Gdyby tak było, odpowiedzi mogłyby nie pochodzić z Państwa serwera.
caveat-laboratory = Uwaga: test przeprowadzono w laboratorium, bez sprawdzania naszej własnej tożsamości.

## Wynik

heading-verdict = Co wynika z testu
undecided-no-answer = Nasze próby połączenia pozostały bez odpowiedzi.
undecided-refused = Nasze próby połączenia zostały odrzucone.
undecided-tarpit = Odpowiedzi przychodziły tak wolno, że czas testu upłynął przed nadejściem tych, które rozstrzygają.
undecided-cut-off = Połączenie się zakończyło lub osiągnięto limit testu, zanim nadeszły rozstrzygające odpowiedzi.
undecided-other = Odpowiedzi nie dają jednoznacznego obrazu.

## Skutki

consequence-blame = odbiorcy uznają, że niezamówiona poczta pochodzi z jej systemu;
consequence-congestion = jej łącza są przeciążone cudzym ruchem;
consequence-cost = rosną jej koszty administracyjne;
consequence-cut-off = jej dostawca usług internetowych zawiesza ich świadczenie.

## Co zrobić

heading-fix = Co można zrobić
fix-more = Szczegółowe instrukcje:
guide-direct = Bezpośredni odnośnik:

## Załączniki

heading-evidence = Załącznik: zapis rozmowy z serwerem
evidence = „C:” oznacza nasz test, a „S:” serwer. Jest to wyciąg: niektórych odpowiedzi może brakować, a nasze własne adresy są skrócone. Znaki, których nie da się wydrukować, podano jako kody.
evidence-of = Adres IP~{ $address }, port~{ $port }
evidence-more = { $count ->
    [one] Zapis rozmowy z jeszcze jednym serwerem udostępnimy na życzenie.
   *[other] Zapisy rozmów z jeszcze { $count }~serwerami udostępnimy na życzenie.
}
heading-machine = Załącznik: te same dane do przetwarzania maszynowego (czas UTC)
