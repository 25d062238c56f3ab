# Co pismo mówi o przekaźniku poczty: to, co wykazano, i nic więcej.

## Temat

relay-subject-confirmed = { $count ->
    [one] Serwer poczty { $address }: potwierdzony otwarty przekaźnik poczty
   *[other] Serwery poczty pod { $count }~adresami: potwierdzone otwarte przekaźniki poczty
}
relay-subject-listed = { $count ->
    [one] Serwer poczty { $address }: prośba o sprawdzenie, czy nie jest otwartym przekaźnikiem poczty
   *[other] Serwery poczty pod { $count }~adresami: prośba o sprawdzenie, czy nie są otwartymi przekaźnikami poczty
}

relay-tested-forms = { $answered ->
    [0] żadna kombinacja nadawcy i odbiorcy nie uzyskała odpowiedzi
    [one] odpowiedź na { $answered }~kombinację nadawcy i odbiorcy: przyjęto~{ $accepted }, odrzucono~{ $refused }{ $unclear ->
        [0] { "" }
       *[other] , niejasne~{ $unclear }
    }
    [few] odpowiedzi na { $answered }~kombinacje nadawcy i odbiorcy: przyjęto~{ $accepted }, odrzucono~{ $refused }{ $unclear ->
        [0] { "" }
       *[other] , niejasne~{ $unclear }
    }
   *[other] odpowiedzi na { $answered }~kombinacji nadawcy i odbiorcy: przyjęto~{ $accepted }, odrzucono~{ $refused }{ $unclear ->
        [0] { "" }
       *[other] , niejasne~{ $unclear }
    }
}
relay-label-returned = Powrót wiadomości:
relay-returned-from = dostarczona z adresu { $address }
returned-name = pod nazwą { $name }
returned-elsewhere = to nie jest sprawdzany adres
returned-count = { $returned } z { $sent } wiadomości testowych
relay-evidence-forms = Kombinacje przyjęte przez serwer:
evidence-returned = Dane, z którymi nasz serwer pocztowy otrzymał wiadomość:

## Dlaczego piszemy

relay-occasion-opening = { $count ->
    [one] niniejsze pismo dotyczy serwera poczty elektronicznej o adresie IP~{ $address } i pytania, czy jest on otwartym przekaźnikiem poczty (ang. open relay), czyli czy osoby postronne mogą za jego pośrednictwem wysyłać wiadomości do innych osób postronnych.
    [few] poniżej wymieniamy { $count }~adresy IP serwerów poczty elektronicznej, których dotyczy niniejsze pismo. Pytanie brzmi, czy serwery te są otwartymi przekaźnikami poczty (ang. open relay), czyli czy osoby postronne mogą za ich pośrednictwem wysyłać wiadomości do innych osób postronnych.
   *[other] poniżej wymieniamy { $count }~adresów IP serwerów poczty elektronicznej, których dotyczy niniejsze pismo. Pytanie brzmi, czy serwery te są otwartymi przekaźnikami poczty (ang. open relay), czyli czy osoby postronne mogą za ich pośrednictwem wysyłać wiadomości do innych osób postronnych.
}
relay-occasion-listed = { $count ->
    [one] { $bases ->
        [one] publiczna baza danych ({ $databases }) wskazuje
       *[other] różne publiczne bazy danych ({ $databases }) wskazują
    }, że serwer o adresie IP~{ $address } może być otwartym przekaźnikiem poczty (ang. open relay). Jeżeli tak jest, pismo to zawiera ważne informacje o serwerze poczty Państwa organizacji i o tym, jak jest ona postrzegana w internecie.
   *[other] { $bases ->
        [one] publiczna baza danych ({ $databases }) wskazuje
       *[other] różne publiczne bazy danych ({ $databases }) wskazują
    }, że serwery pod { $count }~adresami IP wymienionymi poniżej mogą być otwartymi przekaźnikami poczty (ang. open relay). Jeżeli tak jest, pismo to zawiera ważne informacje o serwerach poczty Państwa organizacji i o tym, jak jest ona postrzegana w internecie.
}
relay-occasion-confirmed = { $count ->
    [one] Nasz test wykazał, że tak jest: wysłana przez nas wiadomość testowa wróciła do nas za pośrednictwem tego serwera.
   *[other] Nasze testy wykazały, że tak jest: za pośrednictwem każdego z tych serwerów wróciła do nas wysłana przez nas wiadomość testowa.
}

## Jak przebiegał test

