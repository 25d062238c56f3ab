# Was ein Schreiben über einen Proxy-Server sagt: was gezeigt wurde, und nicht mehr.

## Betreff

proxy-subject-confirmed = { $count ->
    [one] Server { $address }: offener Proxy-Server bestätigt
   *[other] Server unter { $count }~Adressen: offene Proxy-Server bestätigt
}
proxy-subject-listed = { $count ->
    [one] Server { $address }: Bitte um Prüfung auf einen offenen Proxy-Server
   *[other] Server unter { $count }~Adressen: Bitte um Prüfung auf offene Proxy-Server
}

## Warum wir schreiben

proxy-occasion-opening = { $count ->
    [one] dieses Schreiben betrifft den Server unter der IP-Adresse~{ $address } und die Frage, ob er ein offener Proxy-Server (englisch „open proxy“) ist, ob also Fremde über ihn Verbindungen zu anderen Systemen im Internet aufbauen können.
   *[other] dieses Schreiben betrifft die Server unter den { $count }~unten aufgeführten IP-Adressen und die Frage, ob sie offene Proxy-Server (englisch „open proxies“) sind, ob also Fremde über sie Verbindungen zu anderen Systemen im Internet aufbauen können.
}
proxy-occasion-listed = { $count ->
    [one] { $bases ->
        [one] eine öffentliche Datenbank ({ $databases }) deutet
       *[other] verschiedene öffentliche Datenbanken ({ $databases }) deuten
    } darauf hin, dass der Server unter der IP-Adresse~{ $address } ein offener Proxy-Server (englisch „open proxy“) sein könnte. Sollte das zutreffen, enthält dieses Schreiben wichtige Informationen über den Server Ihrer Organisation und über deren Erscheinungsbild im Internet.
   *[other] { $bases ->
        [one] eine öffentliche Datenbank ({ $databases }) deutet
       *[other] verschiedene öffentliche Datenbanken ({ $databases }) deuten
    } darauf hin, dass die Server unter den { $count }~unten aufgeführten IP-Adressen offene Proxy-Server (englisch „open proxies“) sein könnten. Sollte das zutreffen, enthält dieses Schreiben wichtige Informationen über die Server Ihrer Organisation und über das Erscheinungsbild der Organisation im Internet.
}
proxy-occasion-confirmed = { $count ->
    [one] Unser eigener Test hat ergeben, dass dies der Fall ist: Eine Testverbindung von uns hat über den Server unser eigenes System erreicht.
   *[other] Unsere eigenen Tests haben ergeben, dass dies der Fall ist: Testverbindungen von uns haben über jeden dieser Server unser eigenes System erreicht.
}

## Was festgestellt wurde

proxy-tested-forms = { $answered ->
    [0] keine Anfrage beantwortet
    [one] { $answered }~Anfrage beantwortet: { $accepted }~angenommen, { $refused }~abgelehnt{ $unclear ->
        [0] { "" }
       *[other] , { $unclear }~unklar
    }
   *[other] { $answered }~Anfragen beantwortet: { $accepted }~angenommen, { $refused }~abgelehnt{ $unclear ->
        [0] { "" }
       *[other] , { $unclear }~unklar
    }
}
proxy-label-returned = Bei uns angekommen:
proxy-returned-from = von { $address }
proxy-evidence-forms = Anfragen, die der Server angenommen hat:

## Wie getestet wurde

proxy-test-method = Unser Test verbindet sich von außen mit einem Proxy-Server, wie es jeder Client tut. Ohne Anmeldung bittet er den Server um eine Verbindung zu einem Testsystem von uns. Dieses sendet einen Code, den niemand erraten kann; erst wenn dieser Code bei uns eintrifft, ist die Verbindung bewiesen. Der Test probiert keine Passwörter aus, spricht keine Systeme Dritter an und ändert keine Einstellungen.

## Das Ergebnis

