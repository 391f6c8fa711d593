using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Renexus.Engine.Realtime.Sockets;
using Renexus.Testing;
using Xunit;

namespace Renexus.Engine.Tests.Realtime.Sockets;

/// <summary>Our server against .NET's client, over a real Kestrel and its upgraded stream.</summary>
public sealed class SecondImplementationTests : IAsyncLifetime
{
    private readonly WebApplication app;
    private SocketConnection? last;
    private TaskCompletionSource<CloseCode> closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SecondImplementationTests()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddLogging(logging => logging.ClearProviders());
        app = builder.Build();
        app.Run(AcceptAsync);
    }

    public async ValueTask InitializeAsync() => await app.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    [Theory, Trait("spec", "SK3")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SK3_messages_of_all_sizes_come_back_once_and_in_order(bool deflate)
    {
        using var client = await ConnectAsync(deflate);
        var random = new Random(11);
        var sent = Enumerable.Range(0, 300)
            .Select(i => JsonSerializer.Serialize($"{i} {Texts.Noise(i, random.Next(20) == 0 ? random.Next(90_000) : random.Next(2_000))}"))
            .ToArray();

        var sending = Task.Run(async () =>
        {
            foreach (var json in sent)
                await client.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);
        }, TestContext.Current.CancellationToken);

        var received = new List<string>();
        while (received.Count < sent.Length)
            received.AddRange(Elements(await ReceiveAsync(client)));
        await sending;
        Assert.Equal(sent, received, StringComparer.Ordinal);

        await SocketTest.Soon(client.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", TestContext.Current.CancellationToken));
        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.CloseStatus);
        Assert.Equal(CloseCode.Normal, await SocketTest.Soon(closed.Task));
    }

    [Theory, Trait("spec", "SK10")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SK10_fragments_of_their_client_are_put_together(bool deflate)
    {
        using var client = await ConnectAsync(deflate);
        var text = JsonSerializer.Serialize(Texts.OfLength(60_000));
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var at = 0; at < bytes.Length; at += 7_001)
        {
            var piece = bytes.AsMemory(at, Math.Min(7_001, bytes.Length - at));
            await client.SendAsync(piece, WebSocketMessageType.Text, at + 7_001 >= bytes.Length, TestContext.Current.CancellationToken);
        }

        Assert.Equal(text, await ReceiveAsync(client));
    }

    [Fact, Trait("spec", "SK18")]
    public async Task SK18_their_client_hears_our_code_and_reason()
    {
        using var client = await ConnectAsync(deflate: false);
        await EchoAsync(client);
        last!.Close(CloseCode.GoingAway, "restart");

        var result = await SocketTest.Soon(client.ReceiveAsync(new byte[10], TestContext.Current.CancellationToken));
        Assert.Equal((WebSocketMessageType.Close, (WebSocketCloseStatus)4000, "restart"), (result.MessageType, result.CloseStatus, result.CloseStatusDescription));
        await client.CloseOutputAsync((WebSocketCloseStatus)4000, "", TestContext.Current.CancellationToken);
        Assert.Equal(CloseCode.GoingAway, await SocketTest.Soon(closed.Task));
    }

    [Fact, Trait("spec", "SK21")]
    public async Task SK21_aborting_ends_the_reading_of_an_upgraded_stream()
    {
        using var client = await ConnectAsync(deflate: false);
        await EchoAsync(client);
        last!.Abort(CloseCode.Timeout);
        Assert.Equal(CloseCode.Timeout, await SocketTest.Soon(closed.Task));
        await Assert.ThrowsAsync<WebSocketException>(() => SocketTest.Soon(client.ReceiveAsync(new byte[10], TestContext.Current.CancellationToken)));
    }

    [Fact, Trait("spec", "SK21")]
    public async Task SK21_a_client_that_breaks_off_is_noticed()
    {
        using var client = await ConnectAsync(deflate: false);
        await EchoAsync(client);
        client.Abort();
        Assert.Equal(CloseCode.Broken, await SocketTest.Soon(closed.Task));
    }

    private async Task AcceptAsync(HttpContext context)
    {
        var request = context.Request.Headers;
        var response = context.Response.Headers;
        var extensions = Handshake.NegotiateDeflate(request.SecWebSocketExtensions);
        response.Connection = "Upgrade";
        response.Upgrade = "websocket";
        response.SecWebSocketAccept = Handshake.Accept(request.SecWebSocketKey!);
        response.SecWebSocketExtensions = extensions;
        await using var stream = await context.Features.Get<IHttpUpgradeFeature>()!.UpgradeAsync();

        var options = new SocketOptions { SlowBytes = int.MaxValue, TooSlowBytes = int.MaxValue };
        last = new SocketConnection(new StreamPipes(stream), context.Abort, options, TimeProvider.System, deflate: extensions is not null);
        await last.RunAsync(new Echo(last, closed), CancellationToken.None);
    }

    private async Task<ClientWebSocket> ConnectAsync(bool deflate)
    {
        closed = new TaskCompletionSource<CloseCode>(TaskCreationOptions.RunContinuationsAsynchronously);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        var client = new ClientWebSocket();
        if (deflate)
            client.Options.DangerousDeflateOptions = new WebSocketDeflateOptions();
        var uri = new Uri(address.Replace("http:", "ws:", StringComparison.Ordinal));
        await SocketTest.Soon(client.ConnectAsync(uri, TestContext.Current.CancellationToken));
        return client;
    }

    private static async Task EchoAsync(ClientWebSocket client)
    {
        await client.SendAsync("\"hello\""u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);
        Assert.Equal("\"hello\"", await ReceiveAsync(client));
    }

    private static async Task<string> ReceiveAsync(ClientWebSocket client)
    {
        using var message = new MemoryStream();
        var buffer = new byte[16_384];
        ValueWebSocketReceiveResult result;
        do
        {
            result = await SocketTest.Soon(client.ReceiveAsync(buffer.AsMemory(), TestContext.Current.CancellationToken).AsTask());
            Assert.Equal(WebSocketMessageType.Text, result.MessageType);
            message.Write(buffer, 0, result.Count);
        }
        while (!result.EndOfMessage);
        return Encoding.UTF8.GetString(message.ToArray());
    }

    private static IEnumerable<string> Elements(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.ValueKind == JsonValueKind.Array
            ? [.. document.RootElement.EnumerateArray().Select(element => element.GetRawText())]
            : [json];
    }

    private sealed class Echo(SocketConnection connection, TaskCompletionSource<CloseCode> closed) : ISocketHandler
    {
        public ValueTask OnTextAsync(ReadOnlyMemory<byte> json)
        {
            connection.TrySend(new OutboundMessage(json.Span));
            return ValueTask.CompletedTask;
        }

        public ValueTask OnOversizeAsync(ReadOnlyMemory<byte> head) => ValueTask.CompletedTask;

        public void OnOverflow()
        {
        }

        public void OnClosed(CloseCode code) => closed.TrySetResult(code);
    }
}
