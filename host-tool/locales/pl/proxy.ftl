# Co pismo mówi o serwerze proxy: to, co wykazano, i nic więcej.

## Temat

proxy-subject-confirmed = { $count ->
    [one] Serwer { $address }: potwierdzony otwarty serwer proxy
   *[other] Serwery pod { $count }~adresami: potwierdzone otwarte serwery proxy
}
proxy-subject-listed = { $count ->
    [one] Serwer { $address }: prośba o sprawdzenie, czy nie jest otwartym serwerem proxy
   *[other] Serwery pod { $count }~adresami: prośba o sprawdzenie, czy nie są otwartymi serwerami proxy
}

## Dlaczego piszemy

proxy-occasion-opening = { $count ->
    [one] niniejsze pismo dotyczy serwera o adresie IP~{ $address } i pytania, czy jest on otwartym serwerem proxy (ang. open proxy), czyli czy osoby postronne mogą za jego pośrednictwem łączyć się z innymi systemami w internecie.
    [few] poniżej wymieniamy { $count }~adresy IP serwerów, których dotyczy niniejsze pismo. Pytanie brzmi, czy serwery te są otwartymi serwerami proxy (ang. open proxy), czyli czy osoby postronne mogą za ich pośrednictwem łączyć się z innymi systemami w internecie.
   *[other] poniżej wymieniamy { $count }~adresów IP serwerów, których dotyczy niniejsze pismo. Pytanie brzmi, czy serwery te są otwartymi serwerami proxy (ang. open proxy), czyli czy osoby postronne mogą za ich pośrednictwem łączyć się z innymi systemami w internecie.
}
proxy-occasion-listed = { $count ->
    [one] { $bases ->
        [one] publiczna baza danych ({ $databases }) wskazuje
       *[other] różne publiczne bazy danych ({ $databases }) wskazują
    }, że serwer o adresie IP~{ $address } może być otwartym serwerem proxy (ang. open proxy). Jeżeli tak jest, pismo to zawiera ważne informacje o serwerze Państwa organizacji i o tym, jak jest ona postrzegana w internecie.
   *[other] { $bases ->
        [one] publiczna baza danych ({ $databases }) wskazuje
       *[other] różne publiczne bazy danych ({ $databases }) wskazują
    }, że serwery pod { $count }~adresami IP wymienionymi poniżej mogą być otwartymi serwerami proxy (ang. open proxy). Jeżeli tak jest, pismo to zawiera ważne informacje o serwerach Państwa organizacji i o tym, jak jest ona postrzegana w internecie.
}
proxy-occasion-confirmed = { $count ->
    [one] Nasz test wykazał, że tak jest: nasze połączenie testowe dotarło za pośrednictwem tego serwera do naszego własnego systemu.
   *[other] Nasze testy wykazały, że tak jest: za pośrednictwem każdego z tych serwerów nasze połączenie testowe dotarło do naszego własnego systemu.
}

## Co stwierdzono

proxy-tested-forms = { $answered ->
    [0] żadne żądanie nie uzyskało odpowiedzi
    [one] odpowiedź na { $answered }~żądanie: przyjęto~{ $accepted }, odrzucono~{ $refused }{ $unclear ->
        [0] { "" }
       *[other] , niejasne~{ $unclear }
    }
    [few] odpowiedzi na { $answered }~żądania: przyjęto~{ $accepted }, odrzucono~{ $refused }{ $unclear ->
        [0] { "" }
       *[other] , niejasne~{ $unclear }
    }
   *[other] odpowiedzi na { $answered }~żądań: przyjęto~{ $accepted }, odrzucono~{ $refused }{ $unclear ->
        [0] { "" }
       *[other] , niejasne~{ $unclear }
    }
}
proxy-label-returned = Dotarło do nas:
proxy-returned-from = z adresu { $address }
proxy-evidence-forms = Żądania przyjęte przez serwer:

## Jak przebiegał test

proxy-test-method = Nasz test łączy się z serwerem proxy z zewnątrz, tak jak każdy klient. Bez logowania prosi serwer o połączenie z naszym własnym systemem testowym. System ten wysyła kod, którego nikt nie może odgadnąć; dopiero gdy kod ten do nas wróci, połączenie jest udowodnione. Test nie wypróbowuje żadnych haseł, nie łączy się z systemami osób trzecich i nie zmienia żadnych ustawień.

## Wynik

