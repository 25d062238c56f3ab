"""Reads mails under the strict policy of Python's email package, which raises at every defect.

Arguments: the mails. Beside each lies its text, and the files that it has attached. Whatever is not as it
should be is told, and the exit status is 1; else the last line says how many checks there were.
"""

import csv
import email
import email.policy
import email.utils
import hashlib
import io
import json
import pathlib
import sys

POLICY = email.policy.default.clone(raise_on_defect=True)
HEADERS = {
    "Date", "From", "Reply-To", "To", "Subject", "Message-ID", "Auto-Submitted", "Content-Language",
    "MIME-Version", "Content-Type", "X-Postern-Not-Ready",
}
checks = 0
wrong = []


def check(path, what, holds):
    global checks
    checks += 1
    if not holds:
        wrong.append(f"{path.parent.name}/{path.name}: {what}")


def lines_fit(path, octets):
    check(path, "lines end in CR LF", octets.replace(b"\r\n", b"").count(b"\n") == 0)
    check(path, "nothing but ASCII", octets.isascii())
    longest = max(len(line) for line in octets.split(b"\r\n"))
    check(path, f"a line of {longest} octets", longest <= 78)


def headers(path, mail):
    names = mail.keys()
    check(path, f"headers twice: {names}", len(names) == len(set(names)))
    check(path, f"unknown headers: {set(names) - HEADERS}", set(names) <= HEADERS)
    for name, value in mail.items():
        check(path, f"{name}: {getattr(value, 'defects', ())}", not getattr(value, "defects", ()))
    state = path.name.split(".")[2:-1]
    check(path, "To where it is ready, and only there", (mail["To"] is not None) == (state == []))
    check(path, "a reason where it is not ready", (mail["X-Postern-Not-Ready"] is not None) == (state != []))
    for name in ("From", "Reply-To"):
        check(path, name, len(mail[name].addresses) == 1 and "@" in mail[name].addresses[0].addr_spec)
    if mail["To"] is not None:
        check(path, "one recipient", len(mail["To"].addresses) == 1)
    check(path, "Auto-Submitted", mail["Auto-Submitted"] == "auto-generated")
    check(path, "Date", mail["Date"].datetime is not None and mail["Date"].datetime.year >= 2024)
    reference, edition = path.name.split(".")[:2]
    identifier = mail["Message-ID"].strip()
    check(path, identifier, identifier.startswith(f"<{reference}.{edition}@") and identifier.endswith(">"))
    tags = [tag.strip() for tag in mail["Content-Language"].split(",")]
    check(path, f"Content-Language {tags}", tags == edition.split("+"))
    check(path, "Subject", mail["Subject"].strip() != "")
    return identifier


def text(path, mail):
    body = mail.get_body(("plain",))
    check(path, "charset", body.get_content_charset() == "utf-8")
    check(path, "encoding", body["Content-Transfer-Encoding"] == "quoted-printable")
    written = path.with_suffix(".txt").read_bytes().decode("utf-8")
    read = body.get_content().replace("\r\n", "\n")
    check(path, "the text is the letter's", read == written)
    subject = mail["Subject"].replace("\u00a0", " ").replace("\u202f", " ").split()
    words = written.replace("\u00a0", " ").replace("\u202f", " ").split()
    at = [words[place:place + len(subject)] == subject for place in range(len(words))]
    check(path, "the subject stands in the letter", any(at))


def attachments(path, mail):
    names = []
    for part in mail.iter_attachments():
        name = part.get_filename()
        names.append(name)
        octets = part.get_payload(decode=True)
        check(path, f"{name} described", part["Content-Description"].strip() != "")
        check(path, f"{name} as its file", (path.parent / name).read_bytes() == octets)
        if name.endswith(".csv"):
            check(path, name, part.get_content_type() == "text/csv")
            rows = list(csv.DictReader(io.StringIO(octets.decode("utf-8"), newline="")))
            check(path, "rows", rows and all(None not in row and None not in row.values() for row in rows))
        else:
            check(path, name, part.get_content_type() == "application/json")
            report = json.loads(octets)
            for item in report["evidence"]:
                quoted = email.base64mime.decode(item["payload"])
                check(path, "size", len(quoted) == item["size"])
                digest = "sha256:" + hashlib.sha256(quoted).hexdigest()
                check(path, "hash", digest == item["hash"])
    check(path, f"attachments {names}", len(names) == len(set(names)) >= 2)
    return len(names)


identifiers = {}
attached = 0
for path in map(pathlib.Path, sys.argv[1:]):
    octets = path.read_bytes()
    try:
        lines_fit(path, octets)
        mail = email.message_from_bytes(octets, policy=POLICY)
        identifier = headers(path, mail)
        text(path, mail)
        attached += attachments(path, mail)
    except Exception as error:  # every defect is an exception
        wrong.append(f"{path.parent.name}/{path.name}: {type(error).__name__}: {error}")
        continue
    of_folder = identifiers.setdefault(path.parent, set())
    check(path, f"{identifier} stands twice", identifier not in of_folder)
    of_folder.add(identifier)

# A reader that finds nothing wrong with this would find nothing wrong with anything.
try:
    broken = b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\nno part\r\n"
    email.message_from_bytes(broken, policy=POLICY)
    wrong.append("a mail without its parts was read")
except Exception:
    checks += 1

for line in wrong:
    print(line)
print(f"{checks} checks: {len(sys.argv) - 1} mails, {attached} attachments")
sys.exit(1 if wrong or len(sys.argv) < 20 else 0)
