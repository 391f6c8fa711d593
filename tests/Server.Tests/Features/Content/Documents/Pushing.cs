using System.Text.Json;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Content.Documents;

/// <summary>Somebody's socket at a document.</summary>
internal sealed record Pushing(TestSocket Socket, Guid ItemId) : IAsyncDisposable
{
    public string Channel => $"content:{ItemId}";

    public static async Task<Pushing> ListenAsync(TestServer server, TestUser user, Guid itemId)
    {
        var (socket, _) = await TestSocket.GreetAsync(server, user);
        var pushing = new Pushing(socket, itemId);
        await socket.AnswerAsync(await socket.SendAsync("subscribe", pushing.Channel));
        return pushing;
    }

    /// <summary>An update as JSON.</summary>
    public static string Update(string changes, string client = "editor") => $$"""{"clientID":"{{client}}","changes":{{changes}}}""";

    /// <summary>Sends a push; answers its id.</summary>
    public async Task<string> SendAsync(long @base, string updates, string? id = null)
    {
        id ??= Guid.CreateVersion7().ToString();
        await Socket.SendRawAsync($$"""{"type":"update","channel":"{{Channel}}","id":"{{id}}","timestamp":0,"payload":{"op":"push","base":{{@base}},"updates":{{updates}}} }""");
        return id;
    }

    /// <summary>Pushes one update, and reads up to the answer.</summary>
    public async Task<JsonElement> PushAsync(long @base, string changes, string client = "editor", string? id = null) =>
        await Socket.AnswerToAsync(await SendAsync(@base, $"[{Update(changes, client)}]", id));

    public ValueTask DisposeAsync() => Socket.DisposeAsync();
}
