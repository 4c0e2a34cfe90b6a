"""MSAL Python as a subject of the benchmark: a line of JSON in, a line of JSON out, as ../subjects/serve.mjs does it."""

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import msal

# A prime, so that each call is for another account and all have their turn, in no order that a processor could foresee.
STRIDE = 7919


class Answer:
    """What requests would answer, as far as MSAL Python looks at it."""

    status_code = 200
    headers = {}

    def __init__(self, body):
        self.text = json.dumps(body)

    def raise_for_status(self):
        pass


class Service:
    """The service without a network: it says where it is, and answers what it has been told to."""

    def __init__(self, authority):
        issuer = authority + "/v2.0"
        self.openid = {"issuer": issuer}
        for name, path in {"authorization": "authorize", "token": "token", "device_authorization": "devicecode"}.items():
            self.openid[name + "_endpoint"] = authority + "/oauth2/v2.0/" + path
        aliases = ["login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"]
        self.instance = {"metadata": [{"preferred_network": aliases[0], "preferred_cache": aliases[1], "aliases": aliases}]}
        self.token = None
        self.posts = 0

    def get(self, url, **_):
        return Answer(self.instance if "/discovery/instance" in url else self.openid)

    def post(self, url, **_):
        self.posts += 1
        return Answer(self.token)

    def close(self):
        pass


class Subject:
    def __init__(self):
        self.turn = 0

    def load(self, command):
        self.scopes = command["scopes"]
        with open(command["accountsFile"]) as file:
            self.accounts = [as_python_has_it(account) for account in json.load(file)]
        self.sessions = [json.dumps(account) for account in self.accounts]
        # Behind a proxy there is a real one.
        self.service = None if "HTTPS_PROXY" in os.environ else Service(command["authority"])
        cache = open_cache(command["cacheFile"], command.get("onDisk", False))
        self.app = msal.PublicClientApplication(
            command["clientId"], authority=command["authority"], token_cache=cache, http_client=self.service
        )
        return {}

    def following(self):
        self.turn += 1
        return (self.turn - 1) * STRIDE % len(self.accounts)

    def silent(self, account, force=False):
        """The access token, and whether it was in the cache."""
        before = self.service and self.service.posts
        result = self.app.acquire_token_silent_with_error(self.scopes, account=account, force_refresh=force)
        if result is None or "error" in result:
            raise RuntimeError("no token: " + json.dumps(result))
        return result["access_token"], self.service is not None and self.service.posts == before

    def latency(self, command):
        """How long calls take, each for another account that has just come out of a session. The median."""
        times = []
        for _ in range(command["calls"]):
            account = json.loads(self.sessions[self.following()])
            started = time.perf_counter()
            _, is_from_cache = self.silent(account)
            times.append(time.perf_counter() - started)
            expect(is_from_cache, "that was not a hit")
        return {"p50Us": sorted(times)[len(times) // 2] * 1e6}

    def cpu(self, command):
        """CPU of the whole process for so many calls."""
        before = time.process_time()
        for _ in range(command["calls"]):
            self.silent(self.accounts[self.following()])
        return {"cpuUs": (time.process_time() - before) * 1e6}

    def hit(self, command):
        """One hit for the account of this number, which may have other tokens than before."""
        (token, is_from_cache), cost = measured(lambda: self.silent(self.accounts[command["index"]]))
        expect(is_from_cache, "that was not a hit")
        return {**cost, "accessToken": token}

    def save(self, command):
        """Renews the tokens of the account of this number, and saves those of the answers, which are at hand."""
        self.service.token = command["answers"]["token"]
        (token, _), cost = measured(lambda: self.silent(self.accounts[command["index"]], force=True))
        expect(token == self.service.token["access_token"], "the token was not renewed")
        return cost

    def list(self, command):
        fastest = float("inf")
        for _ in range(command["times"]):
            started = time.perf_counter()
            listed = len(self.app.get_accounts())
            fastest = min(fastest, time.perf_counter() - started)
            expect(listed == len(self.accounts), f"{listed} of {len(self.accounts)} accounts were listed")
        return {"ms": fastest * 1e3}

    def together(self, command):
        """Calls that all begin before the first one ends, each in a thread: there is nothing that it could await."""
        account = self.accounts[self.following()]
        with ThreadPoolExecutor(command["calls"]) as pool:
            results = list(pool.map(lambda _: self.silent(account), range(command["calls"])))
        return {"tokens": len({token for token, _ in results})}


def as_python_has_it(account):
    return {
        "home_account_id": account["homeAccountId"],
        "environment": account["environment"],
        "realm": account["tenantId"],
        "local_account_id": account["localAccountId"],
        "username": account["username"],
        "authority_type": "MSSTS",
    }


def open_cache(file, is_on_disk):
    if is_on_disk:
        from msal_extensions import FilePersistence, PersistedTokenCache

        return PersistedTokenCache(FilePersistence(file))
    cache = msal.SerializableTokenCache()
    with open(file) as contents:
        cache.deserialize(contents.read())
    return cache


def measured(act):
    cpu, started = time.process_time(), time.perf_counter()
    result = act()
    return result, {"ms": (time.perf_counter() - started) * 1e3, "cpuUs": (time.process_time() - cpu) * 1e6}


def expect(holds, otherwise):
    if not holds:
        raise RuntimeError(otherwise)


def main():
    subject = Subject()
    for line in sys.stdin:
        command = json.loads(line)
        try:
            answer = getattr(subject, command["do"])(command)
        except Exception as error:
            answer = {"error": repr(error)}
        print(json.dumps(answer), flush=True)


main()
