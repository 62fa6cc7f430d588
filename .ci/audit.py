"""What is shipped, looked at from outside: known vulnerabilities, licences, bill of materials, secrets in the files.

python .ci/audit.py            all of it; written to var/audit
python .ci/audit.py secrets    only the tracked files, without a network
"""

import csv
import json
import socket
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from detect_secrets.core import scan
from detect_secrets.settings import transient_settings

ROOT = Path(__file__).parent.parent
OUT = ROOT / "var" / "audit"
SERVICE = ("api.osv.dev", 443)
PLUGINS = ("PrivateKeyDetector", "AWSKeyDetector", "GitHubTokenDetector", "GitLabTokenDetector", "JwtTokenDetector",
           "BasicAuthDetector", "SlackDetector", "StripeDetector", "AzureStorageKeyDetector", "PypiTokenDetector",
           "OpenAIDetector", "SendGridDetector", "TwilioKeyDetector", "NpmDetector")  # fmt: skip
"""Those that know a secret by its form; the ones that go by entropy take every hash of `constraints.txt` for one."""


def secrets(files: list[Path]) -> list[str]:
    """Place and kind of what looks like a secret; never the secret."""
    with transient_settings({"plugins_used": [{"name": each} for each in PLUGINS]}):
        return [f"{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path.name}:{found.line_number} {found.type}"
                for path in files for found in scan.scan_file(str(path))]  # fmt: skip


def tracked() -> list[Path]:
    """The files that belong to the repository."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout  # noqa: S607
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def licences(path: Path) -> int:
    """Write the licence of each installed package; returns how many say none."""
    said = {each.metadata["Name"]: _licence(each) for each in metadata.distributions()}
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("package", "licence"), *sorted(said.items())])
    return sum(not licence for licence in said.values())


def _licence(package: metadata.Distribution) -> str:
    named = package.metadata.get("License-Expression") or ""
    listed = [each.rsplit(" :: ", 1)[-1] for each in package.metadata.get_all("Classifier") or []
              if each.startswith("License ::")]  # fmt: skip
    return named or "; ".join(listed) or (package.metadata.get("License") or "").partition("\n")[0]


def reachable() -> bool:
    """Whether the list of vulnerabilities can be asked."""
    try:
        socket.create_connection(SERVICE, timeout=5).close()
    except OSError:
        return False
    return True


def unanswered(path: Path) -> list[str]:
    """The packages of which the list of vulnerabilities said nothing, in the report of the lookup."""
    found = json.loads(path.read_text(encoding="utf-8"))["dependencies"]
    return [each["name"] for each in found if "skip_reason" in each]


def main(asked: list[str]) -> int:
    """Run the checks; 1 where one fails."""
    found = secrets(tracked())
    print("\n".join(found) or "secrets: none in the tracked files")
    if asked == ["secrets"]:
        return bool(found)
    OUT.mkdir(parents=True, exist_ok=True)
    print(f"licences: {OUT / 'licences.csv'}, {licences(OUT / 'licences.csv')} packages say none")
    bill = [sys.executable, "-m", "cyclonedx_py", "requirements", str(ROOT / "constraints.txt"), "--output-file",
            str(OUT / "bom.json")]  # fmt: skip
    failed = bool(found) | bool(subprocess.run(bill, check=False).returncode)
    if not reachable():
        print("vulnerabilities: not looked up, for want of a network; run again where there is one")
        return failed
    known = [sys.executable, "-m", "pip_audit", "--requirement", str(ROOT / "constraints.txt"), "--disable-pip",
             "--vulnerability-service", "osv", "--format", "json", "--output",
             str(OUT / "vulnerabilities.json")]  # fmt: skip
    failed |= bool(subprocess.run(known, check=False).returncode)
    if left := unanswered(OUT / "vulnerabilities.json"):
        print(f"vulnerabilities: not looked up for {len(left)} packages: {', '.join(left)}")
    return failed | bool(left)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
