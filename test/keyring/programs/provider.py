"""Owns the name of the Secret Service and keeps one item, badly: its arguments say what it is and what goes wrong with it.

`locked`: the item and its collection; `prompts`: every change asks a person, who agrees; `bare`: nobody is told of the
lists of collections and items, and then that there are new ones; `empty`: it keeps none; `twice`: it lists what it keeps
twice. `METHOD:FAULT`, METHOD being one of the protocol's, `all`, or `Completed` for the signal: `silent`, `die` (before it
answers), `leave` (just after it has), `refuse` (with an error of nobody's) or `nonsense` (an answer of another type);
`Completed` also takes `dismissed`, and `untyped` for a result of another type. It prints the methods that it is called
with.
"""
import os
import re
import signal
import sys

from gi.repository import Gio, GLib

WORDS = [word for word in sys.argv[1:] if ":" not in word]
FAULTS = dict(word.split(":") for word in sys.argv[1:] if ":" in word)
CHANGES = """<property name="Label" type="s" access="read"/>
    <property name="Created" type="t" access="read"/><property name="Modified" type="t" access="read"/>
    <property name="Locked" type="b" access="read"/>"""
INTERFACES = f"""<node>
  <interface name="org.freedesktop.Secret.Service">
    <method name="OpenSession"><arg type="s" direction="in"/><arg type="v" direction="in"/>
      <arg type="v" direction="out"/><arg type="o" direction="out"/></method>
    <method name="SearchItems"><arg type="a{{ss}}" direction="in"/>
      <arg type="ao" direction="out"/><arg type="ao" direction="out"/></method>
    <method name="ReadAlias"><arg type="s" direction="in"/><arg type="o" direction="out"/></method>
    <method name="Unlock"><arg type="ao" direction="in"/>
      <arg type="ao" direction="out"/><arg type="o" direction="out"/></method>
    <property name="Collections" type="ao" access="read"/>
  </interface>
  <interface name="org.freedesktop.Secret.Collection">
    <method name="CreateItem"><arg type="a{{sv}}" direction="in"/><arg type="(oayays)" direction="in"/>
      <arg type="b" direction="in"/><arg type="o" direction="out"/><arg type="o" direction="out"/></method>
    {CHANGES}<property name="Items" type="ao" access="read"/>
  </interface>
  <interface name="org.freedesktop.Secret.Item">
    <method name="GetSecret"><arg type="o" direction="in"/><arg type="(oayays)" direction="out"/></method>
    <method name="SetSecret"><arg type="(oayays)" direction="in"/></method>
    <method name="Delete"><arg type="o" direction="out"/></method>
    {CHANGES}<property name="Attributes" type="a{{ss}}" access="read"/>
  </interface>
  <interface name="org.freedesktop.Secret.Prompt">
    <method name="Prompt"><arg type="s" direction="in"/></method>
    <method name="Dismiss"/>
    <signal name="Completed"><arg type="b"/><arg type="v"/></signal>
  </interface>
</node>"""
SERVICE = "/org/freedesktop/secrets"
SESSION = SERVICE + "/session/s"
COLLECTION = SERVICE + "/collection/c"
ITEM = COLLECTION + "/1"
UNLOCK, CREATE, DELETE = (f"{SERVICE}/prompt/{name}" for name in ("unlock", "create", "delete"))
RESULTS = {UNLOCK: GLib.Variant("ao", [ITEM]), CREATE: GLib.Variant("o", ITEM), DELETE: GLib.Variant("s", "")}
NOTHING = GLib.Variant("s", "")
locked = "locked" in WORDS


def prompt(path):
    return path if "prompts" in WORDS else "/"


