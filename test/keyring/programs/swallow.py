"""Owns the name of the Secret Service and answers no call, or all but those that its arguments name."""
import sys

from gi.repository import Gio, GLib

SILENT = sys.argv[1:]
INTERFACE = """<node>
  <interface name="org.freedesktop.Secret.Service">
    <method name="OpenSession"><arg type="s" direction="in"/><arg type="v" direction="in"/>
      <arg type="v" direction="out"/><arg type="o" direction="out"/></method>
    <method name="SearchItems"><arg type="a{ss}" direction="in"/>
      <arg type="ao" direction="out"/><arg type="ao" direction="out"/></method>
    <method name="ReadAlias"><arg type="s" direction="in"/><arg type="o" direction="out"/></method>
    <method name="Unlock"><arg type="ao" direction="in"/>
      <arg type="ao" direction="out"/><arg type="o" direction="out"/></method>
  </interface>
  <interface name="org.freedesktop.Secret.Collection">
    <property name="Locked" type="b" access="read"/>
    <property name="Label" type="s" access="read"/>
    <property name="Items" type="ao" access="read"/>
    <property name="Created" type="t" access="read"/>
    <property name="Modified" type="t" access="read"/>
  </interface>
  <interface name="org.freedesktop.Secret.Prompt">
    <method name="Prompt"><arg type="s" direction="in"/></method>
    <method name="Dismiss"/>
    <signal name="Completed"><arg type="b"/><arg type="v"/></signal>
  </interface>
</node>"""
SERVICE = "/org/freedesktop/secrets"
COLLECTION = SERVICE + "/collection/locked"
PROMPT = SERVICE + "/prompt/p1"
ANSWERS = {
    "SearchItems": GLib.Variant("(aoao)", ([], [])),
    "ReadAlias": GLib.Variant("(o)", (COLLECTION,)),
    "Unlock": GLib.Variant("(aoo)", ([], PROMPT)),
    "Prompt": None,
    "Dismiss": None,
}
PROPERTIES = {
    "Locked": GLib.Variant("b", True),
    "Label": GLib.Variant("s", "locked"),
    "Items": GLib.Variant("ao", []),
    "Created": GLib.Variant("t", 0),
    "Modified": GLib.Variant("t", 0),
}
NODE = Gio.DBusNodeInfo.new_for_xml(INTERFACE)


def call(connection, sender, path, interface, method, parameters, invocation):
    print(method, flush=True)
    if method in SILENT or "all" in SILENT:
        return
    invocation.return_value(ANSWERS[method])
    if method == "Dismiss" and "Completed" not in SILENT:
        dismissed = GLib.Variant("(bv)", (True, GLib.Variant("ao", [])))
        connection.emit_signal(sender, path, interface, "Completed", dismissed)


def get_property(connection, sender, path, interface, name):
    return PROPERTIES[name]


def ready(connection, name):
    for path, which in ((SERVICE, 0), (COLLECTION, 1), (PROMPT, 2)):
        connection.register_object(path, NODE.interfaces[which], call, get_property, None)


def owned(connection, name):
    print("ready", flush=True)


Gio.bus_own_name(Gio.BusType.SESSION, "org.freedesktop.secrets", 0, ready, owned, None)
GLib.MainLoop().run()