proxy-verdict-confirmed = { $count ->
    [one] Der Server hat die Verbindung, um die unser Test bat, ohne Anmeldung hergestellt. Sie ist bei unserem eigenen Testsystem angekommen, und der von dort gesendete Code ist bei uns eingetroffen. Damit ist bewiesen, dass der Server zum Zeitpunkt des Tests Verbindungen Fremder weitergeleitet hat.
   *[other] Jeder dieser Server hat die Verbindung, um die unser Test bat, ohne Anmeldung hergestellt. Sie ist bei unserem eigenen Testsystem angekommen, und der von dort gesendete Code ist bei uns eingetroffen. Damit ist bewiesen, dass die Server zum Zeitpunkt des Tests Verbindungen Fremder weitergeleitet haben.
}
proxy-verdict-accepted = { $count ->
    [one] Der Server hat die Verbindung, um die unser Test bat, ohne Anmeldung zugesagt, und der Code unseres Testsystems ist bei uns eingetroffen. Bis zum Zeitpunkt dieses Schreibens ist dort aber keine Verbindung mit dem Kennzeichen dieses Tests bekannt; wir wissen also nicht, wo die Verbindung herauskam. Es ist damit nicht bewiesen, dass der Server selbst Verbindungen für Fremde weiterleitet.
   *[other] Jeder dieser Server hat die Verbindung, um die unser Test bat, ohne Anmeldung zugesagt, und der Code unseres Testsystems ist bei uns eingetroffen. Bis zum Zeitpunkt dieses Schreibens ist dort aber keine Verbindung mit dem Kennzeichen dieser Tests bekannt; wir wissen also nicht, wo die Verbindungen herauskamen. Es ist damit nicht bewiesen, dass die Server selbst Verbindungen für Fremde weiterleiten.
}
proxy-verdict-suspected = { $count ->
    [one] Der Server hat die Verbindung, um die unser Test bat, ohne Anmeldung zugesagt. Der Code unseres Testsystems ist aber nicht bei uns eingetroffen. Es ist also nicht bewiesen, dass der Server solche Verbindungen tatsächlich weiterleitet: Manche Server geben auf jede Anfrage dieselbe Antwort.
   *[other] Jeder dieser Server hat die Verbindung, um die unser Test bat, ohne Anmeldung zugesagt. Der Code unseres Testsystems ist aber nicht bei uns eingetroffen. Es ist also nicht bewiesen, dass die Server solche Verbindungen tatsächlich weiterleiten: Manche Server geben auf jede Anfrage dieselbe Antwort.
}
proxy-verdict-anything = { $count ->
    [one] Der Server hat auch eine Verbindung zu einem Ziel zugesagt, das es nicht geben kann. Es ist daher möglich, dass er auf jede Anfrage so antwortet.
   *[other] Jeder von ihnen hat auch eine Verbindung zu einem Ziel zugesagt, das es nicht geben kann. Es ist daher möglich, dass sie auf jede Anfrage so antworten.
}
proxy-verdict-undecided = { $count ->
    [one] Unser Test konnte nicht klären, ob der Server Verbindungen Fremder weiterleitet. Den Eintrag in der Datenbank können wir weder bestätigen noch widerlegen. Der Grund:
   *[other] Unsere Tests konnten nicht klären, ob diese Server Verbindungen Fremder weiterleiten. Die Einträge in den Datenbanken können wir weder bestätigen noch widerlegen. Der Grund:
}
undecided-protocol = Der Dienst, der an diesem Port antwortet, spricht nicht das Protokoll unseres Tests.
undecided-turned-away = Unser Test wurde als solcher abgewiesen, unabhängig vom genannten Ziel.
undecided-unanswered = Auf unseren Test kam nicht rechtzeitig eine Antwort.
undecided-not-reached = Nach seinen eigenen Antworten hat der Server versucht, die Verbindung herzustellen, unser Testsystem aber nicht erreicht. Ob er Verbindungen zu anderen Zielen weiterleitet, wurde nicht getestet.
undecided-own-address = Die Verbindung kam von unserer eigenen Adresse bei unserem Testsystem an. Etwas auf unserem eigenen Weg kann sie anstelle des Servers hergestellt haben.

## Erklärung

proxy-heading-explanation = Was ein offener Proxy-Server ist
proxy-explanation = Über einen offenen Proxy-Server kann jeder Rechner der Welt Verbindungen zu anderen Internetadressen aufbauen; für die Gegenseite sieht es dann so aus, als käme die Verbindung vom Proxy-Server. Versender unerwünschter Massen-E-Mails missbrauchen solche Server, um die Herkunft ihrer Nachrichten zu verschleiern. Das ist ein Problem für Verbraucherinnen und Verbraucher in aller Welt, für die Strafverfolgungsbehörden und für die Organisation, die den Server betreibt.
proxy-consequences = Für diese Organisation kann ein offener Proxy-Server bedeuten, dass
proxy-consequence-strangers = unbekannte Dritte den Server und die Internetressourcen der Organisation nutzen;
proxy-consequences-end = Wer einen offenen Proxy-Server für Fremde schließt, schützt das System vor diesem Missbrauch.
proxy-programme-aim = Ziel ist, dass Sie Ihre Server absichern und nicht unwissentlich zur Quelle unerwünschter E-Mails werden. Der erste Schritt ist, offene Proxy-Server für Fremde zu schließen.