def answer(method):
    here = [] if "empty" in WORDS else [ITEM, ITEM] if "twice" in WORDS else [ITEM]
    return {
        "OpenSession": GLib.Variant("(vo)", (NOTHING, SESSION)),
        "SearchItems": GLib.Variant("(aoao)", ([], here) if locked else (here, [])),
        "ReadAlias": GLib.Variant("(o)", (COLLECTION,)),
        "Unlock": GLib.Variant("(aoo)", ([], UNLOCK)),
        "CreateItem": GLib.Variant("(oo)", ("/", CREATE) if "prompts" in WORDS else (ITEM, "/")),
        "GetSecret": GLib.Variant("((oayays))", ((SESSION, b"", b"value", "text/plain"),)),
        "Delete": GLib.Variant("(o)", (prompt(DELETE),)),
    }.get(method)


def leave(connection):
    connection.flush_sync(None)
    os.kill(os.getpid(), signal.SIGKILL)


def complete(connection, sender, path, fault):
    global locked
    if fault == "silent":
        return
    value = GLib.Variant("i", 7) if fault == "untyped" else RESULTS[path]
    result = GLib.Variant("(i)", (7,)) if fault == "nonsense" else GLib.Variant("(bv)", (fault == "dismissed", value))
    if path == UNLOCK and fault != "dismissed":
        locked = False
    connection.emit_signal(sender, path, "org.freedesktop.Secret.Prompt", "Completed", result)
    if fault == "leave":
        leave(connection)


def call(connection, sender, path, interface, method, parameters, invocation):
    print(method, flush=True)
    fault = FAULTS.get(method, FAULTS.get("all"))
    if fault == "silent":
        return
    if fault == "die":
        leave(connection)
    if "bare" in WORDS:
        connection.emit_signal(None, SERVICE, "org.freedesktop.Secret.Service", "CollectionCreated", one(COLLECTION))
        connection.emit_signal(None, COLLECTION, "org.freedesktop.Secret.Collection", "ItemCreated", one(ITEM))
    if fault == "refuse":
        invocation.return_dbus_error("com.contoso.Error.Refused", "no")
    elif fault == "nonsense":
        reply = Gio.DBusMessage.new_method_reply(invocation.get_message())
        reply.set_body(GLib.Variant("(i)", (7,)))
        connection.send_message(reply, Gio.DBusSendMessageFlags.NONE)
    elif method == "OpenSession" and parameters[0] != "plain":
        invocation.return_dbus_error("org.freedesktop.DBus.Error.NotSupported", "only plain")
    else:
        invocation.return_value(answer(method))
    if fault == "leave":
        leave(connection)
    if method == "Prompt":
        complete(connection, sender, path, FAULTS.get("Completed"))
    elif method == "Dismiss" and "Completed" in FAULTS and FAULTS.get("Dismiss") is None:
        complete(connection, sender, path, "dismissed")


def one(path):
    return GLib.Variant("(o)", (path,))


def get_property(connection, sender, path, interface, name):
    attributes = {"Version": "1", "ProductGroup": "Contoso", "xdg:schema": "com.contoso.tokencache"}
    return {
        "Locked": GLib.Variant("b", locked),
        "Label": GLib.Variant("s", "a label"),
        "Created": GLib.Variant("t", 0),
        "Modified": GLib.Variant("t", 0),
        "Attributes": GLib.Variant("a{ss}", attributes),
        "Collections": GLib.Variant("ao", [COLLECTION]),
        "Items": GLib.Variant("ao", [ITEM]),
    }[name]


def ready(connection, name):
    bare = re.sub(r'<property name="(Collections|Items)"[^>]*>', "", INTERFACES)
    node = Gio.DBusNodeInfo.new_for_xml(bare if "bare" in WORDS else INTERFACES)
    default = SERVICE + "/aliases/default"
    kinds = ((SERVICE,), (COLLECTION, default), (ITEM,), (UNLOCK, CREATE, DELETE))
    for interface, paths in zip(node.interfaces, kinds):
        for path in paths:
            connection.register_object(path, interface, call, get_property, None)


def owned(connection, name):
    print("ready", flush=True)


Gio.bus_own_name(Gio.BusType.SESSION, "org.freedesktop.secrets", 0, ready, owned, None)
GLib.MainLoop().run()