relay-test-method = Nasz test łączy się z serwerem poczty z zewnątrz i porozumiewa się z nim za pomocą protokołu SMTP, tak jak każdy inny serwer poczty. Bez logowania pyta na kilka sposobów, czy serwer przyjąłby pocztę z zewnątrz dla odbiorców zewnętrznych. Nie wypróbowuje żadnych haseł i nie zmienia żadnych ustawień.
test-no-message = Nie przesłaliśmy żadnej wiadomości.
test-message = Przekazaliśmy przy tym także krótką wiadomość testową zaadresowaną do nas samych.
test-message-some = Niektórym serwerom przekazaliśmy przy tym także krótką wiadomość testową zaadresowaną do nas samych; pozostałym nie przesłaliśmy żadnej.

## Wynik

relay-verdict-confirmed = { $count ->
    [one] Nie wymagając logowania, serwer przyjął naszą wiadomość testową dla odbiorcy zewnętrznego i przekazał ją dalej; wiadomość dotarła do naszej skrzynki. Dowodzi to, że w chwili testu serwer przekazywał pocztę osób postronnych.
   *[other] Nie wymagając logowania, każdy z tych serwerów przyjął naszą wiadomość testową dla odbiorcy zewnętrznego i przekazał ją dalej; wiadomości dotarły do naszej skrzynki. Dowodzi to, że w chwili testu serwery przekazywały pocztę osób postronnych.
}
verdict-part = { $count ->
    [one] Liczba wiadomości testowych przejętych przez serwer: { $sent }; liczba tych, które dotarły do nas do chwili sporządzenia tego pisma: { $returned }.
   *[other] Niektóre wiadomości testowe przejęte przez te serwery nie dotarły do nas do chwili sporządzenia tego pisma; liczby podano przy każdym serwerze.
}
relay-verdict-accepted = { $count ->
    [one] Nie wymagając logowania, serwer przejął naszą wiadomość testową dla odbiorcy zewnętrznego. Do chwili sporządzenia tego pisma wiadomość do nas nie dotarła. Nie ma więc dowodu na to, że serwer przekazuje takie wiadomości dalej.
   *[other] Nie wymagając logowania, każdy z tych serwerów przejął naszą wiadomość testową dla odbiorcy zewnętrznego. Do chwili sporządzenia tego pisma wiadomości do nas nie dotarły. Nie ma więc dowodu na to, że serwery przekazują takie wiadomości dalej.
}
relay-verdict-suspected = { $count ->
    [one] Nie wymagając logowania, serwer przyjął jako odbiorcę naszą własną skrzynkę, choć za nią nie odpowiada (odpowiedź na polecenie RCPT). Nie przesłaliśmy żadnej wiadomości. Nie ma więc dowodu na to, że serwer rzeczywiście przekazuje takie wiadomości dalej: niektóre serwery odrzucają lub usuwają je na późniejszym etapie.
   *[other] Nie wymagając logowania, każdy z tych serwerów przyjął jako odbiorcę naszą własną skrzynkę, choć za nią nie odpowiada (odpowiedź na polecenie RCPT). Nie przesłaliśmy żadnej wiadomości. Nie ma więc dowodu na to, że serwery rzeczywiście przekazują takie wiadomości dalej: niektóre serwery odrzucają lub usuwają je na późniejszym etapie.
}
relay-verdict-anything = { $count ->
    [one] Serwer przyjął też odbiorcę w domenie, która nie może istnieć. Możliwe więc, że najpierw przyjmuje każdego odbiorcę, a decyzję podejmuje dopiero później.
   *[other] Każdy z nich przyjął też odbiorcę w domenie, która nie może istnieć. Możliwe więc, że najpierw przyjmują każdego odbiorcę, a decyzję podejmują dopiero później.
}
relay-verdict-undecided = { $count ->
    [one] Nasz test nie pozwolił rozstrzygnąć, czy serwer przekazuje pocztę osób postronnych. Wpisu w bazie danych ani nie potwierdzamy, ani nie podważamy. Przyczyna:
   *[other] Nasze testy nie pozwoliły rozstrzygnąć, czy te serwery przekazują pocztę osób postronnych. Wpisów w bazach danych ani nie potwierdzamy, ani nie podważamy. Przyczyna:
}
undecided-not-smtp = Usługa, która odpowiada na tym porcie, nie używa protokołu SMTP.
undecided-no-mail-here = Z powitania wynika, że poczta nie jest tu przyjmowana.
undecided-blocked = Odrzucono sam nasz test, bez względu na podanego odbiorcę.
undecided-sender-refused = Odrzucono adres nadawcy naszego testu, więc kwestia odbiorców pozostała nierozstrzygnięta.
undecided-auth-required = Przed podaniem odbiorcy wymagane jest logowanie, a nasz test się nie loguje.
undecided-tls-required = Przed podaniem odbiorcy wymagane jest połączenie szyfrowane (STARTTLS), a nasz test z niego nie korzystał.
undecided-tls-version = Przed podaniem odbiorcy wymagane jest połączenie szyfrowane (STARTTLS), lecz nie udało się go nawiązać.
undecided-greylisted = Nasze zapytania były odkładane z błędem tymczasowym (szara lista, ang. greylisting) aż do upływu czasu testu.
undecided-local-or-relay = Przyjęto tylko takie zapisy odbiorcy, które równie dobrze mogą oznaczać lokalną skrzynkę.
undecided-not-formable = Rozstrzygających zapytań nie można było skierować do tego serwera, ponieważ nie było dla niego odpowiedniej nazwy lub formy adresu.

