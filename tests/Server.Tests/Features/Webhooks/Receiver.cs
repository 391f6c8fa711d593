using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Renexus.Server.Tests.Features.Webhooks;

/// <summary>Somebody's program that webhooks are sent to: keeps what it got, and answers as the test says.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<Received> received = new();

    private Receiver(WebApplication app) => this.app = app;

    public static Task<Receiver> StartAsync(int status = 200) => StartAsync((_, context) =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    });

    public static async Task<Receiver> StartAsync(Func<Received, HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var built = builder.Build();
        built.Urls.Add("http://127.0.0.1:0");
        var receiver = new Receiver(built);
        built.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            string Header(string name) => context.Request.Headers[name].ToString();
            var got = new Received(
                context.Request.Path, Header("webhook-id"), Header("webhook-timestamp"), Header("webhook-signature"), Encoding.UTF8.GetString(body.ToArray()),
                context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase));
            receiver.received.Enqueue(got);
            await answer(got, context);
        });
        await built.StartAsync();
        return receiver;
    }

    public string Url => app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single() + "/hook";

    public IReadOnlyList<Received> All => [.. received];

    public IEnumerable<Received> Of(string type) => received.Where(r => r.Type == type);

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource(TimeSpan.Zero);
        await app.StopAsync(atOnce.Token);
        await app.DisposeAsync();
    }
}

/// <summary>A call as it came.</summary>
internal sealed record Received(string Path, string Id, string Timestamp, string Signature, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public System.Text.Json.JsonElement Json => System.Text.Json.JsonElement.Parse(Body);

    public string Type => Json.GetProperty("type").GetString()!;

    public System.Text.Json.JsonElement Data => Json.GetProperty("data");
}
