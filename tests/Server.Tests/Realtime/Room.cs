using Renexus.Testing;

namespace Renexus.Server.Tests.Realtime;

/// <summary>Two people in a thread, and a stranger.</summary>
internal sealed record Room(TestServer Server, TestUser Ada, TestUser Bob, TestUser Stranger, Guid Workspace, Guid Thread)
{
    public string Channel => $"thread:{Thread}";

    public static async Task<Room> MakeAsync(TestServer server)
    {
        var ada = await server.SignedInAs("ada");
        var bob = await server.SignedInAs("bob");
        var workspace = await TestServer.CreateWorkspace(ada);
        await TestServer.AddMember(ada, workspace, bob);
        return new Room(server, ada, bob, await server.SignedInAs("stranger"), workspace, await TestServer.CreateThread(ada, workspace));
    }

    /// <summary>Connected, welcomed, and live on the thread from its beginning.</summary>
    public async Task<TestSocket> EnterAsync(TestUser user)
    {
        var (socket, _) = await TestSocket.GreetAsync(Server, user, null, new { channel = Channel, v = 0 });
        await socket.NextAsync("subscribed");
        return socket;
    }
}
