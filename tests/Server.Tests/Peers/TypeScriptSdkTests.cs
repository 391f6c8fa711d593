using System.Text.Json;
using Renexus.Testing;

namespace Renexus.Server.Tests.Peers;

/// <summary>The TypeScript client as a program uses it (docs/sdk-typescript.md), against the server itself.</summary>
[Trait("spec", "SB-2")]
public sealed class TypeScriptSdkTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task It_writes_reviews_and_discusses_content_and_uploads_files_over_a_way_that_breaks()
    {
        var ada = await server.SignedInAs("ada");
        var workspace = await TestServer.CreateWorkspace(ada);
        await using var program = await NodePeer.StartAsync("sdk.mjs");
        await program.AskAsync("signIn", new { server = server.Address, email = ada.Email, password = TestUser.Password });

        // An item's life.
        var item = await ContentAsync("create", workspace, new { kind = "post", title = "Launch", body = "one two" });
        var id = item.GetProperty("id").GetGuid();
        await ContentAsync("patch", id, new { body = "one two three", status = "in_review" }, 1);
        Assert.Contains("precondition_failed", (await program.TryAsync("call", Call("content", "patch", id, new { title = "x" }, 1))).GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal("approved", (await program.AskAsync("approve", new { id })).GetProperty("status").GetString());
        Assert.Equal(3, (await ContentAsync("revisions", id)).GetProperty("items").GetArrayLength());
        Assert.Equal("one two", (await ContentAsync("revision", id, 1)).GetProperty("body").GetString());
        Assert.Equal("draft", (await ContentAsync("restoreRevision", id, 1)).GetProperty("status").GetString());
        Assert.Equal(2, (await ContentAsync("authorship", id)).GetProperty("document").GetInt32());
        Assert.Contains("one two", (await program.AskAsync("export", new { id })).GetString(), StringComparison.Ordinal);
        Assert.Equal("Notes", (await ContentAsync("import", workspace, "# Notes\n\nmore", "notes.md")).GetProperty("title").GetString());

        // What is said of it.
        var comment = await ContentAsync("comment", id, new { document = 2, from = 4, to = 7, body = "Why?" });
        Assert.Equal("two", comment.GetProperty("quote").GetString());
        await ContentAsync("resolveComment", comment.GetProperty("id").GetGuid(), true);
        Assert.Equal(ada.Id, Assert.Single((await ContentAsync("comments", id)).GetProperty("items").EnumerateArray()).GetProperty("resolvedBy").GetGuid());
        await ContentAsync("deleteComment", comment.GetProperty("id").GetGuid());

        // The trash.
        await ContentAsync("delete", id);
        Assert.Equal(1, (await ContentAsync("listAll", workspace)).GetArrayLength());
        Assert.Equal(1, (await ContentAsync("listAll", workspace, new { trash = true })).GetArrayLength());
        await ContentAsync("restore", id);
        await ContentAsync("delete", id);
        await ContentAsync("deleteForGood", id);
        Assert.Contains("not_found", (await program.TryAsync("call", Call("content", "get", id))).GetProperty("error").GetString(), StringComparison.Ordinal);

        // A file in parts, of which some are lost on the way.
        const int size = (20 * 1024 * 1024) + 3;
        var uploaded = await program.AskAsync("upload", new { workspace, size, ways = 2, options = new { name = "film.bin" } });
        Assert.Equal("ready", uploaded.GetProperty("file").GetProperty("status").GetString());
        Assert.True(uploaded.GetProperty("isSame").GetBoolean());
        Assert.Equal(size, uploaded.GetProperty("told").EnumerateArray().Last().GetInt32());
        var file = uploaded.GetProperty("file").GetProperty("id").GetGuid();
        Assert.Equal(file, Assert.Single((await program.AskAsync("call", Call("files", "list", workspace))).GetProperty("items").EnumerateArray()).GetProperty("id").GetGuid());
        var lost = await program.TryAsync("upload", new { workspace, size = 3, ways = 100, options = new { name = "note.bin", attempts = 3 } });
        Assert.StartsWith("Unreachable", lost.GetProperty("error").GetString(), StringComparison.Ordinal);
        await program.TryAsync("call", Call("files", "delete", file));
        Assert.Contains("not_found", (await program.TryAsync("call", Call("files", "get", file))).GetProperty("error").GetString(), StringComparison.Ordinal);

        async Task<JsonElement> ContentAsync(string name, params object[] args)
        {
            var answer = await program.TryAsync("call", Call("content", name, args));
            Assert.False(answer.TryGetProperty("error", out var error), $"{name}: {error}");
            return answer.TryGetProperty("value", out var value) ? value : default;
        }
    }

    private static object Call(string area, string name, params object[] args) => new { area, name, args };
}
