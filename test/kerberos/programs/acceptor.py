#!/usr/bin/python3
"""The service that tokens are for: HTTPS with Negotiate, and with channel bindings as AD FS's extended protection has them.

Prints its port. Answers who the user is, as JSON, or passes on to a backend with the user in the header X-Remote-User.
/forged answers with a reply that has one bit turned over.
"""
import argparse
import base64
import hashlib
import http.client
import http.server
import json
import ssl
import sys
import threading

import gssapi
import gssapi.raw

CHANNEL_BOUND = 2048  # GSS_C_CHANNEL_BOUND_FLAG, newer than this binding of the library
# What Active Directory says of a user in the PAC of the ticket; other KDCs say nothing, or less.
LOGON_INFO = b'urn:mspac:logon-info'

parser = argparse.ArgumentParser()
parser.add_argument('--certificate', required=True)
parser.add_argument('--key', required=True)
parser.add_argument('--keytab', required=True)
parser.add_argument('--bindings', choices=['require', 'allow', 'ignore'], default='require')
parser.add_argument('--hash', default='sha256', help='the hash of the signature of the certificate')
parser.add_argument('--backend', type=int, help='a port of this machine')
options = parser.parse_args()

with open(options.certificate) as file:
    digest = hashlib.new(options.hash, ssl.PEM_cert_to_DER_cert(file.read())).digest()
bindings = gssapi.raw.ChannelBindings(application_data=b'tls-server-end-point:' + digest)
credentials = gssapi.Credentials(usage='accept', store={'keytab': 'FILE:' + options.keytab})


class Service(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *_):
        pass

    def answer(self, status, body, token=None):
        self.send(status, 'application/json', json.dumps(body).encode(), token)

    def send(self, status, content_type, payload, token=None):
        self.send_response(status)
        if token:
            self.send_header('WWW-Authenticate', 'Negotiate ' + base64.b64encode(token).decode())
        elif status == 401:
            self.send_header('WWW-Authenticate', 'Negotiate')
        self.send_header('Content-Type', content_type)
        self.send_header('Content-Length', str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def pass_on(self, content, user, token):
        backend = http.client.HTTPConnection('127.0.0.1', options.backend)
        headers = {'X-Remote-User': user}
        for name in ('Content-Type', 'SOAPAction'):
            if self.headers.get(name):
                headers[name] = self.headers[name]
        backend.request(self.command, self.path, content, headers)
        response = backend.getresponse()
        self.send(response.status, response.getheader('Content-Type'), response.read(), token)

    def do_POST(self):
        self.do_GET()

    def do_GET(self):
        content = self.rfile.read(int(self.headers.get('Content-Length') or 0))
        scheme, _, token = self.headers.get('Authorization', '').partition(' ')
        if scheme != 'Negotiate':
            return self.answer(401, {'error': 'no token'})
        expected = None if options.bindings == 'ignore' else bindings
        try:
            accepted = gssapi.raw.accept_sec_context(base64.b64decode(token), credentials, None, expected)
        except gssapi.exceptions.GSSError as error:
            return self.answer(401, {'error': type(error).__name__, 'major': error.maj_code})
        flags = sum(int(flag) for flag in accepted.flags) if hasattr(accepted.flags, '__iter__') else int(accepted.flags)
        bound = bool(flags & CHANNEL_BOUND)
        delegated = accepted.delegated_creds is not None
        # The library takes a token without any bindings too; whoever demands them has to look.
        if options.bindings == 'require' and not bound:
            return self.answer(401, {'error': 'channel bindings are missing'})
        reply = bytearray(accepted.token or b'')
        if self.path == '/forged' and reply:
            reply[-1] ^= 1
        user = gssapi.raw.display_name(accepted.initiator_name, name_type=False).name.decode()
        if options.backend:
            return self.pass_on(content, user, bytes(reply))
        body = {'user': user, 'bound': bound, 'delegated': delegated, 'mechanism': accepted.mech.dotted_form}
        if LOGON_INFO in gssapi.raw.inquire_name(accepted.initiator_name).attrs:
            body['logonInfo'] = True
        self.answer(200, body, bytes(reply))


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Service)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(options.certificate, options.key)
server.socket = context.wrap_socket(server.socket, server_side=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_port, flush=True)
# Ends with whoever started it, even if that was killed.
sys.stdin.read()
