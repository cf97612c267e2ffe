"""A template for dbusmock: NetworkManager as far as it is asked, connected by an ethernet that costs nothing but for what the
parameters say."""

import dbus

BUS_NAME = "org.freedesktop.NetworkManager"
MAIN_OBJ = "/org/freedesktop/NetworkManager"
MAIN_IFACE = "org.freedesktop.NetworkManager"
SYSTEM_BUS = True


def load(mock, parameters):
    properties = {"State": 70, "Connectivity": 4, "Metered": 2, "PrimaryConnectionType": "802-3-ethernet", **parameters}
    mock.AddProperties(MAIN_IFACE, {name: dbus.UInt32(value) if isinstance(value, int) else value
                                    for name, value in properties.items()})
    mock.AddProperty(MAIN_IFACE, "PrimaryConnection", dbus.ObjectPath("/"))
