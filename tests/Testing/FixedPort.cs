using System.Net;
using System.Net.Sockets;

namespace Renexus.Testing;

/// <summary>
/// A port for who listens there again after being killed. It is below those that systems hand out by themselves: while nobody listens
/// there, one of those could go to any connection or server of another test.
/// </summary>
public static class FixedPort
{
    public static int Find()
    {
        while (true)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, Random.Shared.Next(15_000, 32_000)));
                return ((IPEndPoint)socket.LocalEndPoint!).Port;
            }
            catch (SocketException)
            {
                // Taken: another one.
            }
        }
    }
}
