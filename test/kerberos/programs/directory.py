#!/usr/bin/python3
"""The administrator of Samba's Active Directory, in its database: a line of JSON in with a command, one out when it is done."""
import json
import sys

import ldb
import samba.dckeytab  # noqa: F401, brings Net.export_keytab
from samba.auth import system_session
from samba.net import Net
from samba.param import LoadParm
from samba.samdb import SamDB

configuration = LoadParm()
configuration.load(sys.argv[1])
directory = SamDB(session_info=system_session(), lp=configuration)


def account(name):
    return directory.search(expression='(sAMAccountName=%s)' % ldb.binary_encode(name), attrs=['dn'])[0].dn


def add_user(name, password, attributes):
    directory.newuser(name, password)
    change(name, attributes)


def change(name, attributes):
    message = ldb.Message(account(name))
    for attribute, values in attributes.items():
        message[attribute] = ldb.MessageElement(values, ldb.FLAG_MOD_REPLACE, attribute)
    if attributes:
        directory.modify(message)


def set_password(name, password, must_change):
    directory.setpassword('(sAMAccountName=%s)' % ldb.binary_encode(name), password, must_change)


def disable(name):
    directory.disable_account('(sAMAccountName=%s)' % ldb.binary_encode(name))


def add_to_groups(name, prefix, count):
    member = str(account(name))
    directory.transaction_start()
    for number in range(count):
        directory.newgroup('%s %d' % (prefix, number))
        directory.add_remove_group_members('%s %d' % (prefix, number), [member], add_members_operation=True)
    directory.transaction_commit()


def export_keytab(path, principal):
    Net(None, configuration).export_keytab(keytab=path, principal=principal)


COMMANDS = {
    command.__name__: command for command in (add_user, change, set_password, disable, add_to_groups, export_keytab)
}
# Samba's libraries print what they like.
answers, sys.stdout = sys.stdout, sys.stderr
print('ready', file=answers, flush=True)
for line in sys.stdin:
    command = json.loads(line)
    try:
        COMMANDS[command['name']](*command['arguments'])
        print('{}', file=answers, flush=True)
    except Exception as error:  # of any kind: it is the test's to fail
        print(json.dumps({'error': '%s: %s' % (type(error).__name__, error)}), file=answers, flush=True)
