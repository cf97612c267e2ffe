"""s3rver, and the pre-signed URLs of an S3 multipart upload to it (AWS Signature Version 4 in the query)."""

import hashlib
import hmac
import http.client
import re
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Optional
from urllib.parse import quote, urlencode, urlsplit

from servers.uploads.node import Finished, UploadServer

REGION = "us-east-1"
BUCKET = "uploads"


@dataclass(frozen=True)
class Keys:
    """By default those of s3rver."""

    id: str = "S3RVER"
    secret: str = "S3RVER"


def presign(method: str, url: str, query: dict[str, str], expires: int = 3600, keys: Keys = Keys(),
            when: Optional[datetime] = None) -> str:
    """A URL that does this one thing without further credentials."""
    parts = urlsplit(url)
    now = (when or datetime.now(timezone.utc)).strftime("%Y%m%dT%H%M%SZ")
    scope = f"{now[:8]}/{REGION}/s3/aws4_request"
    fields = {
        **query, "X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Credential": f"{keys.id}/{scope}", "X-Amz-Date": now,
        "X-Amz-Expires": str(expires), "X-Amz-SignedHeaders": "host"}
    canonical = urlencode(sorted(fields.items()), quote_via=quote, safe="-_.~")
    request = "\n".join([method, parts.path, canonical, f"host:{parts.netloc}", "", "host", "UNSIGNED-PAYLOAD"])
    to_sign = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(request.encode()).hexdigest()])
    key = f"AWS4{keys.secret}".encode()
    for word in (now[:8], REGION, "s3", "aws4_request"):
        key = hmac.new(key, word.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    return f"{parts.scheme}://{parts.netloc}{parts.path}?{canonical}&X-Amz-Signature={signature}"


@dataclass(frozen=True)
class Multipart:
    """What a client that holds the keys hands to one that does not."""

    complete: str
    parts: list[str]
    abort: str


class S3(UploadServer):
    """s3rver has neither ListParts nor AbortMultipartUpload."""

    script = "s3.js"

    def multipart(self, name: str, parts: int, port: int = 0) -> Multipart:
        """Begins one of so many parts. `port`: where something stands between; the signature is for that."""
        path = f"/{BUCKET}/{name}"
        url = f"http://127.0.0.1:{port or self.port}{path}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        begin = urlsplit(presign("POST", f"http://127.0.0.1:{self.port}{path}", {"uploads": ""}))
        connection.request("POST", f"{begin.path}?{begin.query}")
        answer = connection.getresponse().read().decode()
        found = re.search("<UploadId>(.*?)</UploadId>", answer)
        assert found, answer
        id = {"uploadId": found[1]}
        return Multipart(
            presign("POST", url, id),
            [presign("PUT", url, {"partNumber": str(number), **id}) for number in range(1, parts + 1)],
            presign("DELETE", url, id))

    def object(self, name: str) -> Optional[Path]:
        """The bytes of a whole object."""
        path = self.directory / BUCKET / f"{name}._S3rver_object"
        return path if path.exists() else None

    def finished(self) -> list[Finished]:
        """The whole objects that there are."""
        found = sorted((self.directory / BUCKET).rglob("*._S3rver_object"))
        return [Finished(path, {}) for path in found if "_S3rver_uploads" not in str(path)]
