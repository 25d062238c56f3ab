"""Validates XARF reports with the XARF project's own library and its schemas.

Arguments: the reports. Strictly, so that recommended fields must be there and unknown ones must not. Then each
report is damaged in turn, and the library must find that.
"""

import json
import pathlib
import sys

import xarf

checks = 0
wrong = []
identifiers = {}


def errors(report):
    global checks
    checks += 1
    result = xarf.parse(report, strict=True)
    return list(result.errors)


DAMAGES = {
    "no report_id": lambda report: report.pop("report_id"),
    "no sender": lambda report: report.pop("sender"),
    "a category of nobody": lambda report: report.update(category="relay"),
    "no service and no threat_type": lambda report: (report.pop("service", None), report.pop("threat_type", None)),
    "a confidence above one": lambda report: report.update(confidence=1.5),
    "a tag without a name": lambda report: report["tags"].append("open relay"),
    "an empty contact": lambda report: report["reporter"].pop("contact"),
    "evidence without payload": lambda report: report["evidence"][0].pop("payload"),
}

kinds = set()
for path in map(pathlib.Path, sys.argv[1:]):
    report = json.loads(path.read_bytes())
    name = f"{path.parent.name}/{path.name}"
    for error in errors(report):
        wrong.append(f"{name}: {error}")
    if "_internal" in report:
        wrong.append(f"{name}: has _internal")
    kinds.add(f"{report['category']}/{report['type']}")
    about = (report["sender"]["domain"], report["source_identifier"], report["source_port"], report["timestamp"])
    known = identifiers.setdefault(report["report_id"], about)
    if known != about:
        wrong.append(f"{name}: the report_id of another finding")

report = json.loads(pathlib.Path(sys.argv[1]).read_bytes())
for damage, apply in DAMAGES.items():
    damaged = json.loads(json.dumps(report))
    apply(damaged)
    if not errors(damaged):
        wrong.append(f"not found: {damage}")

for line in wrong:
    print(line)
print(f"{checks} checks: {len(sys.argv) - 1} reports, XARF {xarf.SPEC_VERSION}, {', '.join(sorted(kinds))}")
missing = {"vulnerability/open_service", "reputation/blocklist"} - kinds
sys.exit(1 if wrong or missing else 0)