proxy-verdict-confirmed = { $count ->
    [one] Nie wymagając logowania, serwer nawiązał połączenie, o które prosił nasz test. Dotarło ono do naszego systemu testowego, a wysłany stamtąd kod do nas wrócił. Dowodzi to, że w chwili testu serwer przekazywał połączenia osób postronnych.
   *[other] Nie wymagając logowania, każdy z tych serwerów nawiązał połączenie, o które prosił nasz test. Dotarło ono do naszego systemu testowego, a wysłany stamtąd kod do nas wrócił. Dowodzi to, że w chwili testu serwery przekazywały połączenia osób postronnych.
}
proxy-verdict-accepted = { $count ->
    [one] Nie wymagając logowania, serwer zgodził się na połączenie, o które prosił nasz test, a kod naszego systemu testowego do nas wrócił. Do chwili sporządzenia tego pisma w systemie tym nie odnotowano jednak połączenia z oznaczeniem tego testu, nie wiemy więc, skąd połączenie wyszło. Nie ma zatem dowodu na to, że sam serwer przekazuje połączenia obcych osób.
   *[other] Nie wymagając logowania, każdy z tych serwerów zgodził się na połączenie, o które prosił nasz test, a kod naszego systemu testowego do nas wrócił. Do chwili sporządzenia tego pisma w systemie tym nie odnotowano jednak połączeń z oznaczeniem tych testów, nie wiemy więc, skąd połączenia wyszły. Nie ma zatem dowodu na to, że same serwery przekazują połączenia obcych osób.
}
proxy-verdict-suspected = { $count ->
    [one] Nie wymagając logowania, serwer odpowiedział, że zgadza się na połączenie, o które prosił nasz test. Kod naszego systemu testowego jednak do nas nie wrócił. Nie ma więc dowodu na to, że serwer rzeczywiście przekazuje takie połączenia: niektóre serwery odpowiadają tak samo na każde żądanie.
   *[other] Nie wymagając logowania, każdy z tych serwerów odpowiedział, że zgadza się na połączenie, o które prosił nasz test. Kod naszego systemu testowego jednak do nas nie wrócił. Nie ma więc dowodu na to, że serwery rzeczywiście przekazują takie połączenia: niektóre serwery odpowiadają tak samo na każde żądanie.
}
proxy-verdict-anything = { $count ->
    [one] Serwer zgodził się też na połączenie z celem, który nie może istnieć. Możliwe więc, że odpowiada tak na każde żądanie.
   *[other] Każdy z nich zgodził się też na połączenie z celem, który nie może istnieć. Możliwe więc, że odpowiadają tak na każde żądanie.
}
proxy-verdict-undecided = { $count ->
    [one] Nasz test nie pozwolił rozstrzygnąć, czy serwer przekazuje połączenia osób postronnych. Wpisu w bazie danych ani nie potwierdzamy, ani nie podważamy. Przyczyna:
   *[other] Nasze testy nie pozwoliły rozstrzygnąć, czy te serwery przekazują połączenia osób postronnych. Wpisów w bazach danych ani nie potwierdzamy, ani nie podważamy. Przyczyna:
}
undecided-protocol = Usługa, która odpowiada na tym porcie, nie używa protokołu naszego testu.
undecided-turned-away = Odrzucono sam nasz test, bez względu na podany cel połączenia.
undecided-unanswered = Na nasz test nie nadeszła na czas żadna odpowiedź.
undecided-not-reached = Z własnych odpowiedzi serwera wynika, że próbował nawiązać połączenie i nie dotarł do naszego systemu testowego. Nie sprawdzano, czy przekazuje połączenia do innych miejsc docelowych.
undecided-own-address = Połączenie dotarło do naszego systemu testowego z naszego własnego adresu. Mogło je nawiązać coś na naszej własnej drodze, a nie serwer.

## Wyjaśnienie

proxy-heading-explanation = Czym jest otwarty serwer proxy
proxy-explanation = Otwarty serwer proxy pozwala dowolnemu komputerowi na świecie łączyć się za jego pośrednictwem z innymi adresami internetowymi; dla drugiej strony wygląda to tak, jakby połączenie pochodziło z serwera proxy. Nadawcy niezamówionej poczty masowej nadużywają takich serwerów, aby ukryć jej pochodzenie. Jest to problem dla konsumentów na całym świecie, dla organów ścigania i dla organizacji, która prowadzi serwer.
proxy-consequences = Dla tej organizacji otwarty serwer proxy może oznaczać, że:
proxy-consequence-strangers = nieznane osoby trzecie korzystają z jej serwera i zasobów internetowych;
proxy-consequences-end = Zamknięcie otwartego serwera proxy dla osób postronnych chroni system przed takim nadużyciem.
proxy-programme-aim = Celem jest, aby zabezpieczyli Państwo swoje serwery i nie stali się nieświadomie źródłem niezamówionych wiadomości. Pierwszym krokiem jest zamknięcie otwartych serwerów proxy dla osób postronnych.

