# What a letter says about a proxy server. It says what was shown, and no more.

## Subject

proxy-subject-confirmed = { $count ->
    [one] Server at { $address }: open proxy server confirmed
   *[other] Servers at { $count } addresses: open proxy servers confirmed
}
proxy-subject-listed = { $count ->
    [one] Server at { $address }: please check for an open proxy server
   *[other] Servers at { $count } addresses: please check for open proxy servers
}

## Why this letter is written

proxy-occasion-opening = { $count ->
    [one] This letter concerns the server at IP~address { $address } and the question of whether it is an open proxy server (“open proxy”), in other words, whether strangers can connect to other systems on the Internet through it.
   *[other] This letter concerns the servers at the { $count } IP~addresses listed below and the question of whether they are open proxy servers (“open proxies”), in other words, whether strangers can connect to other systems on the Internet through them.
}
proxy-occasion-listed = { $count ->
    [one] { $bases ->
        [one] A public database ({ $databases }) indicates
       *[other] Various public databases ({ $databases }) indicate
    } that the server at IP~address { $address } may be an open proxy server (“open proxy”). If that is so, this letter contains important information about your organisation’s server and about how your organisation is seen on the Internet.
   *[other] { $bases ->
        [one] A public database ({ $databases }) indicates
       *[other] Various public databases ({ $databases }) indicate
    } that the servers at the { $count } IP~addresses listed below may be open proxy servers (“open proxies”). If that is so, this letter contains important information about your organisation’s servers and about how your organisation is seen on the Internet.
}
proxy-occasion-confirmed = { $count ->
    [one] Our own test has shown that this is the case: a test connection of ours reached our own system through the server.
   *[other] Our own tests have shown that this is the case: test connections of ours reached our own system through each of these servers.
}

## What was found

proxy-tested-forms = { $answered ->
    [0] no request was answered
    [one] { $answered } request answered: { $accepted }~granted, { $refused }~refused{ $unclear ->
        [0] { "" }
       *[other] , { $unclear }~unclear
    }
   *[other] { $answered } requests answered: { $accepted }~granted, { $refused }~refused{ $unclear ->
        [0] { "" }
       *[other] , { $unclear }~unclear
    }
}
proxy-label-returned = Reached us:
proxy-returned-from = from { $address }
proxy-evidence-forms = Requests that the server granted:

## How it was tested

proxy-test-method = Our test connects to a proxy server from outside, as any client does. Without logging in, it asks the server to connect to a test system of our own. That system sends a code that nobody can guess; only if this code comes back to us is the connection proved. The test tries no passwords, contacts no third party’s systems and changes no settings.

## The result

proxy-verdict-confirmed = { $count ->
    [one] Without a login, the server made the connection that our test asked for. It arrived at our own test system, and the code that this system sent came back to us. This proves that the server passed on connections for strangers at the time of the test.
   *[other] Without a login, each of these servers made the connection that our test asked for. It arrived at our own test system, and the code that this system sent came back to us. This proves that the servers passed on connections for strangers at the time of the test.
}
proxy-verdict-accepted = { $count ->
    [one] Without a login, the server granted the connection that our test asked for, and the code of our test system came back to us. Up to the time of this letter, however, no call that bears the mark of this test is known at that system, so we do not know where the connection came out. Whether the server itself passes on connections for strangers is therefore not proved.
   *[other] Without a login, each of these servers granted the connection that our test asked for, and the code of our test system came back to us. Up to the time of this letter, however, no call that bears the mark of these tests is known at that system, so we do not know where the connections came out. Whether the servers themselves pass on connections for strangers is therefore not proved.
}
proxy-verdict-suspected = { $count ->
    [one] Without a login, the server answered that it granted the connection that our test asked for. The code of our test system did not come back. Whether the server really passes on such connections is therefore not proved: some servers give the same answer to every request.
   *[other] Without a login, each of these servers answered that it granted the connection that our test asked for. The code of our test system did not come back. Whether the servers really pass on such connections is therefore not proved: some servers give the same answer to every request.
}
proxy-verdict-anything = { $count ->
    [one] The server also granted a connection to a destination that cannot exist. It is therefore possible that it gives this answer to every request.
   *[other] Each of them also granted a connection to a destination that cannot exist. It is therefore possible that they give this answer to every request.
}
proxy-verdict-undecided = { $count ->
    [one] Our test could not decide whether the server passes on connections for strangers. We can neither confirm nor refute the entry in the database. The reason:
   *[other] Our tests could not decide whether these servers pass on connections for strangers. We can neither confirm nor refute the entries in the databases. The reason:
}
undecided-protocol = The service that answers at this port does not speak the protocol of our test.
undecided-turned-away = Our test itself was turned away, whatever destination it named.
undecided-unanswered = No answer to our test came in time.
undecided-not-reached = By its own replies, the server tried to make the connection and did not reach our test system. Whether it passes on connections to other destinations was not tested.
undecided-own-address = The connection reached our test system from our own address. Something on our own path may have made it instead of the server.

