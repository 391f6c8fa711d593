using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Renexus.Contracts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Sync;

/// <summary>Operations made offline: carried out once, in order, each with an outcome of its own (SY-1 to SY-3; docs/spec/sync.md).</summary>
[Trait("spec", "SY-2")]
public sealed class ApplyOperationsTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SY1_operations_are_carried_out_in_order_and_each_is_answered()
    {
        var (ada, workspace) = await StartAsync();
        var (thread, message) = (Guid.CreateVersion7(), Guid.CreateVersion7());

        var results = await SyncAsync(ada,
            new { id = "t", type = "create", resource = "thread", resourceId = thread, data = new { workspaceId = workspace, title = "Offline" }, timestamp = 1 },
            new { id = "m", type = "create", resource = "message", resourceId = message, data = new { threadId = thread, body = "first" } },
            new { id = "e", type = "update", resource = "message", resourceId = message, data = new { body = "first!" } },
            new { id = "r", type = "update", resource = "readMarker", resourceId = thread, data = new { version = 1 } },
            new { id = "+", type = "create", resource = "reaction", data = new { messageId = message, emoji = "🎉" } },
            new { id = "++", type = "create", resource = "reaction", data = new { messageId = message, emoji = "🎉" } },
            new { id = "-", type = "delete", resource = "reaction", data = new { messageId = message, emoji = "🎉" } },
            new { id = "--", type = "delete", resource = "reaction", data = new { messageId = message, emoji = "🎉" } },
            new { id = "p", type = "update", resource = "preferences", data = new { theme = "dark" } },
            new { id = "u", type = "update", resource = "user", data = new { name = "Ada L." } },
            new { id = "d", type = "delete", resource = "message", resourceId = message });

        Assert.Equal(["t", "m", "e", "r", "+", "++", "-", "--", "p", "u", "d"], results.Select(r => r.Id));
        Assert.All(results, r => Assert.Equal(SyncOutcomes.Applied, r.Outcome));
        Assert.Equal((message, 1), (results[1].ResourceId, results[1].Version));
        // A reaction that is there, or is gone, is done already and takes no further place.
        Assert.Equal([3L, 3, 4, 4], results.Skip(4).Take(4).Select(r => r.Version!.Value));
        Assert.Equal("Ada L.", results[9].Data!.Value.GetProperty("name").GetString());
        var preferences = await ada.Client.GetFromJsonAsync<JsonElement>("/api/me/preferences", Stop);
        Assert.Equal("dark", preferences.GetProperty("theme").GetString());
    }

    [Fact]
    public async Task SY2_an_operation_that_comes_again_is_answered_as_the_first_time_also_after_a_restart_and_over_a_socket()
    {
        var (ada, workspace) = await StartAsync();
        var thread = await TestServer.CreateThread(ada, workspace);
        object[] operations =
        [
            new { id = "again-m", type = "create", resource = "message", data = new { threadId = thread, body = "once" } },
            new { id = "again-t", type = "update", resource = "thread", resourceId = thread, data = new { title = "Renamed" } },
            new { id = "again-p", type = "update", resource = "preferences", data = new { theme = "dark" } },
        ];
        var first = await SyncAsync(ada, operations);

        await server.StopAsync();
        await server.StartAsync();
        var moved = ada with { Client = server.NewClient() };
        moved.Client.DefaultRequestHeaders.Authorization = ada.Client.DefaultRequestHeaders.Authorization;
        var again = await SyncAsync(moved, operations);

        Assert.Equal(first.Select(JsonOf), again.Select(JsonOf));
        var (socket, _) = await TestSocket.GreetAsync(server, moved);
        await using var held = socket;
        await socket.PostAsync(thread, "once", "again-m");
        Assert.Equal(first[0].Version, (await socket.AnswerAsync("again-m")).GetProperty("v").GetInt64());
        Assert.Single((await MessagesAsync(moved, thread)).EnumerateArray());
    }

    [Fact]
    public async Task SY3_a_rejected_operation_holds_up_none_behind_it_and_says_why()
    {
        var (ada, workspace) = await StartAsync();
        var thread = await TestServer.CreateThread(ada, workspace);

        var results = await SyncAsync(ada,
            new { id = "1", type = "create", resource = "message", data = new { threadId = Guid.CreateVersion7(), body = "nowhere" } },
            new { id = "2", type = "create", resource = "message", data = new { threadId = thread, body = "" } },
            new { id = "3", type = "create", resource = "planet", data = new { } },
            new { id = "4", type = "delete", resource = "preferences" },
            new { id = "5", type = "create", resource = "message", data = new { threadId = thread, body = "good", more = 1 } },
            new { id = "6", type = "update", resource = "thread", resourceId = thread, data = new { title = new string('x', 201) } },
            new { id = "7", type = "create", resource = "message", data = new { body = "where?" } },
            new { id = "8", type = "create", resource = "message", data = new { threadId = thread, body = "good" } });

        Assert.Equal(
            ["not_found", "validation_failed", "validation_failed", "validation_failed", "validation_failed", "validation_failed", "validation_failed", null],
            results.Select(r => r.Problem?.Code));
        Assert.Equal(SyncOutcomes.Applied, results[7].Outcome);
        Assert.Contains("data.threadId", results[6].Problem!.Errors!.Keys);
    }

    [Fact]
    [Trait("spec", "SY-3")]
    public async Task SY4_of_fields_the_last_writer_stands_each_for_itself()
    {
        var (ada, workspace) = await StartAsync();
        var thread = await TestServer.CreateThread(ada, workspace, "Plans");
        await SyncAsync(ada, new { id = "a", type = "update", resource = "preferences", data = new { theme = "dark", language = "de" } });

        var results = await SyncAsync(ada,
            new { id = "title", type = "update", resource = "thread", resourceId = thread, @base = 1, data = new { title = "Better plans" } },
            new { id = "archive", type = "update", resource = "thread", resourceId = thread, @base = 1, data = new { archived = true } },
            new { id = "b", type = "update", resource = "preferences", @base = 0, data = new { theme = "light", language = (string?)null } });

        Assert.Equal([SyncOutcomes.Applied, SyncOutcomes.Merged, SyncOutcomes.Merged], results.Select(r => r.Outcome));
        Assert.Equal(("Better plans", true), (results[1].Data!.Value.GetProperty("title").GetString(), results[1].Data!.Value.GetProperty("archived").GetBoolean()));
        Assert.Equal("""{"theme":"light"}""", results[2].Data!.Value.GetRawText());
    }

    [Fact]
    [Trait("spec", "SY-3")]
    public async Task SY5_texts_are_merged_over_what_both_were_made_of()
    {
        var (ada, thread, message) = await WrittenAsync("We meet on Monday.\nBring cake.");
        await EditAsync(ada, message, "We meet on Tuesday.\nBring cake.");

        var merged = Assert.Single(await SyncAsync(ada, Edit("m", message, 1, "We meet on Monday.\nBring cake and tea.")));

        Assert.Equal(SyncOutcomes.Merged, merged.Outcome);
        Assert.Equal("We meet on Tuesday.\nBring cake and tea.", merged.Data!.Value.GetProperty("body").GetString());
        Assert.Equal(3, merged.Version);
        Assert.Equal("We meet on Tuesday.\nBring cake and tea.", (await MessagesAsync(ada, thread))[0].GetProperty("body").GetString());
    }

    [Fact]
    [Trait("spec", "SY-3")]
    public async Task SY6_what_does_not_fit_together_is_a_conflict_and_its_resolution_is_taken()
    {
        var (ada, thread, message) = await WrittenAsync("Monday");
        await EditAsync(ada, message, "Tuesday");

        var conflict = Assert.Single(await SyncAsync(ada, Edit("c", message, 1, "Friday")));

        Assert.Equal(SyncOutcomes.Conflict, conflict.Outcome);
        Assert.Equal("Monday", conflict.Conflict!.Base!.Value.GetProperty("body").GetString());
        Assert.Equal("Friday", conflict.Conflict.Mine!.Value.GetProperty("body").GetString());
        Assert.Equal("Tuesday", conflict.Conflict.Theirs!.Value.GetProperty("body").GetString());
        Assert.Equal("Tuesday", (await MessagesAsync(ada, thread))[0].GetProperty("body").GetString());

        var empty = Assert.Single(await SyncAsync(ada, Edit("bad", message, conflict.Conflict.Version, " ")));
        var resolved = Assert.Single(await SyncAsync(ada, Edit("good", message, conflict.Conflict.Version, "Tuesday or Friday")));

        Assert.Equal("validation_failed", empty.Problem!.Code);
        Assert.Equal(SyncOutcomes.Applied, resolved.Outcome);
        Assert.Equal("Tuesday or Friday", (await MessagesAsync(ada, thread))[0].GetProperty("body").GetString());
    }

    [Fact]
    [Trait("spec", "SY-3")]
    public async Task SY7_deleting_what_was_edited_and_editing_what_was_deleted_are_conflicts_and_deleting_twice_is_none()
    {
        var (ada, thread, message) = await WrittenAsync("Monday");
        await EditAsync(ada, message, "Tuesday");

        var deletion = Assert.Single(await SyncAsync(ada, new { id = "d1", type = "delete", resource = "message", resourceId = message, @base = 1 }));
        Assert.Equal((SyncOutcomes.Conflict, false), (deletion.Outcome, deletion.Conflict!.Mine.HasValue));
        Assert.Equal("Tuesday", deletion.Conflict.Theirs!.Value.GetProperty("body").GetString());

        var agreed = Assert.Single(await SyncAsync(ada, new { id = "d2", type = "delete", resource = "message", resourceId = message, @base = deletion.Conflict.Version }));
        Assert.Equal(SyncOutcomes.Applied, agreed.Outcome);

        var late = await SyncAsync(ada,
            Edit("e", message, 2, "Wednesday"),
            new { id = "d3", type = "delete", resource = "message", resourceId = message });
        Assert.Equal([SyncOutcomes.Conflict, SyncOutcomes.Merged], late.Select(r => r.Outcome));
        Assert.Equal("Tuesday", late[0].Conflict!.Base!.Value.GetProperty("body").GetString());
        Assert.False(late[0].Conflict!.Theirs.HasValue);

        var gone = await SyncAsync(ada, new { id = "r", type = "update", resource = "thread", resourceId = thread, data = new { title = "Renamed" } },
            new { id = "x", type = "delete", resource = "thread", resourceId = thread, @base = 1 });
        Assert.Equal((SyncOutcomes.Conflict, 2), (gone[1].Outcome, gone[1].Conflict!.Version));
    }

    [Fact]
    public async Task SY8_the_same_operation_many_times_at_once_has_one_effect()
    {
        var (ada, workspace) = await StartAsync();
        var thread = await TestServer.CreateThread(ada, workspace);
        object operation = new { id = "same", type = "update", resource = "thread", resourceId = thread, data = new { title = "Once" } };

        var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => SyncAsync(ada, operation)));

        Assert.All(results, r => Assert.Equal((SyncOutcomes.Applied, 2), (r[0].Outcome, r[0].Version)));
    }

    [Fact]
    [Trait("security", "API1")]
    public async Task SY9_a_stranger_and_a_viewer_are_told_as_everywhere()
    {
        var (ada, workspace) = await StartAsync();
        var thread = await TestServer.CreateThread(ada, workspace);
        var (eve, vic) = (await server.SignedInAs("eve"), await server.SignedInAs("vic"));
        await TestServer.AddMember(ada, workspace, vic, "viewer");
        object[] operations =
        [
            new { id = "1", type = "create", resource = "message", data = new { threadId = thread, body = "hello" } },
            new { id = "2", type = "update", resource = "thread", resourceId = thread, data = new { title = "Mine" } },
            new { id = "3", type = "delete", resource = "thread", resourceId = thread },
            new { id = "4", type = "create", resource = "thread", data = new { workspaceId = workspace, title = "Mine" } },
        ];

        Assert.All(await SyncAsync(eve, operations), r => Assert.Equal("not_found", r.Problem!.Code));
        Assert.All(await SyncAsync(vic, operations), r => Assert.Equal("forbidden", r.Problem!.Code));
        using var nobody = await server.Anonymous.PostAsJsonAsync("/api/sync", new { operations }, Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
    }

    [Fact]
    public async Task A_request_that_is_none_is_refused_as_a_whole()
    {
        var (ada, _) = await StartAsync();

        foreach (var body in new object[] { new { }, new { operations = Array.Empty<object>() }, new { operations = new[] { new { id = "1", type = "steal", resource = "thread" } } } })
        {
            using var response = await ada.Client.PostAsJsonAsync("/api/sync", body, Stop);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        }
    }

    private static object Edit(string id, Guid message, long @base, string body) =>
        new { id, type = "update", resource = "message", resourceId = message, @base, data = new { body } };

    private static string JsonOf(SyncResult result) => JsonSerializer.Serialize(result with { Outcome = "" });

    private async Task<(TestUser Ada, Guid Workspace)> StartAsync()
    {
        var ada = await server.SignedInAs("ada");
        return (ada, await TestServer.CreateWorkspace(ada));
    }

    private async Task<(TestUser Ada, Guid Thread, Guid Message)> WrittenAsync(string body)
    {
        var (ada, workspace) = await StartAsync();
        var thread = await TestServer.CreateThread(ada, workspace);
        using var response = await ada.Client.PostAsJsonAsync($"/api/threads/{thread}/messages", new { body }, Stop);
        return (ada, thread, (await response.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("id").GetGuid());
    }

    private static async Task EditAsync(TestUser user, Guid message, string body)
    {
        using var response = await user.Client.PatchAsJsonAsync($"/api/messages/{message}", new { body }, Stop);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static async Task<IReadOnlyList<SyncResult>> SyncAsync(TestUser user, params object[] operations)
    {
        using var response = await user.Client.PostAsJsonAsync("/api/sync", new { operations }, Stop);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Stop));
        return (await response.Content.ReadFromJsonAsync(ContractsJson.Lenient.SyncResults, Stop))!.Results;
    }

    private static async Task<JsonElement> MessagesAsync(TestUser user, Guid thread) =>
        (await user.Client.GetFromJsonAsync<JsonElement>($"/api/threads/{thread}/messages", Stop)).GetProperty("items");
}
