"""Loaded into Python by `wsdiag run`: aiohttp reads proxy variables only where it is told to, and websockets before
version 15 reads none, and not every TLS context logs its keys."""
import functools
import importlib.util
import os
import socket
import sys
import urllib.parse


def _aiohttp(module):
    """One standard value is another."""
    begin = module.ClientSession.__init__

    def __init__(self, *args, **options):
        options.setdefault("trust_env", True)
        begin(self, *args, **options)

    module.ClientSession.__init__ = __init__


def _ssl(module):
    """Contexts that are made by hand log their keys too, where keys are to be logged."""
    path = os.environ.get("SSLKEYLOGFILE")
    make = module.SSLContext.__new__

    def __new__(cls, *args, **options):
        context = make(cls, *args, **options)
        context.keylog_filename = path
        return context

    if path:
        module.SSLContext.__new__ = __new__


def _tunnel(host, port):
    """A connection through the proxy, opened with CONNECT."""
    variable = os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy") or ""
    proxy = urllib.parse.urlsplit(variable)
    connection = socket.create_connection((proxy.hostname, proxy.port or 80), 30)
    try:
        target = ("[%s]:%d" if ":" in host else "%s:%d") % (host, port)
        connection.sendall(("CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n" % (target, target)).encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            # One byte a time: what follows the head belongs to the server.
            piece = connection.recv(1)
            if not piece or 65536 < len(head):
                raise OSError("the proxy does not answer CONNECT")
            head += piece
        if head.split(b" ")[1] != b"200":
            raise OSError("the proxy answered CONNECT with " + head.split(b"\r\n")[0].decode("latin-1"))
        connection.setblocking(False)
        return connection
    except BaseException:
        connection.close()
        raise


def _websockets(module):
    """The connection of the older client, also where it comes from a redirect."""
    begin = module.Connect.__init__

    def __init__(self, *args, **options):
        begin(self, *args, **options)
        create = self._create_connection
        if len(create.args) != 3 or create.args[1] is None or create.keywords.get("sock") is not None:
            return
        loop = create.func.__self__

        async def through(factory, host, port, **others):
            others["sock"] = await loop.run_in_executor(None, _tunnel, host, port)
            if others.get("ssl"):
                others.setdefault("server_hostname", host)
            return await loop.create_connection(factory, **others)

        self._create_connection = functools.partial(through, *create.args, **create.keywords)

    module.Connect.__init__ = __init__


def _websockets_asyncio(module):
    """The newer client, which reads variables itself from version 15 on."""
    if hasattr(module, "get_proxy"):
        return
    create = module.connect.create_connection

    async def create_connection(self):
        own = self.connection_kwargs
        if any(own.get(name) is not None for name in ("sock", "unix", "host", "port")):
            return await create(self)
        target = module.parse_uri(self.uri)
        loop = module.asyncio.get_running_loop()
        tunnel = await loop.run_in_executor(None, _tunnel, target.host, target.port)
        self.connection_kwargs = {**own, "sock": tunnel}
        try:
            return await create(self)
        finally:
            # A redirect and a reconnection begin anew.
            self.connection_kwargs = own

    module.connect.create_connection = create_connection


class _Finder:
    """Finds modules as they are, and changes something in them once they are loaded."""

    changes = {
        "ssl": _ssl,
        "aiohttp.client": _aiohttp,
        "websockets.legacy.client": _websockets,
        "websockets.asyncio.client": _websockets_asyncio,
    }

    def find_spec(self, name, path=None, target=None):
        change = self.changes.pop(name, None)
        if change is None:
            return None
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            try:
                change(module)
            except AttributeError:
                pass  # A version that is built otherwise is left as it is.

        spec.loader.exec_module = exec_module
        return spec


sys.meta_path.insert(0, _Finder())

# The sitecustomize that this one hides.
_folder = os.path.dirname(os.path.abspath(__file__))
sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != _folder]
_own = sys.modules.pop("sitecustomize", None)
try:
    import sitecustomize  # noqa: F401
except ImportError:
    if _own is not None:
        sys.modules["sitecustomize"] = _own
