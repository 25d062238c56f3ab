# Co pismo mówi o przekaźniku poczty: to, co wykazano, i nic więcej.

## Temat

subject-confirmed = { $count ->
    [one] Serwer poczty { $address }: potwierdzony otwarty przekaźnik poczty
   *[other] Serwery poczty pod { $count }~adresami: potwierdzone otwarte przekaźniki poczty
}
subject-listed = { $count ->
    [one] Serwer poczty { $address }: prośba o sprawdzenie, czy nie jest otwartym przekaźnikiem poczty
   *[other] Serwery poczty pod { $count }~adresami: prośba o sprawdzenie, czy nie są otwartymi przekaźnikami poczty
}

## Dlaczego piszemy

occasion-opening = { $count ->
    [one] według naszych informacji odpowiadają Państwo za serwer poczty elektronicznej o adresie IP~{ $address }. Piszemy w sprawie tego, czy serwer ten jest otwartym przekaźnikiem poczty (ang. open relay), czyli czy osoby postronne mogą za jego pośrednictwem wysyłać wiadomości do innych osób postronnych.
    [few] poniżej wymieniamy { $count }~adresy IP serwerów poczty elektronicznej, za które według naszych informacji Państwo odpowiadają. Piszemy w sprawie tego, czy serwery te są otwartymi przekaźnikami poczty (ang. open relay), czyli czy osoby postronne mogą za ich pośrednictwem wysyłać wiadomości do innych osób postronnych.
   *[other] poniżej wymieniamy { $count }~adresów IP serwerów poczty elektronicznej, za które według naszych informacji Państwo odpowiadają. Piszemy w sprawie tego, czy serwery te są otwartymi przekaźnikami poczty (ang. open relay), czyli czy osoby postronne mogą za ich pośrednictwem wysyłać wiadomości do innych osób postronnych.
}
occasion-confirmed = { $count ->
    [one] Nasz test wykazał, że tak jest: wysłana przez nas wiadomość testowa wróciła do nas za pośrednictwem tego serwera.
   *[other] Nasze testy wykazały, że tak jest: wysłane przez nas wiadomości testowe wróciły do nas za pośrednictwem każdego z tych serwerów.
}
occasion-suspected = { $count ->
    [one] Adres ten figuruje w publicznej bazie danych ({ $databases }). Dlatego sami sprawdziliśmy serwer: są podstawy do podejrzeń, lecz nie ma dowodu.
   *[other] Adresy te figurują w { $bases ->
        [one] publicznej bazie danych
       *[other] publicznych bazach danych
    } ({ $databases }). Dlatego sami sprawdziliśmy serwery: są podstawy do podejrzeń, lecz nie ma dowodu.
}
occasion-undecided = { $count ->
    [one] Adres ten figuruje w publicznej bazie danych ({ $databases }). Dlatego sami sprawdziliśmy serwer, ale nasz test nie pozwolił rozstrzygnąć tej kwestii.
   *[other] Adresy te figurują w { $bases ->
        [one] publicznej bazie danych
       *[other] publicznych bazach danych
    } ({ $databases }). Dlatego sami sprawdziliśmy serwery, ale nasze testy nie pozwoliły rozstrzygnąć tej kwestii.
}
occasion-mixed = { $count ->
    [one] Adres ten figuruje w publicznej bazie danych ({ $databases }). Dlatego przeprowadziliśmy własne testy. Ich wyniki są różne; podajemy je poniżej dla każdego serwera.
   *[other] Niektóre z tych adresów figurują w { $bases ->
        [one] publicznej bazie danych
       *[other] publicznych bazach danych
    } ({ $databases }). Dlatego przeprowadziliśmy własne testy. Ich wyniki są różne; podajemy je poniżej dla każdego serwera.
}

## Jak przebiegał test

heading-test = Przebieg testu
test-method = Nasz test łączy się z serwerem z zewnątrz i rozmawia z nim w protokole SMTP, tak jak każdy inny serwer poczty. Bez logowania pyta na kilka sposobów, czy serwer przyjąłby pocztę z zewnątrz dla odbiorców zewnętrznych. Nie próbuje żadnych haseł i nie zmienia żadnych ustawień.
test-no-message = Nie przesłaliśmy żadnej wiadomości.
test-message = Przekazaliśmy przy tym także krótką wiadomość testową zaadresowaną do nas samych.
test-message-some = Niektórym serwerom przekazaliśmy przy tym także krótką wiadomość testową zaadresowaną do nas samych; pozostałym nie przesłaliśmy żadnej.
caveat-path = Uwaga: nie sprawdziliśmy, czy inny system nie przejmuje po drodze połączeń z portem~25. Gdyby tak było, odpowiedzi mogłyby nie pochodzić z Państwa serwera.
caveat-laboratory = Uwaga: test przeprowadzono w laboratorium, bez sprawdzania naszej własnej tożsamości.

