# What every letter has, whatever it is about. `~` is a no-break space.

## Marks of a draft

draft-example = DRAFT, not to be sent: the sender in the profile “{ $profile }” is an example.
draft-language = DRAFT, not to be sent: the profile “{ $profile }” has not approved English.
draft-historic = DRAFT, not to be sent: the profile “{ $profile }” is historic and shows how letters once read.

## Two languages

english-below = English version below

## Head

label-to = To:
label-reference = Our reference:
label-date = Date:
label-subject = Subject:
day = { $date }
salutation = Dear Sir or Madam,
salutation-named = Dear Sir or Madam,

## Dates, times, lists

date = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }
moment-utc = { $date }, { $hour }:{ $minute } (UTC)
moment-local = { $date }, { $hour }:{ $minute } ({ $zone })
list-and = and
list-and-before-e = and

## What was found

heading-findings = { $count ->
    [one] The server
   *[other] The servers
}
label-address = IP~address:
address-and-port = { $address }, port~{ $port }
label-host = Host name:
label-seen = Observed:
label-first-seen = First observed:
label-last-seen = Last observed:
label-listed = Listed by:
listed-on = seen on { $date }
listed-code = code { $code }
label-tested = Test:
tested-forms = { $answered ->
    [0] no combination of sender and recipient was answered
    [one] { $answered } combination of sender and recipient answered: { $accepted }~accepted, { $refused }~refused{ $unclear ->
        [0] { "" }
       *[other] , { $unclear }~unclear
    }
   *[other] { $answered } combinations of sender and recipient answered: { $accepted }~accepted, { $refused }~refused{ $unclear ->
        [0] { "" }
       *[other] , { $unclear }~unclear
    }
}
depth-quick = extent: quick
depth-standard = extent: standard
depth-full = extent: full
label-returned = Returned to us:
returned-from = delivered by { $address }

## Who writes, and how to answer

heading-sender = Who we are
heading-contact = Questions
contact = If you have any questions about this letter, please write to us or call us, quoting our reference { $reference }. Your reply will be read by a person.
label-mail = E-mail:
label-phone = Telephone:
heading-genuine = How to check that this letter is genuine
genuine = You need not take this letter on trust. The following page explains how to recognise our letters:
genuine-key = Fingerprint of our OpenPGP key:
genuine-never = We will never ask you for a password, and you need not open any attachment or link in order to act on this letter.
heading-retest = A new test
retest = As soon as you have changed or checked something, please let us know. We shall be glad to test again and to tell you the result. If you do not want us to test again, a short message is enough.
pass-on = If you are only the Internet service provider, please pass this letter on to the customer concerned. If the matter does not concern you at all, we would be grateful for a short message, so that we do not trouble you again.
closing = Yours faithfully,

## Annexes

heading-evidence = Annex: record of the conversation with the server
evidence = “C:” marks our test, “S:” marks the server. This is an extract: some replies may be missing, and our own addresses are shortened. Characters that cannot be printed appear as codes.
evidence-of = IP~address { $address }, port~{ $port }
evidence-forms = Combinations that the server accepted:
evidence-more = { $count ->
    [one] The conversation with one more server is available on request.
   *[other] The conversations with { $count } more servers are available on request.
}
heading-machine = Annex: the same data for machines (times in UTC)
