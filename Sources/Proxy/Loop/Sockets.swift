import CLinux
import Glibc
package import Wire

/// What a system call on a socket led to.
enum Transfer {
    /// So many bytes; 0 from `receive` is the peer's FIN.
    case bytes(Int)
    /// Nothing at the moment.
    case wouldBlock
    /// The connection is gone; the number of the error.
    case failed(Int32)
}

/// Reads what is there, up to the buffer's size.
func receive(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    while true {
        let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
        if 0 <= count { return .bytes(count) }
        if errno == EINTR { continue }
        return errno == EAGAIN ? .wouldBlock : .failed(errno)
    }
}

/// Sends what the kernel takes.
func send(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Transfer {
    guard let start = bytes.baseAddress, 0 < bytes.count else { return .bytes(0) }
    while true {
        let count = Glibc.send(descriptor, start, bytes.count, Int32(MSG_NOSIGNAL))
        if 0 <= count { return .bytes(count) }
        if errno == EINTR { continue }
        return errno == EAGAIN || errno == ENOBUFS ? .wouldBlock : .failed(errno)
    }
}

/// Listens on an address. Port 0 lets the kernel choose. One that is deaf has the address and listens not yet.
func openListener(_ endpoint: Endpoint, isDeaf: Bool = false) throws(ProxyFailure) -> Int32 {
    let family = endpoint.isIPv4 ? AF_INET : AF_INET6
    let descriptor = socket(family, streamSocket, 0)
    guard 0 <= descriptor else { throw .system("socket", errno) }
    setOption(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
    if !endpoint.isIPv4 { setOption(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1) }
    let isBound = withAddress(endpoint) { address, length in bind(descriptor, address, length) } == 0
    guard isBound, isDeaf || listen(descriptor, 1024) == 0 else {
        let number = errno
        close(descriptor)
        throw .cannotListen(endpoint, number)
    }
    return descriptor
}

/// Begins to connect. The answer comes as writability. A negative number is an error's.
func beginConnecting(to endpoint: Endpoint) -> Int32 {
    let descriptor = socket(endpoint.isIPv4 ? AF_INET : AF_INET6, streamSocket, 0)
    guard 0 <= descriptor else { return -errno }
    prepare(descriptor)
    let answer = withAddress(endpoint) { address, length in connect(descriptor, address, length) }
    guard answer == 0 || errno == EINPROGRESS else {
        let number = errno
        close(descriptor)
        return -number
    }
    return descriptor
}

/// Accepts one client; a negative number is an error's.
func acceptClient(_ listener: Int32) -> Int32 {
    while true {
        let descriptor = accept4(
            listener, nil, nil, Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue))
        if 0 <= descriptor {
            prepare(descriptor)
            return descriptor
        }
        // The client left before it was accepted: the next one.
        if errno != EINTR, errno != ECONNABORTED { return -errno }
    }
}

/// The error that a connection attempt ended with, 0 for none.
func pendingError(_ descriptor: Int32) -> Int32 {
    var number: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &length)
    return number
}

/// Bytes that the kernel has not delivered yet.
func undeliveredBytes(_ descriptor: Int32) -> Int {
    var count: Int32 = 0
    return ioctl(descriptor, UInt(TIOCOUTQ), &count) == 0 ? Int(count) : 0
}

/// Makes close(2) send RST and drop what was not delivered.
func resetWhenClosed(_ descriptor: Int32) {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
}

/// This end's address, or the other end's.
func endpoint(of descriptor: Int32, peer: Bool) -> Endpoint? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutablePointer(to: &storage) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            let answer =
                peer ? getpeername(descriptor, address, &length) : getsockname(descriptor, address, &length)
            return answer == 0 ? Endpoint(address) : nil
        }
    }
}

private let streamSocket = Int32(
    SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)

/// Small messages at once; a peer that vanished is noticed by the kernel some day.
private func prepare(_ descriptor: Int32) {
    setOption(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    setOption(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1)
}

private func setOption(_ descriptor: Int32, _ level: Int32, _ name: Int32, _ value: Int32) {
    var value = value
    setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
}

extension Endpoint {
    /// From a socket address of IPv4 or IPv6; nil for another family.
    init?(_ address: UnsafePointer<sockaddr>) {
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            self = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { pointer in
                Endpoint(
                    ipv4: UInt32(bigEndian: pointer.pointee.sin_addr.s_addr),
                    port: UInt16(bigEndian: pointer.pointee.sin_port))
            }
        case AF_INET6:
            self = address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { pointer in
                withUnsafeBytes(of: pointer.pointee.sin6_addr) { bytes in
                    Endpoint(
                        high: UInt64(bigEndian: bytes.load(as: UInt64.self)),
                        low: UInt64(bigEndian: bytes.load(fromByteOffset: 8, as: UInt64.self)),
                        port: UInt16(bigEndian: pointer.pointee.sin6_port))
                }
            }
        default: return nil
        }
    }

    /// From an address as a URL spells it (without brackets) and a port; nil when it is a name.
    package init?(address text: String, port: UInt16) {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            self.init(ipv4: UInt32(bigEndian: four.s_addr), port: port)
            return
        }
        var six = in6_addr()
        guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        self = withUnsafeBytes(of: six) { bytes in
            Endpoint(
                high: UInt64(bigEndian: bytes.load(as: UInt64.self)),
                low: UInt64(bigEndian: bytes.load(fromByteOffset: 8, as: UInt64.self)), port: port)
        }
    }
}

private func withAddress<Answer>(
    _ endpoint: Endpoint, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Answer
) -> Answer {
    if endpoint.isIPv4 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = endpoint.port.bigEndian
        address.sin_addr.s_addr = UInt32(truncatingIfNeeded: endpoint.low).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    address.sin6_port = endpoint.port.bigEndian
    withUnsafeMutableBytes(of: &address.sin6_addr) { bytes in
        bytes.storeBytes(of: endpoint.high.bigEndian, as: UInt64.self)
        bytes.storeBytes(of: endpoint.low.bigEndian, toByteOffset: 8, as: UInt64.self)
    }
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(MemoryLayout<sockaddr_in6>.size))
        }
    }
}