## Co zrobić

proxy-fix-opening-confirmed = { $count ->
    [one] Prosimy o zamknięcie serwera proxy dla osób postronnych. Zwykle wystarczają następujące kroki:
   *[other] Prosimy o zamknięcie serwerów proxy dla osób postronnych. Zwykle wystarczają następujące kroki:
}
proxy-fix-opening-listed = { $count ->
    [one] Prosimy o sprawdzenie, czy serwer przekazuje połączenia osób postronnych, a jeżeli tak, o wyłączenie tej możliwości. Zwykle wystarczają następujące kroki:
   *[other] Prosimy o sprawdzenie, czy serwery przekazują połączenia osób postronnych, a jeżeli tak, o wyłączenie tej możliwości. Zwykle wystarczają następujące kroki:
}
proxy-guide-steps = { $count ->
    [one] Jeżeli Państwa serwer jest otwartym serwerem proxy i chcą go Państwo zamknąć, prosimy postępować według zamieszczonej tam instrukcji krok po kroku.
   *[other] Jeżeli Państwa serwery są otwartymi serwerami proxy i chcą je Państwo zamknąć, prosimy postępować według zamieszczonej tam instrukcji krok po kroku.
}
fix-proxies = Serwery proxy:
fix-clients = Połączenia należy przyjmować tylko z własnych sieci lub od zalogowanych użytkowników, a wszystkim innym odmawiać.
fix-listen = Jeżeli serwera proxy potrzebuje tylko własna sieć, powinien on nasłuchiwać wyłącznie na adresie wewnętrznym, a jego port należy zablokować w zaporze sieciowej, także dla IPv6.
fix-targets = Należy ograniczyć cele, z którymi można się łączyć przez serwer proxy: nie powinno być wśród nich serwerów poczty (port~25) ani adresów we własnej sieci, a metoda CONNECT powinna dopuszczać tylko potrzebne porty, zwykle~443.
fix-software = Należy używać wersji, którą producent nadal wspiera. Jeżeli nikt nie wie o tym serwerze proxy, warto ustalić, skąd się wziął: może należeć do routera, do innego programu lub do złośliwego oprogramowania.
fix-logs = Na koniec warto przejrzeć dzienniki w poszukiwaniu obcych połączeń.
questions = Sześć pytań pomaga ustalić, czy serwer proxy jest bezpieczny:
question-untrusted = Czy przyjmuje połączenia z sieci, którym Państwo nie ufają?
question-version = Czy używają Państwo aktualnej wersji oprogramowania?
question-patches = Czy zainstalowano wszystkie poprawki bezpieczeństwa?
question-access = Czy reguły dostępu określają, kto może z niego korzystać?
question-audit = Czy ktoś sprawdza, czy nie jest używany bez uprawnienia?
question-abuse = Czy w Państwa domenie istnieje skrzynka „abuse” i czy ktoś ją czyta?
fix-squid = Squid (rozpoznany po odpowiedziach serwera): w pliku squid.conf reguły http_access obowiązują w kolejności, w jakiej stoją, a ostatnia musi odrzucać całą resztę. Bezpieczna jest taka kolejność:
fix-dante = Dante (rozpoznany po odpowiedziach serwera): to, czego w pliku sockd.conf nie dopuszcza żadna reguła, jest odrzucane. W regułach „pass” powinny więc stać tylko własne sieci:
fix-haproxy = HAProxy (rozpoznany po odpowiedziach serwera): należy usunąć „option http_proxy” i każde „set-dst”, które bierze cel połączenia z żądania. Jeżeli są potrzebne, trzeba ograniczyć, kto może się łączyć:
fix-nginx = nginx (rozpoznany po odpowiedziach serwera): „proxy_pass” nie może brać celu połączenia z żądania, na przykład z „$host” lub „$http_host”. Cel należy podać wprost, a dostęp w miarę możliwości ograniczyć:
fix-tinyproxy = Tinyproxy (rozpoznany po odpowiedziach serwera): bez wiersza „Allow” w pliku tinyproxy.conf połączyć się może każdy. Bezpieczne są takie wiersze:
fix-microsocks = microsocks (rozpoznany po odpowiedziach serwera): bez opcji nasłuchuje na wszystkich adresach i nie wymaga hasła. Bezpieczne jest takie wywołanie:
