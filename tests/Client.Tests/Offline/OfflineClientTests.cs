using System.Net;
using System.Text.Json;
using Renexus.Client.Offline;
using Renexus.Contracts;
using Renexus.Testing;

namespace Renexus.Client.Tests.Offline;

/// <summary>What is done without a connection: kept, sent once and in order, dropped for nothing but the server's last word (SY-1, SY-2, SY-5).</summary>
[Trait("spec", "SY-5")]
public sealed class OfflineClientTests : IClassFixture<TestServer>, IAsyncLifetime
{
    private readonly TestServer server;
    private readonly string folder = Directory.CreateTempSubdirectory("renexus-outbox-").FullName;
    private readonly Weather weather = new() { InnerHandler = new SocketsHttpHandler() };
    private RenexusClient client = null!;
    private Guid thread;

    public OfflineClientTests(TestServer server) => this.server = server;

    private string File => Path.Combine(folder, "outbox.log");

    public async ValueTask InitializeAsync()
    {
        client = new RenexusClient(new HttpClient(weather) { BaseAddress = server.Address });
        await client.Accounts.RegisterAsync($"ada-{Guid.CreateVersion7():n}@example.com", TestUser.Password, "ada");
        thread = (await client.Threads.CreateAsync((await client.Workspaces.CreateAsync("Newsroom")).Id, "Launch")).Id;
    }

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        weather.Dispose();
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    [Trait("spec", "SY-1")]
    public async Task What_was_kept_is_there_after_a_restart_and_is_sent_once_and_in_order()
    {
        using (var before = OfflineClient.Open(client, folder))
        {
            for (var i = 0; i < 5; i++)
                Say(before, $"{i}");
        }

        using var offline = OfflineClient.Open(client, folder);
        Assert.Equal(5, offline.State.PendingOperations.Count);
        var run = await offline.SyncAsync();

        Assert.Null(run.Waits);
        Assert.All(run.Results, result => Assert.Equal(SyncOutcomes.Applied, result.Outcome));
        Assert.Empty(offline.State.PendingOperations);
        Assert.Equal(["0", "1", "2", "3", "4"], await BodiesAsync());
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(HttpStatusCode.Continue)]
    [InlineData(HttpStatusCode.OK)]
    public async Task No_failure_that_passes_drops_an_operation_and_none_is_carried_out_twice(HttpStatusCode failure)
    {
        using var offline = OfflineClient.Open(client, folder);
        Say(offline, "one");
        Say(offline, "two");
        // OK stands for an answer that is lost after the server has done its work, Continue for no network at all.
        weather.Fail(failure);

        var run = await offline.SyncAsync();
        Assert.NotNull(run.Waits);
        Assert.Equal(2, offline.State.PendingOperations.Count);

        weather.Clear();
        Assert.Null((await offline.SyncAsync()).Waits);
        Assert.Equal(["one", "two"], await BodiesAsync());
    }

    [Fact]
    public async Task A_rejected_operation_becomes_a_record_and_holds_up_none_behind_it()
    {
        using var offline = OfflineClient.Open(client, folder);
        Say(offline, "before");
        var bad = offline.Create("message", new { threadId = Guid.CreateVersion7(), body = "nowhere" });
        Say(offline, "after");

        await offline.SyncAsync();

        Assert.Equal(["before", "after"], await BodiesAsync());
        var left = Assert.Single(offline.Unresolved);
        Assert.Equal((bad.ToString(), ProblemCodes.NotFound), (left.Operation.Id, left.Result.Problem!.Code));
        offline.Forget(left.Operation.Id!);
        Assert.Empty(offline.Unresolved);
    }

    [Fact]
    [Trait("spec", "SY-3")]
    public async Task A_conflict_stays_over_a_restart_until_it_is_resolved()
    {
        var message = await client.Messages.PostAsync(thread, new PostMessageRequest { Body = "Monday" });
        await client.Messages.EditAsync(message.Id, "Tuesday");
        using (var before = OfflineClient.Open(client, folder))
        {
            before.Update("message", message.Id, new { body = "Friday" }, message.Version);
            await before.SyncAsync();
        }

        using var offline = OfflineClient.Open(client, folder);
        var conflict = Assert.Single(offline.Unresolved);
        Assert.Equal("Tuesday", conflict.Result.Conflict!.Theirs!.Value.GetProperty("body").GetString());
        offline.Resolve(conflict.Operation.Id!, new { body = "Tuesday or Friday" });
        await offline.SyncAsync();

        Assert.Empty(offline.Unresolved);
        Assert.Equal(["Tuesday or Friday"], await BodiesAsync());
    }