## Wyjaśnienie

relay-heading-explanation = Czym jest otwarty przekaźnik poczty
relay-explanation = Otwarty przekaźnik poczty to serwer poczty, który przyjmuje wiadomości z dowolnego komputera na świecie i przekazuje je na inne adresy internetowe. Nadawcy niezamówionej poczty masowej nadużywają takich serwerów. Jest to problem dla konsumentów na całym świecie, dla organów ścigania i dla organizacji, która prowadzi serwer.
relay-consequences = Dla tej organizacji otwarty przekaźnik poczty może oznaczać, że:
relay-consequence-strangers = nieznane osoby trzecie korzystają z jej serwera poczty i zasobów internetowych;
relay-consequences-end = Zamknięcie otwartego przekaźnika poczty chroni system przed takim nadużyciem.
relay-programme-aim = Celem jest, aby zabezpieczyli Państwo swoje serwery poczty i nie stali się nieświadomie źródłem niezamówionych wiadomości. Pierwszym krokiem jest zamknięcie otwartych przekaźników poczty.

## Co zrobić

relay-fix-opening-confirmed = { $count ->
    [one] Prosimy o zamknięcie przekaźnika dla osób postronnych. Zwykle wystarczają następujące kroki:
   *[other] Prosimy o zamknięcie przekaźników dla osób postronnych. Zwykle wystarczają następujące kroki:
}
relay-fix-opening-listed = { $count ->
    [one] Prosimy o sprawdzenie, czy serwer przekazuje pocztę osób postronnych, a jeżeli tak, o wyłączenie tej możliwości. Zwykle wystarczają następujące kroki:
   *[other] Prosimy o sprawdzenie, czy serwery przekazują pocztę osób postronnych, a jeżeli tak, o wyłączenie tej możliwości. Zwykle wystarczają następujące kroki:
}
fix-limit = Przekazywanie poczty należy dopuścić tylko z własnych sieci i dla zalogowanych użytkowników; w pozostałych przypadkach należy odrzucać wszystkich odbiorców spoza własnych domen.
relay-guide-steps = { $count ->
    [one] Jeżeli Państwa serwer jest otwartym przekaźnikiem poczty i chcą go Państwo zamknąć, prosimy postępować według zamieszczonej tam instrukcji krok po kroku.
   *[other] Jeżeli Państwa serwery są otwartymi przekaźnikami poczty i chcą je Państwo zamknąć, prosimy postępować według zamieszczonej tam instrukcji krok po kroku.
}
fix-relays = Serwery poczty:
fix-exceptions = Należy sprawdzić wyjątki: sieci zaufane (także IPv6 oraz bramy kontenerów i bramy NAT, za którymi każdy klient wygląda na lokalnego); serwery zapasowe; reguły, które ufają adresowi nadawcy, gdyż taki adres można podrobić.
fix-update = Należy używać wersji serwera poczty, którą producent nadal wspiera.
fix-queue = Na koniec warto przejrzeć kolejkę i dzienniki w poszukiwaniu obcej poczty.
fix-postfix = Postfix (rozpoznany po odpowiedziach serwera): pierwsze polecenie pokazuje istotne ustawienia, po nim podajemy bezpieczną wartość.
fix-exim = Exim (rozpoznany po odpowiedziach serwera): te dwie listy powinny być jak najkrótsze. Bezpieczne wartości:
fix-opensmtpd = OpenSMTPD (rozpoznany po odpowiedziach serwera): reguła „from any for any” bez „auth” w pliku smtpd.conf tworzy otwarty przekaźnik. Bezpieczne są takie reguły:
fix-sendmail = Sendmail (rozpoznany po odpowiedziach serwera): prosimy sprawdzić pliki access i relay-domains, a z pliku sendmail.mc usunąć poniższe wiersze, jeżeli w nim występują:
fix-exchange = Microsoft Exchange (rozpoznany po odpowiedziach serwera): wśród uprawnień użytkowników niezalogowanych, które wyświetla to polecenie, nie powinno być „ms-Exch-SMTP-Accept-Any-Recipient”:
