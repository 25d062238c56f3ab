# Co mówi pismo, które dotyczy zarówno przekaźników poczty, jak i serwerów proxy.

## Temat

both-subject-confirmed = { $count ->
    [one] Serwer { $address }: potwierdzony otwarty przekaźnik poczty i otwarty serwer proxy
   *[other] Serwery pod { $count }~adresami: potwierdzone otwarte przekaźniki poczty i otwarte serwery proxy
}
both-subject-listed = { $count ->
    [one] Serwer { $address }: prośba o sprawdzenie, czy nie jest otwartym przekaźnikiem poczty lub otwartym serwerem proxy
   *[other] Serwery pod { $count }~adresami: prośba o sprawdzenie, czy nie są otwartymi przekaźnikami poczty lub otwartymi serwerami proxy
}

## Dlaczego piszemy

both-occasion-opening = { $count ->
    [one] niniejsze pismo dotyczy serwera o adresie IP~{ $address } i pytania, czy jest on otwartym przekaźnikiem poczty (ang. open relay) lub otwartym serwerem proxy (ang. open proxy), czyli czy osoby postronne mogą za jego pośrednictwem wysyłać wiadomości do innych osób postronnych lub łączyć się z innymi systemami w internecie.
    [few] poniżej wymieniamy { $count }~adresy IP serwerów, których dotyczy niniejsze pismo. Pytanie brzmi, czy serwery te są otwartymi przekaźnikami poczty (ang. open relay) lub otwartymi serwerami proxy (ang. open proxy), czyli czy osoby postronne mogą za ich pośrednictwem wysyłać wiadomości do innych osób postronnych lub łączyć się z innymi systemami w internecie.
   *[other] poniżej wymieniamy { $count }~adresów IP serwerów, których dotyczy niniejsze pismo. Pytanie brzmi, czy serwery te są otwartymi przekaźnikami poczty (ang. open relay) lub otwartymi serwerami proxy (ang. open proxy), czyli czy osoby postronne mogą za ich pośrednictwem wysyłać wiadomości do innych osób postronnych lub łączyć się z innymi systemami w internecie.
}
both-occasion-listed = { $count ->
    [one] { $bases ->
        [one] publiczna baza danych ({ $databases }) wskazuje
       *[other] różne publiczne bazy danych ({ $databases }) wskazują
    }, że serwer o adresie IP~{ $address } może być otwartym przekaźnikiem poczty (ang. open relay) lub otwartym serwerem proxy (ang. open proxy). Jeżeli tak jest, pismo to zawiera ważne informacje o serwerze Państwa organizacji i o tym, jak jest ona postrzegana w internecie.
   *[other] { $bases ->
        [one] publiczna baza danych ({ $databases }) wskazuje
       *[other] różne publiczne bazy danych ({ $databases }) wskazują
    }, że serwery pod { $count }~adresami IP wymienionymi poniżej mogą być otwartymi przekaźnikami poczty (ang. open relay) lub otwartymi serwerami proxy (ang. open proxy). Jeżeli tak jest, pismo to zawiera ważne informacje o serwerach Państwa organizacji i o tym, jak jest ona postrzegana w internecie.
}
both-occasion-confirmed = { $count ->
    [one] Nasze testy wykazały, że jest on jednym i drugim: nasza wiadomość testowa i nasze połączenie testowe dotarły za pośrednictwem tego serwera do naszych własnych systemów.
   *[other] Nasze testy wykazały, że tak jest: za pośrednictwem każdego z tych serwerów do naszych własnych systemów dotarła nasza wiadomość testowa lub nasze połączenie testowe.
}

## Wyjaśnienie

both-heading-explanation = Czym są otwarte przekaźniki poczty i otwarte serwery proxy
both-explanation = Otwarty przekaźnik poczty to serwer poczty, który przyjmuje wiadomości z dowolnego komputera na świecie i przekazuje je na inne adresy internetowe. Otwarty serwer proxy pozwala dowolnemu komputerowi na świecie łączyć się za jego pośrednictwem z innymi adresami internetowymi; dla drugiej strony wygląda to tak, jakby połączenie pochodziło z serwera proxy. Nadawcy niezamówionej poczty masowej nadużywają jednych i drugich. Jest to problem dla konsumentów na całym świecie, dla organów ścigania i dla organizacji, która prowadzi serwer.
both-consequences = Dla tej organizacji taki serwer może oznaczać, że:
both-consequence-strangers = nieznane osoby trzecie korzystają z jej serwera i zasobów internetowych;
both-consequences-end = Zamknięcie takiego serwera dla osób postronnych chroni system przed tego rodzaju nadużyciami.
both-programme-aim = Celem jest, aby zabezpieczyli Państwo swoje serwery i nie stali się nieświadomie źródłem niezamówionych wiadomości. Pierwszym krokiem jest zamknięcie otwartych przekaźników poczty i otwartych serwerów proxy.

## Co zrobić

both-fix-opening-confirmed = { $count ->
    [one] Prosimy o zamknięcie serwera dla osób postronnych. Zwykle wystarczają następujące kroki:
   *[other] Prosimy o zamknięcie serwerów dla osób postronnych. Zwykle wystarczają następujące kroki:
}
both-fix-opening-listed = { $count ->
    [one] Prosimy o sprawdzenie, czy serwer przekazuje pocztę lub połączenia osób postronnych, a jeżeli tak, o wyłączenie tej możliwości. Zwykle wystarczają następujące kroki:
   *[other] Prosimy o sprawdzenie, czy serwery przekazują pocztę lub połączenia osób postronnych, a jeżeli tak, o wyłączenie tej możliwości. Zwykle wystarczają następujące kroki:
}
both-guide-steps = { $count ->
    [one] Jeżeli Państwa serwer jest otwartym przekaźnikiem poczty lub otwartym serwerem proxy i chcą go Państwo zamknąć, prosimy postępować według zamieszczonej tam instrukcji krok po kroku.
   *[other] Jeżeli Państwa serwery są otwartymi przekaźnikami poczty lub otwartymi serwerami proxy i chcą je Państwo zamknąć, prosimy postępować według zamieszczonej tam instrukcji krok po kroku.
}
