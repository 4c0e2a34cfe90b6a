"""MSAL Python for the tests: reads a job as JSON from stdin, does its steps in one application, writes the outcome to
stdout. The shapes are those of ../support/job.ts."""

import json
import os
import subprocess
import sys
import time

import msal


def build(job, cache):
    # Behind the proxy nothing but the tenant is configured; an unknown host has to be vouched for.
    own_origin = {"instance_discovery": False} if job["known"] else {}
    return msal.PublicClientApplication(job["clientId"], authority=job["authority"], token_cache=cache, **own_origin)


def open_cache(kept):
    if kept is None:
        return msal.SerializableTokenCache()
    # Imported here: what it needs for a keyring is not needed by the others.
    from msal_extensions import FilePersistence, LibsecretPersistence, PersistedTokenCache

    if kept["how"] == "plain":
        return PersistedTokenCache(FilePersistence(kept["file"]))
    names = {"schema_name": kept.get("schema"), "attributes": kept.get("attributes")}
    return PersistedTokenCache(LibsecretPersistence(kept["file"], **names))


def hold(kept, for_ms):
    from msal_extensions import CrossPlatLock

    with CrossPlatLock(kept["file"] + ".lockfile"):
        open(kept["file"] + ".held", "x").close()
        time.sleep(for_ms / 1000)
        return {"heldUntil": time.time() * 1000}


def run(app, job, step):
    do = step["do"]
    if do == "accounts":
        return {"accounts": [describe(account) for account in app.get_accounts()]}
    if do == "remove":
        for account in app.get_accounts(username=step["username"]):
            app.remove_account(account)
        return {}
    if do == "hold":
        return hold(job["kept"], step["forMs"])
    if do == "password":
        return token(app.acquire_token_by_username_password(step["username"], step["password"], scopes=step["scopes"]))
    if do == "interactive":
        return token(app.acquire_token_interactive(step["scopes"], timeout=30))
    if do == "deviceCode":
        return by_device(app, step)
    if do == "silent":
        return silent(app, step)
    raise ValueError("MSAL Python has no step " + do)


def by_device(app, step):
    flow = app.initiate_device_flow(scopes=step["scopes"])
    if "user_code" not in flow:
        return token(flow)
    if step.get("giveUp", False):
        # Asked before each second of the wait; it is true once the service has been asked.
        return token(app.acquire_token_by_device_flow(flow, exit_condition=lambda flow: True))
    person = json.loads(os.environ["TEST_DEVICE_PERSON"])
    subprocess.Popen([*person, flow["verification_uri"], flow["user_code"]])
    return token(app.acquire_token_by_device_flow(flow))


def silent(app, step):
    accounts = app.get_accounts(username=step["username"])
    if not accounts:
        return {"error": "no_account", "message": "MSAL Python finds no account " + step["username"]}
    account = accounts[0]
    force = step.get("forceRefresh", False)
    answer = app.acquire_token_silent_with_error(step["scopes"], account=account, force_refresh=force)
    if answer is None:
        return {"error": "not_found", "message": "MSAL Python finds neither a token nor a refresh token"}
    # A silent answer does not say whose it is.
    return {**token(answer), "username": account["username"], "homeAccountId": account["home_account_id"]}


def token(answer):
    if "error" in answer:
        return {"error": answer["error"], "message": json.dumps(answer)}
    claims = answer.get("id_token_claims", {})
    found = {
        "accessToken": answer["access_token"],
        "idToken": answer.get("id_token"),
        "username": claims.get("preferred_username"),
        "tenantId": claims.get("tid"),
        "scopes": answer["scope"].split() if "scope" in answer else None,
    }
    return {name: value for name, value in found.items() if value is not None}


def describe(account):
    return {
        "username": account["username"],
        "homeAccountId": account["home_account_id"],
        "environment": account["environment"],
    }


def main():
    job = json.load(sys.stdin)
    cache = open_cache(job.get("kept"))
    if job.get("cache"):
        cache.deserialize(job["cache"])
    app = build(job, cache)
    results = [run(app, job, step) for step in job["steps"]]
    json.dump({"results": results, "cache": cache.serialize()}, sys.stdout)


main()