## Was zu tun ist

proxy-fix-opening-confirmed = { $count ->
    [one] Bitte schließen Sie den Proxy-Server für Fremde. In der Regel genügen diese Schritte:
   *[other] Bitte schließen Sie die Proxy-Server für Fremde. In der Regel genügen diese Schritte:
}
proxy-fix-opening-listed = { $count ->
    [one] Bitte prüfen Sie, ob der Server Verbindungen Fremder weiterleitet, und unterbinden Sie dies gegebenenfalls. In der Regel genügen diese Schritte:
   *[other] Bitte prüfen Sie, ob die Server Verbindungen Fremder weiterleiten, und unterbinden Sie dies gegebenenfalls. In der Regel genügen diese Schritte:
}
proxy-guide-steps = { $count ->
    [one] Wenn Ihr Server ein offener Proxy-Server ist und Sie ihn schließen möchten, folgen Sie bitte der dortigen Schritt-für-Schritt-Anleitung.
   *[other] Wenn Ihre Server offene Proxy-Server sind und Sie diese schließen möchten, folgen Sie bitte der dortigen Schritt-für-Schritt-Anleitung.
}
fix-proxies = Proxy-Server:
fix-clients = Nehmen Sie Verbindungen nur aus Ihren eigenen Netzen oder von angemeldeten Nutzern an; weisen Sie alle anderen ab.
fix-listen = Wird der Proxy-Server nur im eigenen Netz gebraucht, lassen Sie ihn nur auf einer internen Adresse lauschen, und sperren Sie seinen Port in der Firewall, auch für IPv6.
fix-targets = Begrenzen Sie, was über ihn erreichbar ist: keine Mailserver (Port~25), keine Adressen im eigenen Netz und mit CONNECT nur die nötigen Ports, in der Regel~443.
fix-software = Verwenden Sie eine Version, die der Hersteller noch pflegt. Kennt niemand den Proxy-Server, klären Sie bitte, woher er stammt: Er kann zu einem Router, zu anderer Software oder zu einem Schadprogramm gehören.
fix-logs = Sehen Sie anschließend die Protokolle auf fremde Verbindungen durch.
questions = Sechs Fragen helfen festzustellen, ob ein Proxy-Server sicher ist:
question-untrusted = Nimmt er Verbindungen aus Netzen an, denen Sie nicht vertrauen?
question-version = Setzen Sie eine aktuelle Version der Software ein?
question-patches = Sind alle Sicherheitsupdates eingespielt?
question-access = Ist durch Zugriffsregeln festgelegt, wer ihn nutzen darf?
question-audit = Prüft jemand, ob er unbefugt genutzt wird?
question-abuse = Gibt es in Ihrer Domain ein Postfach „abuse“, und wird es gelesen?
fix-squid = Squid (an den Antworten des Servers erkannt): In squid.conf gelten die http_access-Regeln in der Reihenfolge, in der sie stehen; die letzte muss alles Übrige ablehnen. Sicher ist diese Reihenfolge:
fix-dante = Dante (an den Antworten des Servers erkannt): In sockd.conf wird abgelehnt, was keine Regel zulässt. Nennen Sie in den „pass“-Regeln daher nur Ihre eigenen Netze:
fix-haproxy = HAProxy (an den Antworten des Servers erkannt): Entfernen Sie „option http_proxy“ und jedes „set-dst“, das sein Ziel der Anfrage entnimmt. Werden sie doch gebraucht, begrenzen Sie, wer sich verbinden darf:
fix-nginx = nginx (an den Antworten des Servers erkannt): „proxy_pass“ darf sein Ziel nicht der Anfrage entnehmen, etwa mit „$host“ oder „$http_host“. Nennen Sie das Ziel, und begrenzen Sie nach Möglichkeit den Zugriff:
fix-tinyproxy = Tinyproxy (an den Antworten des Servers erkannt): Ohne „Allow“ in tinyproxy.conf darf sich jeder verbinden. Sicher sind diese Zeilen:
fix-microsocks = microsocks (an den Antworten des Servers erkannt): Ohne Optionen lauscht es auf allen Adressen und verlangt kein Passwort. Sicher ist dieser Aufruf:
