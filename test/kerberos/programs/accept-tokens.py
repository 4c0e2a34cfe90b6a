#!/usr/bin/python3
"""The server's half of Kerberos for whoever has a server already: a JSON line with a token in, a JSON line with a verdict out."""
import base64
import json
import sys

import gssapi
import gssapi.raw

CHANNEL_BOUND = 2048  # GSS_C_CHANNEL_BOUND_FLAG, newer than this binding of the library

credentials = gssapi.Credentials(usage='accept', store={'keytab': 'FILE:' + sys.argv[1]})
for line in sys.stdin:
    asked = json.loads(line)
    bindings = gssapi.raw.ChannelBindings(application_data=base64.b64decode(asked['bindings']))
    try:
        accepted = gssapi.raw.accept_sec_context(base64.b64decode(asked['token']), credentials, None, bindings)
        flags = sum(int(flag) for flag in accepted.flags) if hasattr(accepted.flags, '__iter__') else int(accepted.flags)
        user = gssapi.raw.display_name(accepted.initiator_name, name_type=False).name.decode()
        reply = base64.b64encode(accepted.token or b'').decode()
        answer = {'user': user, 'bound': bool(flags & CHANNEL_BOUND), 'reply': reply}
    except gssapi.exceptions.GSSError as error:
        answer = {'error': type(error).__name__}
    print(json.dumps(answer), flush=True)