## Explanation

proxy-heading-explanation = What an open proxy server is
proxy-explanation = An open proxy server lets any computer in the world connect to other Internet addresses through it; at the other end, the connection then seems to come from the proxy server. Senders of unsolicited bulk mail abuse such servers to hide where their mail comes from. That is a problem for consumers all over the world, for law enforcement, and for the organisation that runs the server.
proxy-consequences = For that organisation, an open proxy server can mean that:
proxy-consequence-strangers = unknown third parties use its server and its Internet resources;
proxy-consequences-end = Closing an open proxy server to strangers protects the system against this misuse.
proxy-programme-aim = The aim is that you secure your servers and do not become a source of unsolicited mail without knowing it. The first step is to close open proxy servers to strangers.

## What to do

proxy-fix-opening-confirmed = { $count ->
    [one] We ask you to close the proxy server to strangers. These steps are usually enough:
   *[other] We ask you to close the proxy servers to strangers. These steps are usually enough:
}
proxy-fix-opening-listed = { $count ->
    [one] We ask you to check whether the server passes on connections for strangers and, if it does, to stop this. These steps are usually enough:
   *[other] We ask you to check whether the servers pass on connections for strangers and, if they do, to stop this. These steps are usually enough:
}
proxy-guide-steps = { $count ->
    [one] If your server is an open proxy server and you wish to close it, please follow the step-by-step instructions there.
   *[other] If your servers are open proxy servers and you wish to close them, please follow the step-by-step instructions there.
}
fix-proxies = Proxy servers:
fix-clients = Accept connections only from your own networks or from users who have logged in; refuse everyone else.
fix-listen = If only your own network needs the proxy server, let it listen on an internal address only and block its port in the firewall, for IPv6 as well.
fix-targets = Limit what can be reached through it: no mail servers (port~25), no addresses in your own network, and with CONNECT only the ports that you need, usually 443.
fix-software = Use a version that its makers still maintain. If nobody knows about the proxy server, find out where it comes from: it may belong to a router, to other software or to malware.
fix-logs = Afterwards, look through the logs for connections that are not yours.
questions = Six questions help to find out whether a proxy server is safe:
question-untrusted = Does it accept connections from networks that you do not trust?
question-version = Do you run a current version of the software?
question-patches = Have all security updates been applied?
question-access = Are there access controls that say who may use it?
question-audit = Does someone check for unauthorised use?
question-abuse = Is there a mailbox “abuse” in your domain, and does someone read it?
fix-squid = Squid (recognised by the server’s replies): in squid.conf, the http_access rules apply in the order in which they stand, and the last one must refuse the rest. This order is safe:
fix-dante = Dante (recognised by the server’s replies): in sockd.conf, what no rule passes is refused. Therefore name only your own networks in the “pass” rules:
fix-haproxy = HAProxy (recognised by the server’s replies): remove “option http_proxy” and any “set-dst” that takes the destination from the request. If you do need them, limit who may connect:
fix-nginx = nginx (recognised by the server’s replies): “proxy_pass” must not take the destination from the request, for example from “$host” or “$http_host”. Name the destination, and limit access where you can:
fix-tinyproxy = Tinyproxy (recognised by the server’s replies): without an “Allow” line in tinyproxy.conf, everyone may connect. These lines are safe:
fix-microsocks = microsocks (recognised by the server’s replies): without options it listens on all addresses and asks for no password. This command line is safe:
