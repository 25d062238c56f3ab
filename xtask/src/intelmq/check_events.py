"""Reads our events with IntelMQ's own classes, and has IntelMQ's own parsers write events for us.

Arguments: a folder to write to, then our events, one a line in each file. Every event must be one by IntelMQ's data
format and come back unchanged; each damage must be found. Then IntelMQ's Shadowserver parser reads the reports in the
folder, and its Spamhaus parser two lines; their events stand beside them, flat, one a line, and nested, in an array.
"""

import json
import os
import pathlib
import sys

folder = pathlib.Path(sys.argv[1])
state = folder / "intelmq" / "var" / "lib" / "bots"
state.mkdir(parents=True, exist_ok=True)
os.environ["INTELMQ_ROOT_DIR"] = str(folder / "intelmq")

import intelmq.lib.exceptions as exceptions
import intelmq.lib.message as message
from intelmq.bots.experts.taxonomy.expert import TAXONOMY
from intelmq.version import __version__

package = pathlib.Path(message.__file__).parent.parent
harmonization = json.loads((package / "etc" / "harmonization.conf").read_text())

checks = 0
wrong = []


def read(event):
    global checks
    checks += 1
    return message.MessageFactory.from_dict(dict(event), harmonization=harmonization, default_type="Event")


DAMAGES = {
    "a field of nobody": lambda event: event.update({"source.relay": True}),
    "a type of nobody": lambda event: event.update({"classification.type": "open relay"}),
    "no address": lambda event: event.update({"source.ip": "mx.example"}),
    "no port": lambda event: event.update({"source.port": "smtp"}),
    "no moment": lambda event: event.update({"time.source": "today"}),
}

events = []
for path in map(pathlib.Path, sys.argv[2:]):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        sent = json.loads(line)
        try:
            event = read(sent)
        except exceptions.IntelMQException as error:
            wrong.append(f"{path.name}:{number}: {error}")
            continue
        events.append(sent)
        back = dict(event.to_dict())
        if back != sent:
            wrong.append(f"{path.name}:{number}: it became {back}")
        taxonomy = TAXONOMY[sent["classification.type"]]
        if sent["classification.taxonomy"] != taxonomy:
            wrong.append(f"{path.name}:{number}: the taxonomy is {taxonomy}")
        is_open = sent["classification.type"] == "vulnerable-system"
        if is_open != (sent["extra.verdict"] == "confirmed" and not sent["extra.laboratory"]):
            wrong.append(f"{path.name}:{number}: called open without proof, or not with it")

for damage, apply in DAMAGES.items():
    damaged = dict(events[0])
    apply(damaged)
    try:
        read(damaged)
        wrong.append(f"not found: {damage}")
    except exceptions.IntelMQException:
        pass

# The types of reports as the parser is told of them.
SCHEMA = {
    "scan_smtp": ("Accessible-SMTP", "other", "other", "open-smtp", "smtp"),
    "scan_http_proxy": ("Open-HTTP-Proxy", "vulnerable", "vulnerable-system", "open-http-proxy", "http"),
    "scan_socks": ("Accessible-SOCKS4/5-Proxy", "vulnerable", "vulnerable-system", "open-socks", None),
}
schema = {}
for kind, (name, taxonomy, of_type, identifier, application) in SCHEMA.items():
    constant = {
        "classification.taxonomy": taxonomy,
        "classification.type": of_type,
        "classification.identifier": identifier,
    }
    optional = [
        ["protocol.transport", "protocol"],
        ["source.reverse_dns", "hostname"],
        ["source.asn", "asn", "invalidate_zero"],
        ["source.geolocation.cc", "geo"],
    ]
    if application:
        constant["protocol.application"] = application
        optional.append(["extra.", "tag"])
    else:
        optional.append(["protocol.application", "tag"])
    schema[kind] = {
        "feed_name": name,
        "file_name": kind,
        "url": "https://www.shadowserver.org/",
        "constant_fields": constant,
        "required_fields": [
            ["time.source", "timestamp", "add_UTC_to_timestamp"],
            ["source.ip", "ip", "validate_ip"],
            ["source.port", "port", "convert_int"],
        ],
        "optional_fields": optional,
    }
(state / "shadowserver-schema.json").write_text(json.dumps(schema))

import logging

from intelmq.bots.parsers.shadowserver import _config
from intelmq.bots.parsers.shadowserver.parser import ShadowserverParserBot
from intelmq.lib.utils import base64_encode
from intelmq.bots.parsers.spamhaus.parser_cert import SpamhausCERTParserBot


def bot(kind):
    """A parser without the pipeline around it."""
    parser = object.__new__(kind)
    parser.logger = logging.getLogger("intelmq")
    parser._Bot__log_buffer = []
    parser._harmonization = harmonization
    parser.tempdata = []
    return parser


def report(**fields):
    return message.Report({name.replace("__", "."): value for name, value in fields.items()}, harmonization=harmonization)


_config.set_logger(logging.getLogger("intelmq"))
_config.reload()
written = []
for path in sorted(folder.glob("*-scan_*.csv")):
    parser = bot(ShadowserverParserBot)
    parser._mode = "detect"
    given = report(feed__provider="Shadowserver", extra__file_name=path.name, raw=base64_encode(path.read_text()))
    events_before = len(written)
    for row in parser.parse(given):
        written.extend(parser.parse_line(row, given))
    if len(written) == events_before:
        wrong.append(f"{path.name}: IntelMQ reads no event in it")

feed = report(
    feed__provider="Spamhaus", feed__name="CERT", feed__url="https://portal.spamhaus.org/cert/api.php?cert=x&key=y"
)
for row in (
    "192.0.2.25 , AS64496 , DK , 1763700000 , openrelay , ? , ? , 25 , ? , tcp",
    "192.0.2.26 , AS64496 , DK , 1763700000 , sshauth , ? , 192.0.2.9 , 22 , ? , tcp",
):
    written.extend(bot(SpamhausCERTParserBot).parse_line(row, feed))

checks += len(written)
(folder / "flat.json").write_text("".join(event.to_json() + "\n" for event in written))
nested = [event.to_dict(hierarchical=True, with_type=True) for event in written]
(folder / "nested.json").write_text(json.dumps(nested, indent=1))

for line in wrong:
    print(line)
print(f"{checks} checks: {len(events)} events of ours, {len(written)} of IntelMQ {__version__}")
sys.exit(bool(wrong) or not events or not written)