    [Fact]
    [Trait("spec", "SY-2")]
    public async Task What_happened_is_handed_over_and_what_was_not_taken_comes_again()
    {
        using var offline = OfflineClient.Open(client, folder);
        await offline.SyncAsync((_, _) => Task.CompletedTask);
        await client.Messages.PostAsync(thread, new PostMessageRequest { Body = "meanwhile" });

        await Assert.ThrowsAsync<InvalidOperationException>(() => offline.SyncAsync((_, _) => throw new InvalidOperationException("not now")));
        var changes = new List<SyncChange>();
        await offline.SyncAsync((page, _) =>
        {
            changes.AddRange(page.Changes);
            return Task.CompletedTask;
        });

        Assert.Equal("meanwhile", Assert.Single(changes).Data.GetProperty("body").GetString());
        Assert.NotNull(offline.State.Version);
        Assert.NotNull(offline.State.LastSyncedAt);
    }

    [Fact]
    public void A_file_that_was_cut_anywhere_keeps_everything_before_the_cut()
    {
        using (var before = OfflineClient.Open(client, folder))
        {
            for (var i = 0; i < 4; i++)
                Say(before, $"{i}");
        }
        var whole = System.IO.File.ReadAllBytes(File);
        var lines = new List<int>();
        for (var i = 0; i < whole.Length; i++)
        {
            if (whole[i] == '\n')
                lines.Add(i + 1);
        }

        for (var cut = 0; cut <= whole.Length; cut++)
        {
            System.IO.File.WriteAllBytes(File, whole[..cut]);
            using (var offline = OfflineClient.Open(client, folder))
            {
                Assert.Equal(lines.Count(end => end <= cut), offline.State.PendingOperations.Count);
                Say(offline, "more");
            }
            using var again = OfflineClient.Open(client, folder);
            Assert.Equal(lines.Count(end => end <= cut) + 1, again.State.PendingOperations.Count);
        }
    }

    [Fact]
    public void Damage_in_the_middle_is_said_and_nothing_is_thrown_away()
    {
        using (var before = OfflineClient.Open(client, folder))
        {
            Say(before, "one");
            Say(before, "two");
            Say(before, "three");
        }
        var bytes = System.IO.File.ReadAllBytes(File);
        bytes[20] ^= 1;
        System.IO.File.WriteAllBytes(File, bytes);

        Assert.Throws<InvalidDataException>(() => OfflineClient.Open(client, folder));
        Assert.Equal(bytes, System.IO.File.ReadAllBytes(File));
    }

    [Fact]
    public void Two_processes_do_not_share_a_folder()
    {
        using var first = OfflineClient.Open(client, folder);

        Assert.Throws<IOException>(() => OfflineClient.Open(client, folder));
    }

    private Guid Say(OfflineClient offline, string body) => offline.Create("message", new { threadId = thread, body });

    private async Task<IEnumerable<string>> BodiesAsync() => (await client.Messages.ListAsync(thread, limit: 200)).Items.Select(message => message.Body);

    /// <summary>A network in which what a test wants fails.</summary>
    private sealed class Weather : DelegatingHandler
    {
        private HttpStatusCode failure;
        private bool isBad;

        public void Fail(HttpStatusCode status) => (failure, isBad) = (status, true);

        public void Clear() => isBad = false;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (!isBad || request.RequestUri!.AbsolutePath is not "/api/sync")
                return await base.SendAsync(request, cancellationToken);
            if (failure is HttpStatusCode.OK)
            {
                using var lost = await base.SendAsync(request, cancellationToken);
                throw new HttpRequestException("The answer was lost.");
            }
            return failure is HttpStatusCode.Continue ? throw new HttpRequestException("No network.") : new HttpResponseMessage(failure);
        }
    }
}