## Wynik

heading-verdict = Co wynika z testu
verdict-confirmed = { $count ->
    [one] Serwer bez logowania przyjął naszą wiadomość testową dla odbiorcy zewnętrznego i przekazał ją dalej; wiadomość dotarła do naszej skrzynki. Dowodzi to, że w chwili testu serwer przekazywał pocztę osób postronnych.
   *[other] Każdy z tych serwerów bez logowania przyjął naszą wiadomość testową dla odbiorcy zewnętrznego i przekazał ją dalej; wiadomości dotarły do naszej skrzynki. Dowodzi to, że w chwili testu serwery przekazywały pocztę osób postronnych.
}
verdict-accepted = { $count ->
    [one] Serwer bez logowania przejął naszą wiadomość testową dla odbiorcy zewnętrznego. Do chwili sporządzenia tego pisma wiadomość do nas nie dotarła. Nie ma więc dowodu na to, że serwer przekazuje takie wiadomości dalej.
   *[other] Każdy z tych serwerów bez logowania przejął naszą wiadomość testową dla odbiorcy zewnętrznego. Do chwili sporządzenia tego pisma wiadomości do nas nie dotarły. Nie ma więc dowodu na to, że serwery przekazują takie wiadomości dalej.
}
verdict-suspected = { $count ->
    [one] Serwer bez logowania przyjął jako odbiorcę naszą własną skrzynkę, choć za nią nie odpowiada (odpowiedź na polecenie RCPT). Żadnej wiadomości nie dostarczaliśmy. Nie ma więc dowodu na to, że serwer rzeczywiście przekazuje takie wiadomości dalej: niektóre serwery odrzucają lub usuwają je na późniejszym etapie.
   *[other] Każdy z tych serwerów bez logowania przyjął jako odbiorcę naszą własną skrzynkę, choć za nią nie odpowiada (odpowiedź na polecenie RCPT). Żadnej wiadomości nie dostarczaliśmy. Nie ma więc dowodu na to, że serwery rzeczywiście przekazują takie wiadomości dalej: niektóre serwery odrzucają lub usuwają je na późniejszym etapie.
}
verdict-anything = { $count ->
    [one] Serwer przyjął też odbiorcę w domenie, która nie może istnieć. Możliwe więc, że najpierw przyjmuje każdego odbiorcę, a decyzję podejmuje dopiero później.
   *[other] Każdy z nich przyjął też odbiorcę w domenie, która nie może istnieć. Możliwe więc, że najpierw przyjmują każdego odbiorcę, a decyzję podejmują dopiero później.
}
verdict-undecided = { $count ->
    [one] Nasz test nie pozwolił rozstrzygnąć, czy serwer przekazuje pocztę osób postronnych. Wpisu w bazie danych ani nie potwierdzamy, ani nie podważamy. Przyczyna:
   *[other] Nasze testy nie pozwoliły rozstrzygnąć, czy te serwery przekazują pocztę osób postronnych. Wpisów w bazach danych ani nie potwierdzamy, ani nie podważamy. Przyczyna:
}
undecided-no-answer = Nasze próby połączenia pozostały bez odpowiedzi.
undecided-refused = Nasze próby połączenia zostały odrzucone.
undecided-not-smtp = Usługa, która odpowiada na tym porcie, nie używa protokołu SMTP.
undecided-no-mail-here = Z powitania wynika, że poczta nie jest tu przyjmowana.
undecided-blocked = Odrzucono sam nasz test, bez względu na podanego odbiorcę.
undecided-sender-refused = Odrzucono adres nadawcy naszego testu, więc do sprawdzenia odbiorców nie doszło.
undecided-auth-required = Przed podaniem odbiorcy wymagane jest logowanie, a nasz test się nie loguje.
undecided-tls-required = Przed podaniem odbiorcy wymagane jest połączenie szyfrowane (STARTTLS), a nasz test z niego nie korzystał.
undecided-tls-version = Nie udało się uzgodnić połączenia szyfrowanego, które obsługiwałyby obie strony.
undecided-greylisted = Nasze zapytania były odkładane z błędem tymczasowym (szara lista, ang. greylisting) aż do upływu czasu testu.
undecided-tarpit = Odpowiedzi nadchodziły tak wolno, że czas testu upłynął przed tymi, które rozstrzygają.
undecided-cut-off = Połączenie się zakończyło lub osiągnięto limit testu, zanim nadeszły rozstrzygające odpowiedzi.
undecided-local-or-relay = Przyjęto tylko takie zapisy odbiorcy, które równie dobrze mogą oznaczać lokalną skrzynkę.
undecided-not-formable = Rozstrzygających zapytań nie można było zadać temu serwerowi, ponieważ nie była znana odpowiednia nazwa lub forma adresu.
undecided-other = Odpowiedzi nie dają jednoznacznego obrazu.

