#!/usr/bin/python3
"""Judges Kerberos tokens for the emulator: a line of JSON in with token and bindings, one out with who it is and whether it was bound."""
import base64
import json
import sys

import gssapi
import gssapi.raw

CHANNEL_BOUND = 2048  # GSS_C_CHANNEL_BOUND_FLAG, newer than this binding of the library

credentials = gssapi.Credentials(usage='accept', store={'keytab': 'FILE:' + sys.argv[1]})
print('ready', flush=True)
for line in sys.stdin:
    asked = {name: base64.b64decode(value) for name, value in json.loads(line).items()}
    expected = gssapi.raw.ChannelBindings(application_data=asked['bindings'])
    try:
        accepted = gssapi.raw.accept_sec_context(asked['token'], credentials, None, expected)
        user = gssapi.raw.display_name(accepted.initiator_name, name_type=False).name.decode()
        reply = base64.b64encode(accepted.token or b'').decode()
        print(json.dumps({'user': user, 'bound': bool(int(accepted.flags) & CHANNEL_BOUND), 'reply': reply}), flush=True)
    except gssapi.exceptions.GSSError as error:
        print(json.dumps({'error': type(error).__name__}), flush=True)
