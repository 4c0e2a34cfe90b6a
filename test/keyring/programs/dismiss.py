"""Stands for a person who closes each dialog of gnome-keyring at once: its prompter, which prints a line for each dialog."""
from gi.repository import Gio, GLib

NAME = "org.gnome.keyring.SystemPrompter"
PATH = "/org/gnome/keyring/Prompter"
CALLBACK = "org.gnome.keyring.internal.Prompter.Callback"
NODE = Gio.DBusNodeInfo.new_for_xml("""<node>
  <interface name="org.gnome.keyring.internal.Prompter">
    <method name="BeginPrompting"><arg type="o" direction="in"/></method>
    <method name="PerformPrompt"><arg type="o" direction="in"/><arg type="s" direction="in"/>
      <arg type="a{sv}" direction="in"/><arg type="s" direction="in"/></method>
    <method name="StopPrompting"><arg type="o" direction="in"/></method>
  </interface>
</node>""")


def tell(connection, whom, path, method, arguments):
    connection.call(whom, path, CALLBACK, method, arguments, None, Gio.DBusCallFlags.NONE, -1, None, None)


def call(connection, sender, path, interface, method, parameters, invocation):
    callback = parameters[0]
    invocation.return_value(None)
    if method == "BeginPrompting":
        tell(connection, sender, callback, "PromptReady", GLib.Variant("(sa{sv}s)", ("", {}, "")))
    elif method == "PerformPrompt":
        print("dialog", flush=True)
        tell(connection, sender, callback, "PromptReady", GLib.Variant("(sa{sv}s)", ("no", {}, "")))
    else:
        tell(connection, sender, callback, "PromptDone", None)


def ready(connection, name):
    connection.register_object(PATH, NODE.interfaces[0], call, None, None)


def owned(connection, name):
    print("ready", flush=True)


Gio.bus_own_name(Gio.BusType.SESSION, NAME, 0, ready, owned, None)
GLib.MainLoop().run()