## Wyjaśnienie

heading-explanation = Czym jest otwarty przekaźnik poczty
explanation = Otwarty przekaźnik poczty przyjmuje wiadomości z dowolnego komputera na świecie i przekazuje je odbiorcom w całym internecie. Nadawcy niezamówionych masowych wiadomości nadużywają takich serwerów. Obciąża to odbiorców, organy, które ścigają takie działania, oraz organizację, która prowadzi serwer.
consequences = Dla tej organizacji otwarty przekaźnik poczty może oznaczać, że:
consequence-blame = odbiorcy uznają, że niezamówiona poczta pochodzi z jej systemu;
consequence-strangers = nieznane osoby trzecie korzystają z jej serwera poczty i zasobów internetowych;
consequence-congestion = jej łącza są przeciążone cudzym ruchem;
consequence-cost = rosną jej koszty administracyjne;
consequence-cut-off = jej dostawca usług internetowych zawiesza usługę.
consequences-end = Serwer, który przekazuje pocztę wyłącznie własnych użytkowników, jest chroniony przed takim nadużyciem.

## Co zrobić

heading-fix = Co można zrobić
fix-opening-confirmed = { $count ->
    [one] Prosimy o zamknięcie przekaźnika. Zwykle wystarczają następujące kroki:
   *[other] Prosimy o zamknięcie przekaźników. Zwykle wystarczają następujące kroki:
}
fix-opening-listed = { $count ->
    [one] Prosimy o sprawdzenie, czy serwer przekazuje pocztę osób postronnych, a jeżeli tak, o wyłączenie tej możliwości. Zwykle wystarczają następujące kroki:
   *[other] Prosimy o sprawdzenie, czy serwery przekazują pocztę osób postronnych, a jeżeli tak, o wyłączenie tej możliwości. Zwykle wystarczają następujące kroki:
}
fix-limit = Przekazywanie poczty należy dopuścić tylko z własnych sieci i dla zalogowanych użytkowników; wszystkim innym należy odmawiać odbiorców spoza własnych domen.
fix-exceptions = Należy sprawdzić wyjątki: sieci zaufane, także IPv6 oraz bramy kontenerów i bramy NAT, za którymi każdy klient wygląda na lokalnego; serwery zapasowe; reguły, które ufają adresowi nadawcy, gdyż taki adres można podrobić.
fix-update = Należy używać wersji serwera poczty, którą producent nadal wspiera.
fix-queue = Na koniec warto przejrzeć kolejkę i dzienniki w poszukiwaniu obcej poczty.
fix-postfix = Postfix (rozpoznany po odpowiedziach serwera): pierwsze polecenie pokazuje istotne ustawienia, po nim podajemy bezpieczną wartość.
fix-exim = Exim (rozpoznany po odpowiedziach serwera): te dwie listy powinny być jak najkrótsze. Bezpieczne wartości:
fix-opensmtpd = OpenSMTPD (rozpoznany po odpowiedziach serwera): reguła „from any for any” bez „auth” w pliku smtpd.conf tworzy otwarty przekaźnik. Bezpieczne są takie reguły:
fix-sendmail = Sendmail (rozpoznany po odpowiedziach serwera): prosimy sprawdzić pliki access i relay-domains, a z pliku sendmail.mc usunąć poniższe wiersze, jeżeli w nim występują:
fix-exchange = Microsoft Exchange (rozpoznany po odpowiedziach serwera): wśród uprawnień użytkowników niezalogowanych, które wyświetla to polecenie, nie powinno być „ms-Exch-SMTP-Accept-Any-Recipient”:
fix-more = Szczegółowe instrukcje:
