# Was ein Schreiben sagt, das Mail-Relays und Proxy-Server zugleich betrifft.

## Betreff

both-subject-confirmed = { $count ->
    [one] Server { $address }: offenes Mail-Relay und offener Proxy-Server bestätigt
   *[other] Server unter { $count }~Adressen: offene Mail-Relays und Proxy-Server bestätigt
}
both-subject-listed = { $count ->
    [one] Server { $address }: Bitte um Prüfung auf ein offenes Mail-Relay oder einen offenen Proxy-Server
   *[other] Server unter { $count }~Adressen: Bitte um Prüfung auf offene Mail-Relays und Proxy-Server
}

## Warum wir schreiben

both-occasion-opening = { $count ->
    [one] dieses Schreiben betrifft den Server unter der IP-Adresse~{ $address } und die Frage, ob er ein offenes Mail-Relay (englisch „open relay“) oder ein offener Proxy-Server (englisch „open proxy“) ist, ob also Fremde über ihn Nachrichten an andere Fremde senden oder Verbindungen zu anderen Systemen im Internet aufbauen können.
   *[other] dieses Schreiben betrifft die Server unter den { $count }~unten aufgeführten IP-Adressen und die Frage, ob sie offene Mail-Relays (englisch „open relays“) oder offene Proxy-Server (englisch „open proxies“) sind, ob also Fremde über sie Nachrichten an andere Fremde senden oder Verbindungen zu anderen Systemen im Internet aufbauen können.
}
both-occasion-listed = { $count ->
    [one] { $bases ->
        [one] eine öffentliche Datenbank ({ $databases }) deutet
       *[other] verschiedene öffentliche Datenbanken ({ $databases }) deuten
    } darauf hin, dass der Server unter der IP-Adresse~{ $address } ein offenes Mail-Relay (englisch „open relay“) oder ein offener Proxy-Server (englisch „open proxy“) sein könnte. Sollte das zutreffen, enthält dieses Schreiben wichtige Informationen über den Server Ihrer Organisation und über deren Erscheinungsbild im Internet.
   *[other] { $bases ->
        [one] eine öffentliche Datenbank ({ $databases }) deutet
       *[other] verschiedene öffentliche Datenbanken ({ $databases }) deuten
    } darauf hin, dass die Server unter den { $count }~unten aufgeführten IP-Adressen offene Mail-Relays (englisch „open relays“) oder offene Proxy-Server (englisch „open proxies“) sein könnten. Sollte das zutreffen, enthält dieses Schreiben wichtige Informationen über die Server Ihrer Organisation und über das Erscheinungsbild der Organisation im Internet.
}
both-occasion-confirmed = { $count ->
    [one] Unsere eigenen Tests haben ergeben, dass er beides ist: Eine Testnachricht und eine Testverbindung von uns haben über den Server unsere eigenen Systeme erreicht.
   *[other] Unsere eigenen Tests haben ergeben, dass dies der Fall ist: Über jeden dieser Server hat eine Testnachricht oder eine Testverbindung von uns unsere eigenen Systeme erreicht.
}

## Erklärung

both-heading-explanation = Was offene Mail-Relays und offene Proxy-Server sind
both-explanation = Ein offenes Mail-Relay ist ein Mailserver, der Nachrichten von jedem Rechner der Welt annimmt und an andere Internetadressen weiterleitet. Über einen offenen Proxy-Server kann jeder Rechner der Welt Verbindungen zu anderen Internetadressen aufbauen; für die Gegenseite sieht es dann so aus, als käme die Verbindung vom Proxy-Server. Versender unerwünschter Massen-E-Mails missbrauchen beides. Das ist ein Problem für Verbraucherinnen und Verbraucher in aller Welt, für die Strafverfolgungsbehörden und für die Organisation, die den Server betreibt.
both-consequences = Für diese Organisation kann ein solcher Server bedeuten, dass
both-consequence-strangers = unbekannte Dritte den Server und die Internetressourcen der Organisation nutzen;
both-consequences-end = Wer einen solchen Server für Fremde schließt, schützt das System vor diesem Missbrauch.
both-programme-aim = Ziel ist, dass Sie Ihre Server absichern und nicht unwissentlich zur Quelle unerwünschter E-Mails werden. Der erste Schritt ist, offene Mail-Relays und offene Proxy-Server zu schließen.

## Was zu tun ist

both-fix-opening-confirmed = { $count ->
    [one] Bitte schließen Sie den Server für Fremde. In der Regel genügen diese Schritte:
   *[other] Bitte schließen Sie die Server für Fremde. In der Regel genügen diese Schritte:
}
both-fix-opening-listed = { $count ->
    [one] Bitte prüfen Sie, ob der Server Nachrichten oder Verbindungen Fremder weiterleitet, und unterbinden Sie dies gegebenenfalls. In der Regel genügen diese Schritte:
   *[other] Bitte prüfen Sie, ob die Server Nachrichten oder Verbindungen Fremder weiterleiten, und unterbinden Sie dies gegebenenfalls. In der Regel genügen diese Schritte:
}
both-guide-steps = { $count ->
    [one] Wenn Ihr Server ein offenes Mail-Relay oder ein offener Proxy-Server ist und Sie ihn schließen möchten, folgen Sie bitte der dortigen Schritt-für-Schritt-Anleitung.
   *[other] Wenn Ihre Server offene Mail-Relays oder offene Proxy-Server sind und Sie diese schließen möchten, folgen Sie bitte der dortigen Schritt-für-Schritt-Anleitung.
}
