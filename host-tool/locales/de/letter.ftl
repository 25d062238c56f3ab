# Was jedes Schreiben hat, worum es auch geht. `~` ist ein geschütztes Leerzeichen.

## Kennzeichen des Entwurfs

draft-example = ENTWURF, nicht zum Versand: Der Absender im Profil „{ $profile }“ ist ein Beispiel.
draft-language = ENTWURF, nicht zum Versand: Das Profil „{ $profile }“ hat Deutsch nicht freigegeben.
draft-historic = ENTWURF, nicht zum Versand: Das Profil „{ $profile }“ ist historisch und zeigt, wie die damaligen Schreiben lauteten.

## Zwei Sprachen

english-below = English version below

## Kopf

label-to = An:
label-reference = Unser Zeichen:
label-date = Datum:
label-subject = Betreff:
day = { $date }
salutation = Sehr geehrte Damen und Herren,
salutation-named = Sehr geehrte Damen und Herren,

## Datum, Uhrzeit, Aufzählung

date = { $day }. { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
} { $year }
moment-utc = { $date }, { $hour }:{ $minute }~Uhr (UTC)
moment-local = { $date }, { $hour }:{ $minute }~Uhr ({ $zone })
list-and = und
list-and-before-e = und

## Was festgestellt wurde

heading-findings = { $count ->
    [one] Der Server
   *[other] Die Server
}
label-address = IP-Adresse:
address-and-port = { $address }, Port~{ $port }
label-host = Hostname:
label-seen = Beobachtet:
label-first-seen = Zuerst beobachtet:
label-last-seen = Zuletzt beobachtet:
label-listed = Verzeichnet bei:
listed-on = festgestellt am { $date }
listed-code = Code { $code }
label-tested = Test:
tested-forms = { $answered ->
    [0] keine Kombination von Absender und Empfänger beantwortet
    [one] { $answered }~Kombination von Absender und Empfänger beantwortet: { $accepted }~angenommen, { $refused }~abgelehnt{ $unclear ->
        [0] { "" }
       *[other] , { $unclear }~unklar
    }
   *[other] { $answered }~Kombinationen von Absender und Empfänger beantwortet: { $accepted }~angenommen, { $refused }~abgelehnt{ $unclear ->
        [0] { "" }
       *[other] , { $unclear }~unklar
    }
}
depth-quick = Umfang: kurz
depth-standard = Umfang: Standard
depth-full = Umfang: vollständig
label-returned = Testnachricht zurück:
returned-from = zugestellt von { $address }

## Wer schreibt und wie man antwortet

heading-sender = Wer wir sind
heading-contact = Fragen
contact = Wenn Sie Fragen zu diesem Schreiben haben, schreiben Sie uns bitte oder rufen Sie uns an, und nennen Sie dabei unser Zeichen { $reference }. Ihre Antwort wird von einem Menschen gelesen.
label-mail = E-Mail:
label-phone = Telefon:
heading-genuine = So prüfen Sie, ob dieses Schreiben echt ist
genuine = Sie müssen diesem Schreiben nicht ungeprüft vertrauen. Die folgende Seite erklärt, woran Sie unsere Schreiben erkennen:
genuine-key = Fingerabdruck unseres OpenPGP-Schlüssels:
genuine-never = Wir werden Sie nie nach einem Passwort fragen, und Sie brauchen weder einen Anhang noch einen Link zu öffnen, um diesem Schreiben nachzugehen.
heading-retest = Erneuter Test
retest = Sobald Sie etwas geändert oder geprüft haben, geben Sie uns bitte Bescheid. Wir testen gern noch einmal und teilen Ihnen das Ergebnis mit. Wünschen Sie keinen weiteren Test, so genügt eine kurze Nachricht.
pass-on = Wenn Sie nur der Internetanbieter sind, leiten Sie dieses Schreiben bitte an den betreffenden Kunden weiter. Wenn die Angelegenheit Sie gar nicht betrifft, sind wir Ihnen für einen kurzen Hinweis dankbar, damit wir Sie nicht noch einmal behelligen.
closing = Mit freundlichen Grüßen

## Anhänge

heading-evidence = Anhang: Protokoll des Dialogs mit dem Server
evidence = „C:“ kennzeichnet unseren Test, „S:“ den Server. Dies ist ein Auszug: Einzelne Antworten können fehlen, unsere eigenen Adressen sind gekürzt. Nicht druckbare Zeichen sind als Codes wiedergegeben.
evidence-of = IP-Adresse { $address }, Port~{ $port }
evidence-forms = Kombinationen, die der Server angenommen hat:
evidence-more = { $count ->
    [one] Das Protokoll zu einem weiteren Server stellen wir auf Wunsch zur Verfügung.
   *[other] Die Protokolle zu { $count }~weiteren Servern stellen wir auf Wunsch zur Verfügung.
}
heading-machine = Anhang: dieselben Angaben für Maschinen (Zeiten in UTC)
