using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Renexus.Contracts;
using Renexus.Server.Tests.Postgres;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Webhooks;

/// <summary>What was committed is told, and as one event, whatever is killed: <c>RENEXUS_SEED</c> says when.</summary>
[Collection(nameof(Processes))]
[Trait("spec", "WH-2")]
[Trait("spec", "JB-4")]
public sealed class KillTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    /// <summary>Messages with each start.</summary>
    private const int Said = 20;

    private static readonly int Kills = Environment.GetEnvironmentVariable("RENEXUS_LONG") is "1" ? 10 : 1;
    private static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("RENEXUS_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : 1;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killing_who_follows_and_delivers_loses_no_event_and_makes_none_of_another()
    {
        var random = new Random(Seed);
        await using var receiver = await Receiver.StartAsync(async (_, context) =>
        {
            // Somewhere on the way, so that a kill hits following, calling and writing down alike.
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, context.RequestAborted);
        });
        await using var folder = new TemporaryFolder();
        string[] settings = ["Renexus:Database:ConnectionString=" + database.ConnectionString, "Renexus:Webhooks:AllowPrivateAddresses=true", "Renexus:Limits:MessagesPerMinute=0"];
        Task<ServerProcess> StartAsync(string role) => ServerProcess.StartAsync([.. settings, $"Renexus:Roles={role}", $"Renexus:DataDirectory={Path.Combine(folder.Path, role)}"]);

        // Committed by one process, followed and delivered by another.
        await using var web = await StartAsync("web");
        using var ada = await SignUpAsync(web.Address);
        var workspace = (await ada.PostAsJsonAsync("/api/workspaces", new { name = "Engines" }, Stop).ReadAsync<Workspace>(HttpStatusCode.Created)).Id;
        var thread = (await ada.PostAsJsonAsync($"/api/workspaces/{workspace}/threads", new { title = "Plans" }, Stop).ReadAsync<ThreadInfo>(HttpStatusCode.Created)).Id;
        await ada.PostAsJsonAsync($"/api/workspaces/{workspace}/webhooks", new { url = receiver.Url, events = (string[])["message.created"] }, Stop)
            .ShouldBeAsync(HttpStatusCode.Created);

        var said = new List<Guid>();
        async Task SayAsync(int count)
        {
            for (var i = 0; i < count; i++)
                said.Add((await ada.PostAsJsonAsync($"/api/threads/{thread}/messages", new { body = $"{said.Count}" }, Stop).ReadAsync<Message>(HttpStatusCode.Created)).Id);
        }

        for (var kill = 0; kill < Kills; kill++)
        {
            await using var worker = await StartAsync("worker");
            var saying = SayAsync(Said);
            var enough = random.Next(1, Said) + receiver.All.Count;
            await Eventually.TrueAsync("some are told", TimeSpan.FromSeconds(60), () => receiver.All.Count >= enough);
            await worker.KillAsync();
            await saying;
        }
        await using var last = await StartAsync("worker");
        await SayAsync(Said);

        await Eventually.TrueAsync("all are told", TimeSpan.FromSeconds(90), () => receiver.All.Select(r => r.Data.GetProperty("id").GetGuid()).Distinct().Count() >= said.Count);
        var told = receiver.All.Select(r => (Message: r.Data.GetProperty("id").GetGuid(), r.Id)).Distinct().ToList();
        Assert.Equal(said.Order(), told.Select(t => t.Message).Order());
    }

    private static async Task<HttpClient> SignUpAsync(Uri address)
    {
        var client = new HttpClient { BaseAddress = address };
        var ada = await client.PostAsJsonAsync("/api/auth/register", new { email = $"ada-{Guid.CreateVersion7():n}@example.com", password = TestUser.Password, name = "Ada" }, Stop)
            .ReadAsync<LoggedIn>(HttpStatusCode.Created);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ada.AccessToken);
        return client;
    }
}
