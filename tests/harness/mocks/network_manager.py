"""A template for dbusmock: NetworkManager as far as it is asked, connected by an ethernet that costs nothing but for what the
parameters say: properties, and "devices", a mapping of interfaces to whether they are managed."""

import dbus
from dbusmock.mockobject import objects

BUS_NAME = "org.freedesktop.NetworkManager"
MAIN_OBJ = "/org/freedesktop/NetworkManager"
MAIN_IFACE = "org.freedesktop.NetworkManager"
DEVICE_IFACE = "org.freedesktop.NetworkManager.Device"
SYSTEM_BUS = True


def load(mock, parameters):
    for interface, is_managed in parameters.pop("devices", {}).items():
        mock.AddObject(f"{MAIN_OBJ}/Devices/{interface}", DEVICE_IFACE, {"Managed": dbus.Boolean(is_managed)}, [])
    properties = {"State": 70, "Connectivity": 4, "Metered": 2, "PrimaryConnectionType": "802-3-ethernet", **parameters}
    mock.AddProperties(MAIN_IFACE, {name: dbus.UInt32(value) if isinstance(value, int) else value
                                    for name, value in properties.items()})
    mock.AddProperty(MAIN_IFACE, "PrimaryConnection", dbus.ObjectPath("/"))


@dbus.service.method(MAIN_IFACE, in_signature="s", out_signature="o")
def GetDeviceByIpIface(self, interface):
    path = f"{MAIN_OBJ}/Devices/{interface}"
    if path not in objects:
        raise dbus.exceptions.DBusException("No device found for the requested iface.", name=f"{BUS_NAME}.UnknownDevice")
    return dbus.ObjectPath(path)
