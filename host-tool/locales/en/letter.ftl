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
label-protocol = Protocol:
address-and-port = { $address }, port~{ $port }
label-host = Host name:
label-seen = Observed:
label-first-seen = First observed:
label-last-seen = Last observed:
label-listed = Listed by:
listed-since = entered on { $date }
listed-on = seen on { $date }
listed-code = code { $code }
label-tested = Test:
depth-quick = extent: quick
depth-standard = extent: standard
depth-full = extent: full

## Who writes, and how to answer

heading-sender = Who we are
partners = Our partners in this are:
partners-abroad = International partners:
heading-contact = Questions
contact = If you have any questions about this letter, please write to us or call us, quoting our reference { $reference }. Your reply will be read by a person.
contact-mail = If you have any questions about the instructions or about this letter, please write to us, quoting our reference { $reference }:
label-mail = E-mail:
label-phone = Telephone:
heading-genuine = How to check that this letter is genuine
genuine = You need not take this letter on trust. The following page explains how to recognise our letters:
genuine-key = Fingerprint of our OpenPGP key:
genuine-never = We will never ask you for a password, and you need not open any attachment or link in order to act on this letter.
heading-retest = A new test
retest = As soon as you have changed or checked something, please let us know. We shall be glad to test again and to tell you the result. If you do not want us to test again, a short message is enough.
deadline = Please let us know by { $date } what you have found.
deadline-retest = We plan to test again on { $date }. If nothing has changed by then, we shall remind you once, and once only.
pass-on = If you are only the Internet service provider, please pass this letter on to the customer concerned. If the matter does not concern you at all, we should be grateful for a short message, so that we do not trouble you again.
closing = Yours faithfully,

## Why this letter is written

occasion-suspected = { $count ->
    [one] The address appears in { $bases ->
        [one] a public database
       *[other] public databases
    } ({ $databases }). We have therefore tested the server ourselves: there are grounds for suspicion, but there is no proof.
   *[other] The addresses appear in { $bases ->
        [one] a public database
       *[other] public databases
    } ({ $databases }). We have therefore tested the servers ourselves: there are grounds for suspicion, but there is no proof.
}
identity = { $count ->
    [one] According to the information we have, you are responsible for this server.
   *[other] According to the information we have, you are responsible for these servers.
}
occasion-undecided = { $count ->
    [one] The address appears in { $bases ->
        [one] a public database
       *[other] public databases
    } ({ $databases }). We have therefore tested the server ourselves, but our test could not settle the question.
   *[other] The addresses appear in { $bases ->
        [one] a public database
       *[other] public databases
    } ({ $databases }). We have therefore tested the servers ourselves, but our tests could not settle the question.
}
occasion-mixed = { $count ->
    [one] The address appears in { $bases ->
        [one] a public database
       *[other] public databases
    } ({ $databases }). We have therefore run tests of our own. Their results differ; they are given below.
   *[other] Some of the addresses appear in { $bases ->
        [one] a public database
       *[other] public databases
    } ({ $databases }). We have therefore run tests of our own. Their results differ; they are given below for each server.
}

## How it was tested

heading-test = How we tested
caveat-path = Please note: we have not verified whether another system on the way intercepts the connections of our test. If one does, the replies may not have come from your server.
caveat-laboratory = Please note: this test ran in a laboratory. The checks of our own identity were waived.

## The result

heading-verdict = What the test shows
undecided-no-answer = Our attempts to connect were not answered.
undecided-refused = Our attempts to connect were refused.
undecided-tarpit = The replies came so slowly that the time for our test was over before the decisive ones arrived.
undecided-cut-off = The connection ended, or the limit of our test was reached, before the decisive requests were answered.
undecided-other = The replies do not give a clear picture.

## Consequences

consequence-blame = recipients believe that the unsolicited mail comes from its system;
consequence-congestion = its connections are congested with other people’s traffic;
consequence-cost = its administrative costs rise;
consequence-cut-off = its Internet service provider suspends the service.

## What to do

heading-fix = What you can do
fix-more = Detailed instructions:
guide-direct = Direct link:

## Annexes

heading-evidence = Annex: record of the conversation with the server
evidence = “C:” marks our test, “S:” marks the server. This is an extract: some replies may be missing, and our own addresses are shortened. Characters that cannot be printed appear as codes.
evidence-of = IP~address { $address }, port~{ $port }
evidence-more = { $count ->
    [one] The conversation with one more server is available on request.
   *[other] The conversations with { $count } more servers are available on request.
}
heading-machine = Annex: the same data for machines (times in UTC)
